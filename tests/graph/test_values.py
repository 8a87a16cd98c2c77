"""Values: the types annotations mean, and values as texts to read."""

import datetime
from typing import Any, NotRequired, TypedDict

import pytest

from graph.errors import BadInput
from graph.values import COERCIONS, as_text, mismatch, type_of


class Measure(TypedDict):
    how: str
    field: NotRequired[str]


def test_a_record_type_is_certain_only_of_its_required_fields() -> None:
    measure = type_of(Measure)

    assert str(measure) == "record with how"
    assert mismatch(measure, {"how": "sum"}) == ""
    assert mismatch(measure, {"field": "x"}) == "needs 'how'"


@pytest.mark.parametrize("value", [b"\xff", object(), [object()], [b"\xff"]])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        as_text(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", "x"), ("integer", "1.5"), ("integer", None), ("parsed", "{"), ("bytes", 1)],
)
def test_a_conversion_says_what_it_could_not_convert(name: str, value: Any) -> None:
    with pytest.raises(BadInput, match=f"can't turn this into {name}"):
        COERCIONS[name](value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (None, ""),
        (True, "true"),
        (1.5, "1.5"),
        (b"a\xc3\xa4", "aä"),
        (["ä", {"b": None}], '["ä", {"b": null}]'),
        (datetime.date(2026, 5, 3), "2026-05-03"),
        ([datetime.datetime(2026, 5, 3, tzinfo=datetime.UTC)], '["2026-05-03T00:00:00+00:00"]'),
    ],
)
def test_a_value_reads_as_a_text_and_the_coercion_agrees(value: Any, text: str) -> None:
    assert as_text(value) == text
    assert COERCIONS["text"](value) == text
