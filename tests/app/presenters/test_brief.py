"""Values and durations in a few words."""

from typing import Any

import pytest

from app.presenters.brief import brief, duration


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


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0004, "0 ms"), (0.485, "485 ms"), (0.9996, "1.0 s"), (59.94, "59.9 s"),
        (61, "1 m 1 s"), (3600 * 2 + 60, "2 h 1 m"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_two_figures(seconds: float, said: str) -> None:
    assert duration(seconds) == said
