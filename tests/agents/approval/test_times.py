"""How long people have, as people write it, and what is said of what can't be read."""

import pytest

from agents.approval.times import seconds_of
from graph.errors import BadInput

HOUR, DAY = 3600.0, 86_400.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None), ("  ", None),
        ("30 s", 30.0), ("90 min", 5400.0), ("90min", 5400.0), ("1.5 hours", 5400.0),
        ("1 h 30 min", 5400.0), ("1 hour, 30 minutes", 5400.0), ("2 hrs", 2 * HOUR),
        ("2 days", 2 * DAY), ("2 Days", 2 * DAY), ("1 week", 7 * DAY), ("1w 1d", 8 * DAY),
        ("P2D", 2 * DAY), ("PT90M", 5400.0), ("P2DT12H", 2.5 * DAY), ("P1W", 7 * DAY),
        ("pt1.5s", 1.5),
    ],
)  # fmt: skip
def test_times_are_read_as_people_and_as_programs_write_them(
    text: str, seconds: float | None
) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["soon", "2", "2 moons", "days", "-1 day", "1 h and 2 min", "1,5 h", "P", "PT", "P1M", "P1Y",
     "P2DT", "2d P1D", "٢ days"],
)  # fmt: skip
def test_what_says_no_time_is_quoted_and_told_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInput, match="says not how long") as caught:
        seconds_of(text)

    assert text in caught.value.message
    assert "2 days" in caught.value.cure


@pytest.mark.parametrize("text", ["0 s", "0 days", "PT0S"])
def test_no_time_at_all_is_not_taken_for_no_end(text: str) -> None:
    with pytest.raises(BadInput, match="leaves no time") as caught:
        seconds_of(text)

    assert "Empty it" in caught.value.cure
