from datetime import UTC, datetime

from app.presenters.past_runs import (
    called,
    found_runs,
    matching,
    past_runs,
    start_of,
    unnamed,
)
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.journal.contract import Hit, RunRow

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


def test_a_run_is_found_by_words_about_it() -> None:
    day = 86_400
    rows = [
        RunRow("r1", "f", "Orders", "failed", NOW.timestamp() - day, NOW.timestamp() - day + 1),
        RunRow("r2", "f", "Orders", "succeeded", NOW.timestamp() - day, NOW.timestamp() - day + 1),
        RunRow("r3", "f", "Till", "failed", THEN, THEN + 1, summary="The till is closed."),
    ]
    runs = past_runs(rows, NOW)

    def found(text: str) -> list[str]:
        return [run.row.run for run in matching(runs, text)]

    assert found("failed yesterday") == ["r1"]
    assert found("ORDERS") == ["r1", "r2"]
    assert found("closed") == found("till today") == found("r3") == ["r3"]
    assert found("") == ["r1", "r2", "r3"]
    assert found("failed tomorrow") == []


def test_one_from_elsewhere_says_so() -> None:
    row = RunRow("r", "f", "Orders", "failed", THEN, THEN, origin="a bundle made on 2026-05-01")

    (run,) = past_runs([row], NOW)

    assert run.is_from_elsewhere
    assert (run.texts[-1], matching([run], "elsewhere")) == ("From elsewhere", [run])
    assert "it came in a bundle made on 2026-05-01" in run.about


def test_where_a_value_was_found_stands_beside_its_run() -> None:
    row = RunRow("r", "f", "Orders", "succeeded", THEN, THEN)

    (run,) = found_runs([Hit(row, "parse.total", "…of 4217 in…")], NOW)

    assert run.texts[-1] == "parse.total: …of 4217 in…"


def test_a_flow_without_a_name_is_called_by_what_is_in_it() -> None:
    flow = Flow.of(
        [
            Block("in", "flow.input"),
            Block("ask", "http.get", title="Ask the shop"),
            Block("read_it", "data.parse_json"),
            Block("say", "text.template"),
        ]
    )
    row = RunRow("r", "hash", "", "succeeded", THEN, THEN)

    (run,) = past_runs([row], NOW, {"hash": called(write(flow))})

    assert unnamed([row, row]) == ["hash"]
    assert run.texts[1] == "Untitled: Ask the shop, read it and 1 more"
    assert called("nonsense") == "Untitled"


def test_days_begin_at_midnight() -> None:
    today, week = start_of(1, NOW), start_of(7, NOW)

    assert start_of(0, NOW) is None
    assert today is not None
    assert week is not None
    assert 0 <= NOW.timestamp() - today < 86_400
    assert today - week == 6 * 86_400
