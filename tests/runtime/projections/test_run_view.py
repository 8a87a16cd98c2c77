"""A run as a person follows it, folded from its events."""

from functools import reduce

from graph.flow import Block, Flow, Retry, Settings
from runtime.events import (
    AnyEvent,
    Failure,
    ReplayDiverged,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunStalled,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskAsked,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    TaskStreamed,
)
from runtime.projections.run_view import RunView
from tests.runtime.engine.world import Studio, studio

__all__ = ["studio"]

BROKE = Failure("Unreachable", "Nobody answered.", retryable=True)


def view_of(*events: AnyEvent) -> RunView:
    return reduce(RunView.after, events, RunView())


def began(at: float = 100.0) -> RunStarted:
    return RunStarted("r", 1, at, "hash", "Orders", {"x": 1}, "me")


def test_nothing_is_known_before_the_first_event() -> None:
    view = RunView()

    assert (view.state, view.blocks, view.over) == ("running", {}, False)


def test_a_run_says_what_it_is_and_how_it_ended() -> None:
    view = view_of(began(), RunSucceeded("r", 2, 103.0, {"total": 7}, 3.0))

    assert (view.run, view.name, view.inputs) == ("r", "Orders", {"x": 1})
    assert (view.state, view.outputs, view.took, view.over) == (
        "succeeded",
        {"total": 7},
        3.0,
        True,
    )


def test_a_task_under_way_is_running_until_it_is_done() -> None:
    view = view_of(began(), TaskStarted("r", 2, 101.0, "fetch"))
    assert view.blocks["fetch"].state == "running"

    view.after(TaskFinished("r", 3, 104.5, "fetch", 101.0, {"value": 1}))

    block = view.blocks["fetch"]
    assert (block.state, block.began, block.ended, block.took) == ("finished", 101.0, 104.5, 3.5)


def test_a_task_done_on_the_spot_never_said_that_it_began() -> None:
    view = view_of(began(), TaskFinished("r", 2, 101.0, "add", 100.5, {"value": 1}))

    assert (view.blocks["add"].state, view.blocks["add"].took) == ("finished", 0.5)


def test_rounds_of_a_loop_are_counted_together() -> None:
    view = view_of(began(), TaskStarted("r", 2, 100.0, "each"))
    for round in range(3):
        view.after(ScopeOpened("r", 3, 101.0, f"each[{round}]", "body", {}))
        view.after(TaskFinished("r", 4, 102.0, f"each[{round}]/post", 101.0, {}))
    view.after(ScopeClosed("r", 5, 102.0, "each[0]"))
    view.after(TaskProgressed("r", 6, 102.0, "each", 1, 10))

    assert list(view.blocks) == ["each", "each/post"]
    assert (view.blocks["each"].rounds, view.blocks["each"].rounds_done) == (3, 1)
    assert view.blocks["each"].total == 10
    assert (view.blocks["each/post"].finished, view.blocks["each/post"].took) == (3, 3.0)


def test_a_block_between_two_attempts_is_retrying() -> None:
    view = view_of(
        began(),
        TaskStarted("r", 2, 101.0, "fetch"),
        TaskRetried("r", 3, 102.0, "fetch", 1, BROKE, 0.5),
    )
    assert view.blocks["fetch"].state == "retrying"

    view.after(TaskStarted("r", 4, 102.5, "fetch", 2))
    view.after(TaskFinished("r", 5, 103.0, "fetch", 102.5, {}, 2))

    block = view.blocks["fetch"]
    assert (block.state, block.retries, block.finished) == ("finished", 1, 1)
    assert block.took == 2.0, "waiting between attempts is part of the time"


def test_a_failure_that_went_on_is_told_from_one_that_ended_the_run() -> None:
    caught = view_of(began(), TaskFailed("r", 2, 101.0, "a", 1, BROKE, "port"))
    fatal = view_of(began(), TaskFailed("r", 2, 101.0, "a", 1, BROKE))

    assert (caught.blocks["a"].state, fatal.blocks["a"].state) == ("caught", "failed")
    assert fatal.blocks["a"].failure == BROKE


def test_what_was_under_way_when_a_round_failed_is_cancelled() -> None:
    view = view_of(
        began(),
        TaskStarted("r", 2, 101.0, "each"),
        ScopeOpened("r", 3, 101.0, "each[0]", "body", {}),
        TaskStarted("r", 4, 101.0, "each[0]/slow"),
        ScopeClosed("r", 5, 104.0, "each[0]", BROKE),
    )

    assert (view.blocks["each/slow"].state, view.blocks["each/slow"].took) == ("cancelled", 3.0)
    assert (view.blocks["each"].state, view.blocks["each"].rounds_failed) == ("running", 1)


