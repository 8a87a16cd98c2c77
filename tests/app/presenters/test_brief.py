"""Values in a few words."""

from typing import Any

import pytest

from app.presenters.brief import brief


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "nothing"),
        (True, "yes"),
        (0, "0"),
        ("", "empty text"),
        ("\n  first\nsecond", "first"),
        (b"abc", "3 bytes"),
        ([], "empty list"),
        ([1], "1 item"),
        ([{"a": 1}] * 1200, "1,200 rows"),
        ({}, "empty record"),
        ({"name": 1, "age": 2}, "name, age"),
    ],
)
def test_a_value_is_said_on_one_line(value: Any, said: str) -> None:
    assert brief(value) == said


def test_a_long_text_is_cut() -> None:
    assert brief("word " * 1000, 20) == "word word word word…"
