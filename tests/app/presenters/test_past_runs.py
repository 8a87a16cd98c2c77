from datetime import UTC, datetime

from app.presenters.past_runs import past_runs
from runtime.journal.contract import RunRow

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
THEN = NOW.timestamp() - 600


def test_a_run_is_told_in_the_words_of_a_person() -> None:
    done = RunRow("r1", "f", "Orders", "succeeded", THEN, THEN + 75, events=12)
    failed = RunRow("r2", "f", "", "failed", THEN, THEN + 0.25, summary="No\nsuch file.")

    first, second = past_runs([done, failed], NOW)

    assert first.texts == ("Done", "Orders", "10 minutes ago", "1 min 15 s", "")
    assert second.texts == ("Failed", "Untitled", "10 minutes ago", "250 ms", "No such file.")
    assert "12 events" in first.about


def test_one_that_nobody_drives_any_more_can_be_resumed() -> None:
    left = RunRow("r", "f", "Orders", "running", THEN, lease_until=NOW.timestamp() - 1)
    driven = RunRow("r", "f", "Orders", "running", THEN, lease_until=NOW.timestamp() + 20)

    first, second = past_runs([left, driven], NOW)

    assert (first.texts[0], first.can_resume) == ("Interrupted", True)
    assert (second.texts[0], second.can_resume) == ("Running", False)
