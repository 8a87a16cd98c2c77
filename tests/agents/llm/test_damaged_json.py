"""Answers hold the JSON that was meant, however a model wraps and breaks it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.damaged_json import NotReadable, read, readings

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
NAMES = st.from_regex(r"[a-z][a-z_]{0,6}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)
RECORDS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@given(RECORDS)
def test_what_is_sound_is_taken_as_it_is(value: Any) -> None:
    assert read(encoded(value)) == value


@given(RECORDS, st.sampled_from(["```json\n{}\n```", "```\n{}```", "Here it is:\n\n{}\n\nDone!"]))
def test_words_and_fences_around_it_are_left_out(value: Any, around: str) -> None:
    assert read(around.replace("{}", encoded(value))) == value


@given(RECORDS)
def test_a_comma_too_many_does_no_harm(value: Any) -> None:
    assert read(_outside_texts(value, {"}": ",}", "]": ",]"})) == value


@given(RECORDS)
def test_comments_are_passed_over(value: Any) -> None:
    assert read(_outside_texts(value, {",": ", // the next\n", ":": ": /* so */ "})) == value


@given(RECORDS)
def test_pythons_words_are_understood(value: Any) -> None:
    damaged = _outside_texts(value, {"true": "True", "false": "False", "null": "None"})

    assert read(damaged) == value


@given(RECORDS)
def test_what_was_cut_behind_its_last_value_is_closed(value: Any) -> None:
    assert read(encoded({"all": [value, "end"]}).rstrip('"}]')) == {"all": [value, "end"]}


@given(st.dictionaries(NAMES, st.integers().filter(lambda n: abs(n) < 10**9) | NAMES, min_size=1))
def test_single_quotes_and_bare_names_are_understood(value: Any) -> None:
    bare = ", ".join(f"{name}: {one!r}" for name, one in value.items())

    assert read(repr(value)) == value
    assert read(f"{{{bare}}}") == value


@given(st.text() | st.text("{}[]\",:'\\/*#0-9truefalsn \n", max_size=80))
def test_no_text_does_harm(text: str) -> None:
    for found in readings(text):
        encoded(found)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}),
        ('{"said": "he said "hi" to me", "n": 2}', {"said": 'he said "hi" to me', "n": 2}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('{"a": 1, "b":', {"a": 1}),
        ('{“a”: “b”}', {"a": "b"}),
        ('{"a": [1, 2}', {"a": [1, 2]}),
        ('{"a": .5, "b": +2, "c": 1.}', {"a": 0.5, "b": 2, "c": 1.0}),
        ('[1, 2', [1, 2]),
        ('{"a": "\\ud83d\\ude00"', {"a": "😀"}),
        ("Use {this}: {'a': 'it\\'s'}", {"a": "it's"}),
    ],
)  # fmt: skip
def test_other_damage(text: str, meant: Any) -> None:
    assert meant in list(readings(text))


@pytest.mark.parametrize("text", ["", "I can't do that.", "{" * 100_000])
def test_what_holds_no_json_says_so(text: str) -> None:
    with pytest.raises(NotReadable):
        read(text)


def _outside_texts(value: Any, changes: dict[str, str]) -> str:
    """The JSON with signs outside its texts changed."""
    made, kept = list[str](), {json.dumps(t, ensure_ascii=False) for t in _texts(value)}
    rest = encoded(value)
    while rest:
        quoted = next((t for t in sorted(kept, key=len, reverse=True) if rest.startswith(t)), "")
        found = quoted or next((old for old in changes if rest.startswith(old)), rest[0])
        made.append(found if quoted else changes.get(found, found))
        rest = rest[len(found) :]
    return "".join(made)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for one in value.values() for text in _texts(one))]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


LONG = 200_000


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[a" + " " * LONG + "b]", ["a" + " " * LONG + "b"]),
        ("[" + "1" * LONG + "x]", ["1" * LONG + "x"]),
        ('["' + '"#' * LONG + "\nx", ['"#' * LONG + "\nx"]),
    ],
    ids=["blanks", "digits", "quotes"],
)
def test_what_a_model_repeats_without_end_is_read_once(text: str, meant: Any) -> None:
    assert read(text) == meant
