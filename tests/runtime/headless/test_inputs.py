"""What somebody types means a value of the type that is wanted, or says why it doesn't."""

from pathlib import Path
from typing import Any

import pytest

from graph.values import (
    ANY,
    BOOLEAN,
    BYTES,
    INTEGER,
    LIST,
    NUMBER,
    RECORD,
    TABLE,
    TEXT,
    ValueType,
    union,
)
from runtime.headless.inputs import BadValue, inputs_of, pairs, typed

CHOICE = ValueType("text", choices=("fail", "blank"))


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("7", TEXT, "7"),
        ("[1]", TEXT, "[1]"),
        ("", TEXT, ""),
        ("7", NUMBER, 7),
        ("-7.5e3", NUMBER, -7500.0),
        ("7", INTEGER, 7),
        ("7.0", INTEGER, 7),
        ("true", BOOLEAN, True),
        ("No", BOOLEAN, False),
        ("[1, 2]", LIST, [1, 2]),
        ('{"a": null}', RECORD, {"a": None}),
        ('[{"a": 1}]', TABLE, [{"a": 1}]),
        ("hello", ANY, "hello"),
        ("7", ANY, 7),
        ('"7"', ANY, "7"),
        ("null", ANY, None),
        ("x", BYTES, b"x"),
        ("blank", CHOICE, "blank"),
        ("7", union([INTEGER, TEXT]), 7),
        ("seven", union([INTEGER, TEXT]), "seven"),
        ("@@home", TEXT, "@home"),
    ],
)
def test_a_text_means(text: str, wanted: ValueType, value: Any) -> None:
    assert typed(text, wanted, "it") == value
    assert type(typed(text, wanted, "it")) is type(value)


@pytest.mark.parametrize(
    ("text", "wanted", "says"),
    [
        ("seven", NUMBER, "must be number, not 'seven'"),
        ("7.5", INTEGER, "must be integer"),
        ("true", INTEGER, "must be integer"),
        ("maybe", BOOLEAN, "must be boolean"),
        ("[1", LIST, "must be list"),
        ("{}", LIST, "must be list, not record"),
        ("[1]", TABLE, "item 0 must be record"),
        ("@no/such/file", TEXT, "no/such/file can't be read"),
    ],
)
def test_a_text_that_means_no_such_value_is_refused(
    text: str, wanted: ValueType, says: str
) -> None:
    with pytest.raises(BadValue, match=r"^it") as refused:
        typed(text, wanted, "it")

    assert says in str(refused.value)


def test_a_file_stands_for_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('\ufeff{"a": 1}', encoding="utf-8")
    (tmp_path / "raw").write_bytes(b"\xff")

    assert typed(f"@{tmp_path / 'a.json'}", RECORD, "it") == {"a": 1}
    assert typed(f"@{tmp_path / 'a.json'}", TEXT, "it") == '{"a": 1}'
    assert typed(f"@{tmp_path / 'raw'}", BYTES, "it") == b"\xff"
    with pytest.raises(BadValue, match="no UTF-8"):
        typed(f"@{tmp_path / 'raw'}", TEXT, "it")


def test_pairs_are_split_at_the_first_equals_sign() -> None:
    assert pairs(["a=b=c", "x="], "--input") == {"a": "b=c", "x": ""}
    for wrong in ("a", "=b"):
        with pytest.raises(BadValue, match="--input"):
            pairs([wrong], "--input")


def test_every_input_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(BadValue) as refused:
        inputs_of("", ["a=x", "b=y", "c=1"], {"a": NUMBER, "b": LIST, "c": NUMBER})

    assert "'a' must be number" in str(refused.value)
    assert "'b' must be list" in str(refused.value)


@pytest.mark.parametrize(("text", "says"), [("[1]", "no inputs"), ("{", "no JSON")])
def test_a_file_of_inputs_is_an_object(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "inputs.json").write_text(text)

    with pytest.raises(BadValue, match=says):
        inputs_of(str(tmp_path / "inputs.json"), [], {})
