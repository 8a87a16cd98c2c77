"""Bars over time, folded from a run's events."""

from math import isnan

from graph.flow import Block, Flow, Retry, Settings
from runtime.events import (
    AnyEvent,
    Failure,
    RunCancelled,
    RunContinued,
    RunPaused,
    RunRecovered,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskStarted,
)
from runtime.projections.timeline import STATES, Part, Timeline
from tests.runtime.engine.world import Studio, studio

__all__ = ["studio"]

BROKE = Failure("Unreachable", "Nobody answered.", retryable=True)


def line_of(*events: AnyEvent) -> Timeline:
    line = Timeline()
    line.take([RunStarted("r", 1, 100.0, "f"), *events])
    return line


def bar(line: Timeline, task: str) -> tuple[float, float, str]:
    """From when to when it lasts, and its state."""
    number = line.numbers[task]
    return line.starts[number], line.ends[number], STATES[line.states[number]]


def test_a_bar_lasts_from_the_start_of_a_task_to_its_end() -> None:
    line = line_of(
        TaskStarted("r", 2, 101.0, "fetch"),
        TaskFinished("r", 3, 103.0, "fetch", 101.0, {}),
        TaskFinished("r", 4, 103.5, "sum", 103.2, {}),
        TaskReused("r", 5, 103.5, "old", {}),
    )

    assert bar(line, "fetch") == (101.0, 103.0, "finished")
    assert bar(line, "sum") == (103.2, 103.5, "finished"), "one done on the spot tells afterwards"
    assert bar(line, "old") == (103.5, 103.5, "reused")


def test_a_task_under_way_has_no_end_yet() -> None:
    line = line_of(TaskStarted("r", 2, 101.0, "fetch"), TaskStarted("r", 3, 102.0, "other"))

    start, end, state = bar(line, "fetch")

    assert (start, state) == (101.0, "running")
    assert isnan(end)
    assert line.end_of(line.numbers["fetch"]) == 102.0, "it lasts as far as the run is known"


def test_failed_attempts_and_the_waits_between_them_are_parts_of_the_bar() -> None:
    line = line_of(
        TaskStarted("r", 2, 101.0, "fetch"),
        TaskRetried("r", 3, 102.0, "fetch", 1, BROKE, 0.5),
        TaskStarted("r", 4, 102.5, "fetch", 2),
        TaskRetried("r", 5, 103.0, "fetch", 2, BROKE, 1.0),
        TaskFinished("r", 6, 104.5, "fetch", 104.0, {}, 3),
    )

    assert line.attempts[0] == 3
    assert line.parts == [
        Part(0, "tried", 101.0, 102.0, "Nobody answered."),
        Part(0, "wait", 102.0, 102.5),
        Part(0, "tried", 102.5, 103.0, "Nobody answered."),
        Part(0, "wait", 103.0, 104.0),
    ]


def test_how_a_failure_ended_is_told() -> None:
    line = line_of(
        TaskFailed("r", 2, 101.0, "a", 1, BROKE, "port"), TaskFailed("r", 3, 101.0, "b", 2, BROKE)
    )

    assert (bar(line, "a")[2], bar(line, "b")[2]) == ("caught", "failed")
    assert line.failures == {0: BROKE, 1: BROKE}


def test_what_a_failed_round_left_unfinished_is_cancelled_with_it() -> None:
    line = line_of(
        TaskStarted("r", 2, 101.0, "each"),
        ScopeOpened("r", 3, 101.0, "each[0]", "body", {}),
        TaskStarted("r", 4, 101.0, "each[0]/slow"),
        ScopeClosed("r", 5, 104.0, "each[0]", BROKE),
    )

    assert bar(line, "each[0]/slow") == (101.0, 104.0, "cancelled")
    assert bar(line, "each")[2] == "running"
    assert line.blocks == ["each", "each/slow"]


def test_a_run_that_was_left_shows_since_when_nobody_drove_it() -> None:
    line = line_of(
        TaskStarted("r", 2, 101.0, "send"),
        RunRecovered("r", 3, 160.0, "you"),
        TaskDoubted("r", 4, 161.0, "send", "key"),
        RunCancelled("r", 5, 170.0, "enough", 70.0),
    )

    assert line.parts == [Part(0, "gone", 101.0, 161.0), Part(0, "doubt", 161.0, 170.0)]
    assert bar(line, "send") == (101.0, 170.0, "cancelled")


def test_a_task_that_was_held_shows_for_how_long() -> None:
    line = line_of(
        TaskHeld("r", 2, 101.0, "fetch", "before", "breakpoint"),
        TaskReleased("r", 3, 109.0, "fetch"),
        TaskStarted("r", 4, 109.0, "fetch"),
        TaskFinished("r", 5, 110.0, "fetch", 109.0, {}),
    )

    assert bar(line, "fetch") == (101.0, 110.0, "finished")
    assert line.parts == [Part(0, "held", 101.0, 109.0)]


def test_pauses_are_known() -> None:
    line = line_of(RunPaused("r", 2, 101.0), RunContinued("r", 3, 105.0), RunPaused("r", 4, 110.0))

    assert line.pauses[0] == (101.0, 105.0)
    assert line.pauses[1][0] == 110.0
    assert isnan(line.pauses[1][1])


async def test_a_real_run_has_a_bar_for_each_task(studio: Studio) -> None:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("flaky", "t.flaky", {"failures": 1},
                  settings=Settings(retry=Retry(attempts=3, delay=2.0, jitter=0.0))),
            Block("out", "flow.output"),
        ],
        [("item.value", "flaky.value"), ("flaky.value", "out.value")],
    )  # fmt: skip
    flow = Flow.of(
        [
            Block("each", "logic.for_each", {"items": [1, 2], "body": "body"}),
            Block("slow", "t.slow", {"seconds": 3.0}),
        ],
        [("each.value", "slow.value")],
        flows={"body": body},
    )
    await studio.run(flow)
    line = Timeline()

    line.take(await studio.events())

    assert line.is_over
    assert {"each", "each/flaky", "slow"} <= set(line.blocks)
    assert not any(isnan(end) for end in line.ends)
    start, end, _ = bar(line, "slow")
    assert 3.0 <= end - start < 3.5
    waits = [part for part in line.parts if part.kind == "wait"]
    assert [part.until - part.since >= 1.9 for part in waits] == [True]
