"""How long ago, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from app.presenters.since import since

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=11), "11 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=17), "3 May 2026"),
    ],
)
def test_it_is_said_as_people_say_it(ago: timedelta, words: str) -> None:
    assert since(NOW - ago, NOW) == words
