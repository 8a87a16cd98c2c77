"""Texts: what the blocks do with odd input, and how they stay bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.block import spec_of
from graph.blocks import text
from graph.blocks.bounds import LONGEST_TEXT
from graph.errors import BadInput

MEGABYTE = "x" * 1_000_000


def test_a_template_sees_fields_and_linked_inputs() -> None:
    assert text.template("{a}{b}", {"a": 1, "b": 2}, b=3) == "13"


def test_a_template_that_would_grow_without_end_is_stopped() -> None:
    with pytest.raises(BadInput, match="more than 20,000,000 characters"):
        text.template("{x}" * 1000, {"x": MEGABYTE})


def test_a_missing_place_may_be_left_blank() -> None:
    assert text.template("<{a.b}>", missing="blank") == "<>"


@given(st.lists(st.text(alphabet="ab \n"), min_size=1), st.sampled_from([",", ";;", "--"]))
def test_what_is_joined_can_be_split(parts: list[str], separator: str) -> None:
    assert text.split(text.join(parts, separator), separator) == parts


def test_lines_may_end_as_on_windows() -> None:
    assert text.split("a\r\nb\n") == ["a", "b", ""]


def test_empty_matches_split_nothing() -> None:
    assert text.split("abc", "x*", regex=True) == ["abc"]


@pytest.mark.parametrize("regex", [False, True])
def test_a_split_has_a_bounded_number_of_parts(regex: bool) -> None:
    with pytest.raises(BadInput, match="items"):
        text.split("," * 1_000_001, ",", regex=regex, time_limit=10)


def test_an_empty_separator_splits_nothing() -> None:
    with pytest.raises(BadInput, match="separator is empty"):
        text.split("abc", "")


def test_joining_writes_other_values_as_texts() -> None:
    assert text.join(["a", 1, None, True, {"b": [2]}], " ") == 'a 1  true {"b": [2]}'


def test_joining_is_bounded_before_it_begins() -> None:
    with pytest.raises(BadInput, match="characters"):
        text.join([1] * 1000, MEGABYTE)


def test_what_is_replaced_is_taken_as_it_is() -> None:
    assert text.replace("a.c abc", "a.c", r"\1") == r"\1 abc"
    assert text.replace("A.C abc", "a.c", r"\1", ignore_case=True) == r"\1 abc"


def test_a_replacement_may_use_named_groups() -> None:
    assert text.replace("ada@x", r"(?P<who>\w+)@", r"\g<who> at ", regex=True) == "ada at x"


@pytest.mark.parametrize("replacement", [r"\9", r"\g<nobody>", "\\"])
def test_a_replacement_that_names_no_group_is_refused(replacement: str) -> None:
    with pytest.raises(BadInput, match="replacement"):
        text.replace("abc", "(b)", replacement, regex=True)


@pytest.mark.parametrize(
    ("find", "replacement", "regex"),
    [("x", "y" * 100, False), ("", "", True), ("x?", "y" * 100, True), ("(x+)", r"\1" * 100, True)],
    ids=["plain", "nothing", "often", "long"],
)
def test_replacing_is_bounded(find: str, replacement: str, regex: bool) -> None:
    with pytest.raises(BadInput, match=r"characters|nothing to look for"):
        text.replace(MEGABYTE, find, replacement, regex=regex, time_limit=10)


def test_an_overlong_replacement_is_refused_before_it_is_made() -> None:
    with pytest.raises(BadInput, match="characters"):
        text.replace(MEGABYTE, r"(?=(x+)).+", r"\1" * 5000, regex=True)


@pytest.mark.parametrize(
    ("pattern", "first", "every"),
    [
        (r"\w\d", "a1", ["a1", "b2"]),
        (r"(\w)\d", "a", ["a", "b"]),
        (r"(\w)(\d)", ["a", "1"], [["a", "1"], ["b", "2"]]),
        (r"(?P<l>\w)(?P<d>\d)", {"l": "a", "d": "1"}, [{"l": "a", "d": "1"}, {"l": "b", "d": "2"}]),
        ("z", None, []),
    ],
)
def test_extracting_follows_the_groups(pattern: str, first: object, every: object) -> None:
    assert text.extract("a1 b2", pattern) == first
    assert text.extract("a1 b2", pattern, find="all") == every


def test_overlapping_groups_are_bounded_in_sum() -> None:
    with pytest.raises(BadInput, match=r"characters|took more"):
        text.extract("x" * 100_000, "(?=(x+))", find="all", time_limit=5)


def test_a_pattern_from_a_stranger_is_stopped_in_time() -> None:
    with pytest.raises(BadInput, match=r"took more than 0.1 s"):
        text.extract("a" * 100 + "b", "(a|a)+$", time_limit=0.1)


@pytest.mark.parametrize(
    ("style", "result"),
    [
        ("lower", "die straße nr.2b"),
        ("upper", "DIE STRASSE NR.2B"),
        ("title", "Die Straße Nr.2b"),
        ("sentence", "Die straße nr.2b"),
        ("snake_case", "die_straße_nr_2_b"),
        ("kebab-case", "die-straße-nr-2-b"),
        ("camelCase", "dieStraßeNr2B"),
        ("PascalCase", "DieStraßeNr2B"),
        ("CONSTANT_CASE", "DIE_STRASSE_NR_2_B"),
    ],
)
def test_every_style_of_case(style: text.Case, result: str) -> None:
    assert text.case("Die Straße Nr.2B", style) == result


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("XMLHttpRequest", "xml_http_request"),
        ("utf8Text", "utf8_text"),
        ("日本 go", "日本_go"),
        ("", ""),
    ],
)
def test_names_are_taken_apart_at_their_humps(given: str, words: str) -> None:
    assert text.case(given, "snake_case") == words


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        '<img src=x onerror="alert(1)">',
        '[a]\n\n[a]: javascript:alert(1) "x"',
    ],
)
def test_markdown_from_a_stranger_makes_no_active_html(hostile: str) -> None:
    html = text.markdown(hostile)

    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


def test_markdown_lets_html_through_when_told_to() -> None:
    assert text.markdown("<b>x</b>", html=True) == "<p><b>x</b></p>\n"


def test_markdown_knows_tables_and_strikethrough() -> None:
    assert "<table>" in text.markdown("|a|\n|-|\n|b|")
    assert "<s>x</s>" in text.markdown("~~x~~")


def test_a_long_address_referred_to_often_is_stopped() -> None:
    with pytest.raises(BadInput, match="characters"):
        text.markdown("[a]: /" + "x" * 50_000 + "\n\n" + "[a] " * 1000)


def test_overlong_markdown_is_refused() -> None:
    with pytest.raises(BadInput, match="more than 200,000"):
        text.markdown("x" * 200_001)


@pytest.mark.parametrize(
    ("block", "fields", "field"),
    [
        (text.template, {"text": "Hi {name"}, "text"),
        (text.extract, {"pattern": "("}, "pattern"),
        (text.split, {"separator": "(", "regex": True}, "separator"),
        (text.replace, {"find": "[", "regex": True}, "find"),
    ],
)
def test_a_field_that_can_not_be_read_is_seen_before_the_run(
    block: object, fields: dict[str, object], field: str
) -> None:
    check = spec_of(block).check  # type: ignore[arg-type]
    assert check

    assert [problem.field for problem in check(fields)] == [field]
    assert (
        check({name: value for name, value in fields.items() if name != "regex"} | {field: ""})
        == []
    )


def test_a_plain_separator_is_not_read_as_a_pattern() -> None:
    check = spec_of(text.split).check
    assert check

    assert check({"separator": "("}) == []


def test_the_bound_is_generous() -> None:
    assert len(text.replace(MEGABYTE, "x", "y" * 20)) == LONGEST_TEXT
