"""A run that is cancelled ends at once, or is undone first where Compensate says how."""

import asyncio

import pytest

from graph.compile import compile_flow
from graph.flow import Block, Flow, Retry, Settings
from runtime.engine.live import Live
from runtime.engine.state import Scope
from runtime.events import (
    AnyEvent,
    RunCancelled,
    RunCancelling,
    RunSucceeded,
    TaskFinished,
    TaskSkipped,
    TaskStarted,
)
from tests.runtime.engine.test_compensating import CATCHES, undoing, undone
from tests.runtime.engine.world import CATALOG, Studio, calls

UNDONE = ["undo[hotel]/undo", "undo[train]/undo"]


def trip(
    last: Block, hotel: Flow | None = None, *, whole: bool = True, each: Flow | None = None
) -> Flow:
    """Train and hotel are booked, then something is done; unless `whole`, that must not fail."""
    caught = [("last.error", "failed.last"), ("after.error", "failed.after")] if whole else []
    return Flow.of(
        [
            Block("train", "t.watched", {"value": "seat 7", "name": "train"}, settings=CATCHES),
            Block("hotel", "t.watched", {"name": "hotel"}),
            last,
            Block("after", "t.send", {"name": "after"}, settings=CATCHES),
            Block("failed", "logic.merge_any"),
            Block("done", "logic.merge_some"),
            Block("undo", "logic.compensate", {"undo": ["undo_train", "undo_hotel"]}),
        ],
        [
            ("train.value", "hotel.value"),
            ("hotel.value", "last.value"),
            ("last.value", "after.value"),
            ("train.value", "done.train"),
            ("hotel.value", "done.hotel"),
            ("last.value", "done.last"),
            ("done.value", "undo.done"),
            ("train.error", "failed.train"),
            ("failed.value", "undo.failure"),
            *caught,
        ],
        flows={
            "undo_train": undoing(),
            "undo_hotel": hotel or undoing(),
            "each": each or undoing(),
        },
    )


def sleeping(kind: str = "t.slow", **settings: object) -> Block:
    given = {"seconds": 600.0} if kind == "t.slow" else {}
    return Block("last", kind, given, settings=Settings(on_error="port", **settings))


async def begun(studio: Studio, flow: Flow) -> Live:
    live = studio.begin(flow)
    await studio.pass_time(0.5)
    return live


def tasks(events: list[AnyEvent], kind: type[AnyEvent]) -> list[str]:
    return [event.task for event in events if isinstance(event, kind)]


def left(events: list[AnyEvent]) -> list[str]:
    return [task for task in undone(events) if task.endswith("/undo")]


async def test_what_was_done_is_undone_the_last_first_and_nothing_else_begins(
    studio: Studio,
) -> None:
    live = await begun(studio, trip(sleeping()))

    studio.executor.cancel(live, "Not now.")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    assert end.reason == "Not now."
    events = await studio.events()
    assert left(events) == UNDONE
    assert calls["after"] == 0
    assert {"last", "after"} <= set(tasks(events, TaskSkipped))


async def test_the_flows_that_undo_are_told_that_it_was_cancelled(studio: Studio) -> None:
    told = Flow.of(
        [Block("failure", "flow.input", {"name": "failure"}), Block("undo", "t.post")],
        [("failure.value", "undo.value")],
    )
    live = await begun(studio, trip(sleeping(), told))

    studio.executor.cancel(live, "Not now.")
    await studio.finish(live, within=20)

    (gave,) = [
        e for e in await studio.events()
        if isinstance(e, TaskFinished) and e.task == "undo[hotel]/undo"
    ]  # fmt: skip
    assert gave.outputs["value"]["type"] == "Cancelled"
    assert gave.outputs["value"]["message"] == "Not now."


async def test_a_step_that_is_to_stop_the_run_when_it_fails_keeps_nothing_from_being_undone(
    studio: Studio,
) -> None:
    last = Block("last", "t.slow", {"seconds": 600.0})
    live = await begun(studio, trip(last, whole=False))

    studio.executor.cancel(live, "")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    assert left(await studio.events()) == UNDONE


async def test_what_is_changing_something_comes_to_its_end_first(studio: Studio) -> None:
    flow = trip(sleeping("t.send"))
    live = await begun(studio, flow)

    studio.executor.cancel(live, "")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    events = await studio.events()
    assert "last" in tasks(events, TaskFinished)
    assert "after" in tasks(events, TaskSkipped)
    assert left(events) == UNDONE


async def test_one_that_was_done_before_anything_was_called_off_is_not_undone(
    studio: Studio,
) -> None:
    flow = Flow.of(
        [
            Block("train", "t.watched", {"value": "seat 7", "name": "train"}),
            sleeping("t.send"),
            Block("undo", "logic.compensate", {"undo": ["undo_train"]}),
            Block("done", "logic.merge_some"),
        ],
        [
            ("train.value", "last.value"),
            ("train.value", "done.train"),
            ("done.value", "undo.done"),
            ("last.error", "undo.failure"),
        ],
        flows={"undo_train": undoing()},
    )
    live = await begun(studio, flow)

    studio.executor.cancel(live, "Too late.")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunSucceeded)
    assert left(await studio.events()) == []


