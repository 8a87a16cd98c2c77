"""Values with their units, as short as a legend has room for."""

import math

import pytest

from app.presenters.amounts import amount, counted


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "count", "–"),
        (math.nan, "seconds", "–"),
        (0.0, "count", "0"),
        (3.0, "count", "3"),
        (1234.0, "count", "1.23\u202fk"),
        (999.9, "count", "1\u202fk"),
        (70.4, "per second", "70.4/s"),
        (2_500_000.0, "per second", "2.5\u202fM/s"),
        (0.0000124, "seconds", "12.4 µs"),
        (0.243, "seconds", "243 ms"),
        (0.0, "seconds", "0 s"),
        (3.14159, "seconds", "3.14 s"),
        (130.0, "seconds", "2 min 10 s"),
        (0.987, "share", "98.7 %"),
        (1.0, "share", "100 %"),
        (86_000_000.0, "bytes", "82 MB"),
        (512.0, "bytes", "512 B"),
        (0.02, "US dollars", "$0.02"),
        (12.5, "US dollars", "$12.50"),
    ],
)
def test_a_value_is_told_in_three_digits_and_its_unit(
    value: float | None, unit: str, said: str
) -> None:
    assert amount(value, unit) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (3000, "3,000 calls")]
)
def test_one_thing_is_not_told_as_several(number: int, said: str) -> None:
    assert counted(number, "call") == said
