"""JSON and CSV come back as they went, and what is broken is named with its line."""

import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.blocks.formats import csv_records, format_csv, format_json, parse_csv, parse_json
from graph.errors import BadInput

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)  # fmt: skip
CELLS = st.text(alphabet=st.characters(codec="utf-8"))


@given(JSON, st.sampled_from([0, 2]))
def test_a_value_comes_back_from_json(value: Any, indent: int) -> None:
    assert parse_json(format_json(value, indent=indent)) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ('{"a": 1,\n "b": }', "line 2, column 7"),
        ("[1, 2", "line 1, column 6"),
        ("ä\n[", "line 1, column 1"),
        ("NaN", "line 1, column 1"),
        ("[" * 100_000, "nested too deeply"),
        ('"' + "\\ud800" + '"', "no JSON"),
        (b'"\xff"', "no JSON"),
        ("1e999", "no JSON"),
    ],
)
def test_broken_json_is_named_with_its_place(text: str | bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        parse_json(text)


def test_json_lines_name_the_line_that_is_broken() -> None:
    with pytest.raises(BadInput, match="line 3, column 2"):
        parse_json("1\n\n{\n2", lines=True)


def test_large_whole_numbers_stay_exact() -> None:
    assert parse_json(format_json(2**80)) == 2**80


def test_times_and_bytes_become_texts() -> None:
    moment = datetime.datetime(2026, 5, 3, tzinfo=datetime.UTC)

    assert format_json([moment, b"ab"]) == '["2026-05-03T00:00:00Z","YWI="]'


@pytest.mark.parametrize("value", [object(), "\ud800", {("a", "b"): 1}])
def test_what_json_can_not_hold_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match="can't be written"):
        format_json(value)


def test_an_indent_that_would_multiply_the_text_is_refused() -> None:
    deep: Any = list(range(20_000))
    for _ in range(400):
        deep = [deep]

    assert len(format_json(deep)) < 200_000
    with pytest.raises(BadInput, match="characters"):
        format_json(deep, indent=8)


@given(JSON)
def test_the_size_of_the_indented_form_is_never_underestimated(value: Any) -> None:
    from graph.blocks.formats import _indentation

    compact = msgspec.json.encode(value)
    pretty = msgspec.json.format(compact, indent=3)

    assert len(pretty) <= 2 * len(compact) + _indentation(value, 3)


@given(st.lists(st.fixed_dictionaries({"a": CELLS, "b b": CELLS, "": CELLS}), min_size=1))
def test_records_of_texts_come_back_from_csv(records: list[dict[str, str]]) -> None:
    text = format_csv(records, ["a", "b b", ""])

    assert parse_csv(text) == [{"a": r["a"], "b b": r["b b"], "column_3": r[""]} for r in records]


@given(st.lists(st.fixed_dictionaries({"a": CELLS}), min_size=1), st.sampled_from(";\t|'"))
def test_a_single_column_and_any_separator_come_back(
    records: list[dict[str, str]], separator: str
) -> None:
    assert parse_csv(format_csv(records, separator=separator), separator=separator) == records


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n1,2,3\n", "Line 3 has 3 cells for 2 columns"),
        ("a,b\n1\n", "Line 2 has 1 cells for 2 columns"),
        ('a,b\n"1,2\n', "is no CSV"),
        ('a,b\n"1"x,2\n', "Line 2 is no CSV"),
        ("a,a\n1,2\n", "Two columns are called 'a'"),
    ],
)
def test_broken_csv_is_named_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        parse_csv(text)


@pytest.mark.parametrize("separator", ["", ",,", '"', "\n"])
def test_a_separator_is_one_character(separator: str) -> None:
    with pytest.raises(BadInput, match="separator"):
        parse_csv("a", separator=separator)
    with pytest.raises(BadInput, match="separator"):
        format_csv([], separator=separator)


def test_short_lines_may_be_allowed() -> None:
    assert parse_csv("a,b\n1\n", short="allow") == [{"a": "1"}]


def test_a_byte_order_mark_and_empty_lines_are_passed_over() -> None:
    assert parse_csv("\ufeffa,b\r\n\r\n1,2\r\n") == [{"a": "1", "b": "2"}]


def test_nothing_gives_no_records() -> None:
    assert parse_csv("") == []
    assert parse_csv("a,b\n") == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_can_be_found(separator: str) -> None:
    text = f'"a,b;c"{separator}d\n1{separator}2\n'

    assert parse_csv(text, separator="auto") == [{"a,b;c": "1", "d": "2"}]


def test_given_names_take_the_place_of_the_header() -> None:
    assert parse_csv("x,y\n1,2\n", columns=["a", "b"]) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", 1), ("-2.5", -2.5), ("1e3", 1000.0), ("", None), ("true", True), ("False", False),
        ("007", "007"), ("1,5", "1,5"), ("+1", "+1"), ("٣", "٣"), ("nan", "nan"), (" 1", " 1"),
        ("9" * 40, "9" * 40),
    ],
)  # fmt: skip
def test_only_what_json_takes_for_a_value_is_guessed(cell: str, value: object) -> None:
    (record,) = parse_csv(f'a,b\n"{cell}",x\n', guess=True)

    assert record["a"] == value
    assert type(record["a"]) is type(value)


def test_a_cell_may_hold_a_long_text() -> None:
    assert parse_csv(f'a\n"{"x" * 500_000}"\n')[0]["a"] == "x" * 500_000


def test_records_are_read_line_by_line() -> None:
    lines = iter(["a\n", "1\n", "2\n"])
    records = csv_records(lines)

    assert next(records) == {"a": "1"}
    assert next(lines) == "2\n"


def test_columns_are_all_fields_in_the_order_they_come() -> None:
    assert format_csv([{"a": 1}, {"b": 2, "a": None}]) == "a,b\n1,\n,2\n"


def test_formulas_can_be_guarded() -> None:
    assert format_csv([{"a": "=1+1"}], guard=True) == "a\n'=1+1\n"


def test_a_table_with_a_field_of_its_own_in_each_record_is_bounded() -> None:
    with pytest.raises(BadInput, match="too many"):
        format_csv([{f"f{i}": 1} for i in range(5000)])