def test_the_end_of_a_run_leaves_nothing_under_way() -> None:
    view = view_of(
        began(), TaskStarted("r", 2, 101.0, "slow"), RunCancelled("r", 3, 105.0, "enough", 5.0)
    )

    assert (view.state, view.reason, view.blocks["slow"].state) == (
        "cancelled",
        "enough",
        "cancelled",
    )


def test_a_failed_run_keeps_its_failure() -> None:
    view = view_of(began(), RunFailed("r", 2, 105.0, BROKE, 5.0))

    assert (view.state, view.failure) == ("failed", BROKE)


def test_a_stalled_run_says_what_it_waits_for_until_it_moves() -> None:
    view = view_of(
        began(),
        TaskStarted("r", 2, 101.0, "send"),
        RunRecovered("r", 3, 110.0, "you"),
        TaskDoubted("r", 4, 110.0, "send", "r:send"),
        RunStalled("r", 5, 111.0, ["send: somebody has to say."]),
    )
    assert (view.state, view.waits_for) == ("stalled", ["send: somebody has to say."])
    assert view.blocks["send"].state == "doubted"

    view.after(TaskFinished("r", 6, 112.0, "send", 112.0, {}))

    assert (view.state, view.waits_for, view.blocks["send"].state) == ("running", [], "finished")


def test_a_run_that_stood_still_stands_still_when_it_comes_back() -> None:
    view = view_of(
        RunStarted("r", 1, 10.0, "f"),
        RunPaused("r", 2, 11.0),
        RunInterrupted("r", 2, 12.0, BROKE),
        RunRecovered("r", 3, 13.0, "someone"),
    )

    assert view.state == "paused"
    assert view.after(RunContinued("r", 4, 14.0)).state == "running"


def test_a_recovered_run_has_nothing_under_way_until_it_begins_again() -> None:
    view = view_of(
        began(),
        TaskStarted("r", 2, 101.0, "slow"),
        RunInterrupted("r", 3, 102.0, BROKE),
        RunRecovered("r", 4, 110.0, "you"),
    )

    assert (view.state, view.owner, view.recovered) == ("running", "you", 1)
    assert view.blocks["slow"].state == "waiting"


def test_a_run_only_asks_when_nothing_else_is_under_way_but_loops_around_it() -> None:
    asked = TaskAsked("r", 4, 101.0, "each[2]/ask", "1", {"title": "Is it?"})
    view = view_of(began(), TaskStarted("r", 2, 101.0, "each"),
                   TaskStarted("r", 3, 101.0, "each[2]/ask"), asked)  # fmt: skip
    assert view.only_asks

    assert not view.after(TaskStarted("r", 5, 102.0, "post")).only_asks
    assert view.after(TaskFinished("r", 6, 103.0, "post", 102.0, {})).only_asks
    assert not view.after(RunPaused("r", 7, 104.0)).only_asks


def test_skipped_and_reused_tasks_are_said_to_be_so() -> None:
    view = view_of(
        began(), TaskSkipped("r", 2, 101.0, "no"), TaskReused("r", 3, 101.0, "yes", {"value": 1})
    )

    assert (view.blocks["no"].state, view.blocks["yes"].state) == ("skipped", "reused")


def test_items_of_a_stream_are_counted_as_they_come() -> None:
    view = view_of(
        began(),
        TaskStarted("r", 2, 101.0, "rows"),
        TaskStreamed("r", 3, 101.1, "rows", [1, 2]),
        TaskStreamed("r", 4, 101.2, "rows", [3]),
    )

    assert view.blocks["rows"].streamed == 3


def test_a_replay_shows_where_it_first_differs() -> None:
    view = view_of(began(), ReplayDiverged("r", 2, 101.0, "sum", "value", 1, 2))

    assert view.difference is not None
    assert (view.difference.task, view.difference.before, view.difference.after) == ("sum", 1, 2)


async def test_a_real_run_folds_the_same_live_and_from_its_journal(studio: Studio) -> None:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("flaky", "t.flaky", {"failures": 1}, settings=Settings(retry=Retry(attempts=3))),
            Block("out", "flow.output"),
        ],
        [("item.value", "flaky.value"), ("flaky.value", "out.value")],
    )
    flow = Flow.of(
        [
            Block("each", "logic.for_each", {"items": [1, 2, 3], "body": "body"}),
            Block("send", "t.send"),
        ],
        [("each.value", "send.value")],
        flows={"body": body},
    )
    live = RunView()
    with studio.hub.subscribe() as happenings:
        await studio.run(flow)
    happenings.end()
    async for batch in happenings:
        reduce(RunView.after, batch, live)

    replayed = view_of(*await studio.events())

    assert (live.state, live.blocks["each"].rounds_done) == ("succeeded", 3)
    assert live.blocks["each/flaky"].retries == 1
    assert {name: block.state for name, block in live.blocks.items()} == {
        name: block.state for name, block in replayed.blocks.items()
    }
    assert live.under_way == {}