async def test_the_second_time_all_ends_at_once(studio: Studio) -> None:
    live = await begun(studio, trip(sleeping()))
    studio.executor.cancel(live, "Not now.")
    await studio.pass_time(0.5)

    studio.executor.cancel(live, "")
    end = await studio.finish(live, within=1)

    assert isinstance(end, RunCancelled)
    assert end.reason == "Not now."
    assert left(await studio.events()) == []


async def test_by_force_nothing_is_undone(studio: Studio) -> None:
    live = await begun(studio, trip(sleeping()))

    studio.executor.cancel(live, "Now.", force=True)
    end = await studio.finish(live, within=1)

    assert isinstance(end, RunCancelled)
    events = await studio.events()
    assert not any(isinstance(event, RunCancelling) for event in events)
    assert "undo" not in tasks(events, TaskStarted)


async def test_a_step_that_waits_for_another_attempt_is_left_out(studio: Studio) -> None:
    retry = Retry(attempts=5, delay=300.0)
    last = Block(
        "last", "t.flaky", {"failures": 9}, settings=Settings(on_error="port", retry=retry)
    )
    live = await begun(studio, trip(last))

    studio.executor.cancel(live, "")
    await studio.finish(live, within=20)
    await studio.pass_time(600)

    assert calls["flaky"] == 1
    assert left(await studio.events()) == UNDONE


async def test_a_paused_run_goes_on_to_be_undone(studio: Studio) -> None:
    live = studio.begin(trip(sleeping()))
    await studio.pass_time(0.5)
    studio.executor.pause(live)

    studio.executor.cancel(live, "")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    assert left(await studio.events()) == UNDONE


async def test_a_step_that_cannot_be_undone_keeps_the_others_from_nothing(studio: Studio) -> None:
    live = await begun(studio, trip(sleeping(), undoing("t.wrong")))

    studio.executor.cancel(live, "")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    assert left(await studio.events()) == ["undo[train]/undo"]


async def test_a_run_without_anything_to_undo_ends_at_once(studio: Studio) -> None:
    flow = Flow.of(
        [Block("a", "t.slow", {"seconds": 600.0}), Block("b", "t.send")], [("a.value", "b.value")]
    )
    live = await begun(studio, flow)

    studio.executor.cancel(live, "enough")
    end = await studio.finish(live, within=1)

    assert isinstance(end, RunCancelled)
    assert "b" not in tasks(await studio.events(), TaskSkipped)


async def test_no_further_round_of_a_loop_begins(studio: Studio) -> None:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("sent", "t.post"),
            Block("out", "flow.output"),
        ],
        [("item.value", "sent.value"), ("sent.value", "out.value")],
    )
    last = Block(
        "last",
        "logic.for_each",
        {"items": [1, 2, 3, 4], "body": "each", "parallel": 1},
        settings=CATCHES,
    )
    flow = trip(last, each=body)
    live = await begun(studio, flow)
    assert calls["post"] == 1

    studio.executor.cancel(live, "")
    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    events = await studio.events()
    assert [t for t in tasks(events, TaskFinished) if t.endswith("/sent")] == ["last[0]/sent"]
    assert left(events) == UNDONE


@pytest.mark.parametrize("seconds", [0.1, 0.6, 1.4, 1.6])
async def test_a_crash_midway_undoes_the_rest_and_nothing_twice(
    studio: Studio, seconds: float
) -> None:
    made = trip(sleeping())
    studio.executor.cancel(await begun(studio, made), "Not now.")
    await studio.pass_time(seconds)
    before = undone(await studio.crash())

    end = await studio.finish(await studio.recover(compile_flow(made, CATALOG)), within=20)

    assert isinstance(end, RunCancelled)
    assert end.reason == "Not now."
    events = await studio.events()
    assert left(events) == UNDONE
    assert undone(events)[: len(before)] == before
    assert calls["key r1:undo[hotel]/undo"] <= 2
    assert calls["after"] == 0


async def test_an_effect_cut_off_by_a_crash_is_found_out_about_before_all_is_undone(
    studio: Studio,
) -> None:
    made = trip(sleeping("t.post"))
    studio.executor.cancel(await begun(studio, made), "")
    await studio.crash()

    end = await studio.finish(await studio.recover(compile_flow(made, CATALOG)), within=20)

    assert isinstance(end, RunCancelled)
    events = await studio.events()
    assert "last" in tasks(events, TaskFinished)
    assert calls["key r1:last"] == 2
    assert left(events) == UNDONE


async def test_one_that_was_about_to_begin_is_called_off_too(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = studio.executor._runner.under_way
    begin = under_way.begin

    def cancelled_first(live: Live, scope: Scope, i: int, attempt: int) -> None:
        if scope.plan.ids[i] == "last":  # whoever cancels has the loop before the task has it
            asyncio.get_running_loop().call_soon(studio.executor.cancel, live, "")
        begin(live, scope, i, attempt)

    monkeypatch.setattr(under_way, "begin", cancelled_first)
    live = studio.begin(trip(sleeping()))

    end = await studio.finish(live, within=20)

    assert isinstance(end, RunCancelled)
    assert left(await studio.events()) == UNDONE
    assert not under_way._busy
