"""How runs and values look on a terminal and in a log."""

import io
from functools import reduce
from typing import Any

import pytest
from rich.console import Console

from runtime.events import (
    AnyEvent,
    Failure,
    RunFailed,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskRetried,
    TaskStarted,
)
from runtime.headless.board import board
from runtime.headless.progress import LiveBoard, PlainLines, ending
from runtime.headless.timeline import bar
from runtime.headless.values import cell, show_outputs
from runtime.headless.words import clean, count, duration, size
from runtime.projections.outline import Line
from runtime.projections.run_view import RunView

BROKE = Failure("Unreachable", "Nobody answered.", "Try later.", "fetch")
LINES = [Line("fetch", "fetch"), Line("each", "each"), Line("each/post", "post", depth=1)]


def view_of(*events: AnyEvent) -> RunView:
    return reduce(RunView.after, (RunStarted("r", 1, 100.0, "hash", "Orders"), *events), RunView())


def printed(*what: Any, width: int = 100) -> str:
    on = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    for one in what:
        on.print(one)
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_blocks_stand_in_order_with_state_and_time() -> None:
    view = view_of(
        TaskStarted("r", 2, 100.0, "fetch"), TaskFinished("r", 3, 101.5, "fetch", 100.0, {})
    )

    lines = printed(board(view, LINES, now=102.0)).splitlines()

    assert lines[0].split() == ["✓", "fetch", "1.50", "s"]
    assert lines[1].split() == ["·", "each"]


def test_a_loop_says_how_far_it_is() -> None:
    view = view_of(
        TaskStarted("r", 2, 100.0, "each"),
        TaskProgressed("r", 3, 100.0, "each", 0, 120),
        ScopeOpened("r", 4, 100.0, "each[0]", "body", {}),
        TaskStarted("r", 5, 100.0, "each[0]/post"),
        ScopeOpened("r", 6, 100.0, "each[1]", "body", {}),
        TaskFinished("r", 7, 100.5, "each[1]/post", 100.0, {}),
        ScopeClosed("r", 8, 101.0, "each[1]"),
    )

    shown = printed(board(view, LINES, now=102.0))

    assert "1 of 120 rounds" in shown
    assert "1 done, 1 running" in shown


def test_a_board_keeps_to_its_height_and_shows_what_matters() -> None:
    lines = [Line(f"n{i}", f"n{i}") for i in range(500)]
    events: list[AnyEvent] = [
        TaskFinished("r", 2 + i, 100.0 + i, f"n{i}", 100.0, {}) for i in range(300)
    ]
    view = view_of(
        *events, TaskStarted("r", 400, 200.0, "n450"), TaskFailed("r", 401, 201.0, "n7", 1, BROKE)
    )

    shown = printed(board(view, lines, now=500.0, height=12))

    assert len(shown.splitlines()) <= 12
    assert " n450 " in shown
    assert " n7 " in shown
    assert "… and 490 more" in shown


def test_a_failure_says_where_what_and_how_to_cure_it() -> None:
    cause = Failure("Rejected", "Status 500.", task="each[0]/post")
    failure = Failure("Rejected", "each[0] failed.", task="each", cause=cause)

    said = ending(view_of(RunFailed("r", 2, 101.0, failure, 1.0)))

    assert said.startswith("✗ Failed after 1.00 s.")
    assert "each: each[0] failed." in said
    assert "each[0]/post: Status 500." in said


def test_plain_lines_tell_of_each_block_once(capsys: pytest.CaptureFixture[str]) -> None:
    teller, view = PlainLines(), view_of()
    teller.begin(view, LINES)
    events: list[AnyEvent] = [
        TaskStarted("r", 2, 100.0, "fetch"),
        TaskRetried("r", 3, 100.2, "fetch", 1, BROKE, 0.5),
        TaskStarted("r", 4, 100.7, "fetch", 2),
        TaskFinished("r", 5, 101.0, "fetch", 100.7, {}, 2),
        TaskStarted("r", 6, 101.0, "each"),
        ScopeOpened("r", 7, 101.0, "each[0]", "body", {}),
        TaskFinished("r", 8, 101.0, "each[0]/post", 101.0, {}),
        ScopeClosed("r", 9, 101.0, "each[0]"),
        TaskFinished("r", 10, 102.0, "each", 101.0, {}),
    ]
    for event in events:
        teller.tell([event], view.after(event))

    assert capsys.readouterr().err.splitlines() == [
        "Orders  run r",
        "↻ fetch: Nobody answered. Tried again in 500 ms.",
        "✓ fetch  1.00 s  1 retry",
        "✓ each  1.00 s  1 round",
    ]


def test_a_live_board_is_drawn_and_left_complete(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    teller, view = LiveBoard(), view_of()
    teller.begin(view, LINES[:1])
    done = TaskFinished("r", 2, 101.0, "fetch", 100.0, {})
    teller.tell([done], view.after(done))
    teller.end(view)

    shown = capsys.readouterr().err
    assert "Orders" in shown
    assert "✓" in shown
    assert shown.rstrip().endswith("\x1b[0m")


def test_a_bar_shows_when_a_block_was_at_it() -> None:
    view = view_of(
        TaskFinished("r", 2, 106.0, "first", 100.0, {}),
        TaskFinished("r", 3, 124.0, "last", 112.0, {}),
    )

    assert bar(view.blocks["first"], view) == "━" * 6
    assert bar(view.blocks["last"], view) == " " * 12 + "━" * 12


def outputs(value: Any, width: int = 100) -> str:
    on = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    show_outputs({"result": value}, on)
    assert isinstance(on.file, io.StringIO)
    return "\n".join(line.rstrip() for line in on.file.getvalue().splitlines())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain [text] as it is\n  and longer", "plain [text] as it is\n  and longer"),
        (7, "7"),
        (1234567, "1,234,567"),
        (True, "yes"),
        (b"abc", "(3 bytes)"),
        ([1, "two"], "- 1\n- two"),
        ({"a": 1, "b": [1, 2]}, "a  1\nb  [1, 2]"),
        ([{"n": 1, "s": "x"}, {"n": 22}], " n  s\n 1  x\n22"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_a_value_is_shown(value: Any, shown: str) -> None:
    assert outputs(value) == shown


def test_a_long_list_is_cut_with_a_word() -> None:
    shown = outputs([{"n": i} for i in range(70)])

    assert "49" in shown
    assert "69" not in shown
    assert "… and 20 more" in shown


def test_a_long_text_in_a_table_stays_on_its_line() -> None:
    assert cell("a\nb" * 100, 10) == "a ba ba b…"


def test_what_could_steer_a_terminal_is_made_visible() -> None:
    assert clean("a\x1b[31mb\x07\x9bc\r\n\td") == "a␛[31mb␇\ufffdc␍\n\td"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0002, "<1 ms"), (0.035, "35 ms"), (1.204, "1.20 s"), (12.34, "12.3 s"), (185, "3 min 5 s"),
     (59.999, "1 min 0 s"), (7440, "2 h 4 min")],
)  # fmt: skip
def test_a_duration_is_said(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_counts_and_sizes_are_said() -> None:
    assert [count(1, "run"), count(1200, "run"), count(2, "retry", "retries")] == [
        "1 run",
        "1,200 runs",
        "2 retries",
    ]
    assert [size(512), size(3_400_000), size(5e12)] == ["512 bytes", "3.4 MB", "5000.0 GB"]
