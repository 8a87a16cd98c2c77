"""How a run goes: order, branches, loops, failures, and its end."""

import asyncio

import pytest

from graph.block import block, spec_of
from graph.context import Context
from graph.flow import Block, Flow, Retry, Settings
from runtime.clock import SystemClock
from runtime.engine.surroundings import Limits
from runtime.events import (
    AnyEvent,
    RunCancelled,
    RunFailed,
    RunStalled,
    RunSucceeded,
    ScopeOpened,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskSkipped,
    TaskStreamed,
)
from tests.runtime.engine.world import CATALOG, Studio, calls


def output(source: str, name: str = "result") -> tuple[Block, tuple[str, str]]:
    return Block(f"out_{name}", "flow.output", {"name": name}), (source, f"out_{name}.value")


def flow(blocks: list[Block], links: list[tuple[str, str]], result: str, **flows: Flow) -> Flow:
    out, link = output(result)
    return Flow.of([*blocks, out], [*links, link], flows=flows)


def result_of(event: AnyEvent) -> object:
    assert isinstance(event, RunSucceeded), event
    return event.outputs["result"]


async def test_values_travel_along_the_links(studio: Studio) -> None:
    made = flow(
        [Block("a", "flow.constant", {"value": 1}), Block("b", "t.add", {"b": 10})],
        [("a.value", "b.a")],
        "b.value",
    )

    assert result_of(await studio.run(made)) == 11


async def test_a_run_gets_its_inputs_and_their_defaults(studio: Studio) -> None:
    made = flow(
        [
            Block("x", "flow.input", {"name": "x"}),
            Block("y", "flow.input", {"name": "y", "default": 5}),
            Block("sum", "t.add"),
        ],
        [("x.value", "sum.a"), ("y.value", "sum.b")],
        "sum.value",
    )

    assert result_of(await studio.run(made, {"x": 1})) == 6


async def test_the_way_not_taken_is_skipped_and_a_merge_goes_on(studio: Studio) -> None:
    made = flow(
        [
            Block("if", "logic.if", {"condition": False, "value": 7}),
            Block("yes", "t.watched", {"name": "yes"}),
            Block("no", "t.watched", {"name": "no"}),
            Block("merged", "logic.merge_any"),
        ],
        [
            ("if.then", "yes.value"),
            ("if.otherwise", "no.value"),
            ("yes.value", "merged.a"),
            ("no.value", "merged.b"),
        ],
        "merged.value",
    )

    assert result_of(await studio.run(made)) == 7
    assert calls["yes"] == 0
    skipped = [event for event in await studio.events() if isinstance(event, TaskSkipped)]
    assert [event.task for event in skipped] == ["yes"]


async def test_merging_all_is_skipped_when_one_does_not_come(studio: Studio) -> None:
    made = flow(
        [
            Block("if", "logic.if", {"condition": True, "value": 7}),
            Block("merged", "logic.merge_all"),
        ],
        [("if.then", "merged.a"), ("if.otherwise", "merged.b")],
        "merged.value",
    )

    end = await studio.run(made)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {}


async def test_merging_the_first_does_not_wait_for_the_second(studio: Studio) -> None:
    made = flow(
        [
            Block("slow", "t.slow", {"value": "slow", "seconds": 50}),
            Block("quick", "t.slow", {"value": "quick", "seconds": 1}),
            Block("first", "logic.merge_first"),
            Block("after", "t.watched", {"name": "after"}),
        ],
        [("slow.value", "first.a"), ("quick.value", "first.b"), ("first.value", "after.value")],
        "after.value",
    )

    live = studio.begin(made)
    await studio.pass_time(2)

    assert calls["after"] == 1
    assert result_of(await studio.finish(live)) == "quick"
    assert calls["after"] == 1


async def test_a_loop_keeps_the_order_of_its_items(studio: Studio) -> None:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("more", "flow.input", {"name": "more"}),
            Block("wait", "t.slow"),
            Block("sum", "t.add"),
            Block("out", "flow.output"),
        ],
        [
            ("item.value", "wait.value"),
            ("item.value", "wait.seconds"),
            ("wait.value", "sum.a"),
            ("more.value", "sum.b"),
            ("sum.value", "out.value"),
        ],
    )
    made = flow(
        [
            Block("items", "flow.constant", {"value": [3, 1, 2]}),
            Block("hundred", "flow.constant", {"value": 100}),
            Block("each", "logic.for_each", {"body": "round"}),
        ],
        [("items.value", "each.items"), ("hundred.value", "each.more")],
        "each.value",
        round=body,
    )

    assert result_of(await studio.run(made)) == [103, 101, 102]
    opened = [e.scope for e in await studio.events() if isinstance(e, ScopeOpened)]
    assert opened == ["each[0]", "each[1]", "each[2]"]


async def test_a_loop_runs_only_so_many_rounds_at_a_time(studio: Studio) -> None:
    body = Flow.of([Block("wait", "t.slow", {"name": "round", "seconds": 1})])
    made = flow(
        [Block("each", "logic.for_each", {"body": "round", "items": [0] * 6, "parallel": 2})],
        [],
        "each.value",
        round=body,
    )

    live = studio.begin(made)
    await studio.pass_time(0.5)

    assert calls["round"] == 2
    await studio.finish(live)
    assert calls["round"] == 6


async def test_a_block_can_be_run_for_each_item(studio: Studio) -> None:
    made = flow(
        [
            Block("items", "flow.constant", {"value": [1, 2, 3]}),
            Block("add", "t.add", {"b": 5}, settings=Settings(each="a")),
        ],
        [("items.value", "add.a")],
        "add.value",
    )

    assert result_of(await studio.run(made)) == [6, 7, 8]


async def test_a_while_loop_hands_its_state_on(studio: Studio) -> None:
    studio.world.expressions["state < 10"] = lambda names: names["state"] < 10
    body = Flow.of(
        [
            Block("state", "flow.input", {"name": "state"}),
            Block("add", "t.add", {"b": 4}),
            Block("out", "flow.output"),
        ],
        [("state.value", "add.a"), ("add.value", "out.value")],
    )
    made = flow(
        [Block("loop", "logic.while", {"state": 0, "condition": "state < 10", "body": "round"})],
        [],
        "loop.value",
        round=body,
    )

    assert result_of(await studio.run(made)) == 12


async def test_a_while_loop_is_bounded(studio: Studio) -> None:
    studio.world.expressions["True"] = lambda _: True
    body = Flow.of([Block("nothing", "flow.constant")])
    fields = {"state": 0, "condition": "True", "body": "round", "limit": 7}
    made = flow([Block("loop", "logic.while", fields)], [], "loop.value", round=body)

    end = await studio.run(made)

    assert isinstance(end, RunFailed)
    assert "7 rounds" in end.failure.message


async def test_reduce_carries_a_total(studio: Studio) -> None:
    body = Flow.of(
        [
            Block("total", "flow.input", {"name": "total"}),
            Block("item", "flow.input", {"name": "item"}),
            Block("add", "t.add"),
            Block("out", "flow.output"),
        ],
        [("total.value", "add.a"), ("item.value", "add.b"), ("add.value", "out.value")],
    )
    fields = {"items": [1, 2, 3], "initial": 10, "body": "round"}
    made = flow([Block("sum", "logic.reduce", fields)], [], "sum.value", round=body)

    assert result_of(await studio.run(made)) == 16


async def test_a_failure_that_may_pass_is_tried_again_after_growing_waits(studio: Studio) -> None:
    settings = Settings(retry=Retry(attempts=4, delay=0.5, factor=2, jitter=0))
    made = flow([Block("flaky", "t.flaky", {"value": 3}, settings=settings)], [], "flaky.value")

    assert result_of(await studio.run(made)) == 3

    retried = [e for e in await studio.events() if isinstance(e, TaskRetried)]
    assert [(e.attempt, e.wait) for e in retried] == [(1, 0.5), (2, 1.0)]
    finished = [e for e in await studio.events() if isinstance(e, TaskFinished)]
    assert finished[0].attempt == 3


async def test_a_wrong_value_is_not_tried_again(studio: Studio) -> None:
    made = flow([Block("w", "t.wrong", settings=Settings(retry=Retry(attempts=5)))], [], "w.value")

    end = await studio.run(made)

    assert isinstance(end, RunFailed)
    assert end.failure.task == "w"
    assert end.failure.cure == "Give another."
    assert calls["wrong"] == 1


async def test_an_error_port_carries_the_failure(studio: Studio) -> None:
    made = flow(
        [
            Block("w", "t.wrong", settings=Settings(on_error="port")),
            Block("handled", "t.watched"),
            Block("never", "t.watched", {"name": "never"}),
        ],
        [("w.error", "handled.value"), ("w.value", "never.value")],
        "handled.value",
    )

    assert result_of(await studio.run(made)) == {
        "type": "BadInput",
        "message": "This value doesn't suit.",
        "cure": "Give another.",
        "task": "w",
    }
    assert calls["never"] == 0


async def test_going_on_after_an_error_gives_nothing(studio: Studio) -> None:
    made = flow([Block("w", "t.wrong", settings=Settings(on_error="continue"))], [], "w.value")

    assert result_of(await studio.run(made)) is None


async def test_a_try_hands_the_failure_to_its_handler(studio: Studio) -> None:
    handler = Flow.of(
        [Block("error", "flow.input", {"name": "error"}), Block("out", "flow.output")],
        [("error.value", "out.value")],
    )
    made = flow(
        [Block("try", "logic.try", {"body": "risky", "catch": "rescue"})],
        [],
        "try.value",
        risky=Flow.of([Block("w", "t.wrong"), Block("s", "t.slow", {"seconds": 500})]),
        rescue=handler,
    )

    result = result_of(await studio.run(made))

    assert isinstance(result, dict)
    assert result["task"] == "try[try]/w"


async def test_a_failing_round_ends_the_loop_and_says_where(studio: Studio) -> None:
    body = Flow.of([Block("w", "t.wrong")])
    fields = {"items": [1, 2], "body": "round", "parallel": 1}
    made = flow([Block("each", "logic.for_each", fields)], [], "each.value", round=body)

    end = await studio.run(made)

    assert isinstance(end, RunFailed)
    assert end.failure.task == "each"
    assert end.failure.cause is not None
    assert end.failure.cause.task == "each[0]/w"
    assert calls["wrong"] == 1


async def test_a_failing_task_stops_those_beside_it(studio: Studio) -> None:
    made = Flow.of(
        [
            Block("w", "t.wrong"),
            Block("s", "t.slow", {"seconds": 9, "name": "s"}),
            Block("x", "t.watched", {"name": "x"}),
        ],
        [("s.value", "x.value")],
    )

    end = await studio.run(made)

    assert isinstance(end, RunFailed)
    await studio.pass_time(20)
    assert calls["x"] == 0


async def test_a_task_is_ended_at_its_time_limit() -> None:

    studio = Studio(SystemClock())
    made = Flow.of([Block("s", "t.slow", {"seconds": 60}, settings=Settings(time_limit=0.05))])

    end = await asyncio.wait_for(studio.begin(made).over, 5)

    assert isinstance(end, RunFailed)
    assert end.failure.type == "TimedOut"
    assert "0.05 s" in end.failure.message


@pytest.mark.parametrize(("patient", "ends"), [(False, RunFailed), (True, RunSucceeded)])
async def test_only_a_patient_agent_has_no_time_limit_but_its_own(
    patient: bool, ends: type[AnyEvent]
) -> None:
    @block("t.asks", title="Asks", agent="test", patient=patient)
    async def asks(context: Context) -> None:
        await context.sleep(0.05)

    studio = Studio(SystemClock(), Limits(seconds=0.001), CATALOG.joined([spec_of(asks)]))

    end = await asyncio.wait_for(studio.begin(Flow.of([Block("a", "t.asks")])).over, 5)

    assert isinstance(end, ends)


async def test_a_stream_is_shown_as_it_comes_and_kept_whole(studio: Studio) -> None:
    made = flow([Block("count", "t.count", {"to": 4})], [], "count.value")

    with studio.hub.subscribe() as seen:
        end = await studio.run(made)
        studio.hub.end()
        streamed = [
            event async for batch in seen for event in batch if isinstance(event, TaskStreamed)
        ]

    assert result_of(end) == [0, 1, 2, 3]
    assert [item for event in streamed for item in event.items] == [0, 1, 2, 3]
    assert len(streamed) > 1
    assert not [e for e in await studio.events() if isinstance(e, TaskStreamed)]


async def test_what_a_block_streams_is_shown_in_portions_and_never_once_it_is_over(
    studio: Studio,
) -> None:
    made = flow([Block("say", "t.spoken", {"words": list("abcdefghij"), "pause": 0.006})], [],
                "say.value")  # fmt: skip

    with studio.hub.subscribe() as seen:
        end = await studio.run(made)
        await studio.pass_time(1)
        studio.hub.end()
        told = [event async for batch in seen for event in batch]

    streamed = [event.items for event in told if isinstance(event, TaskStreamed)]
    kinds = [type(event) for event in told]
    assert result_of(end) == "abcdefghij"
    assert streamed[0] == ["a"]
    assert "".join(item for items in streamed for item in items).startswith("abcdefgh")
    assert len(streamed) < 6
    assert TaskStreamed not in kinds[kinds.index(TaskFinished) :]


async def test_a_paused_run_starts_nothing(studio: Studio) -> None:
    made = flow(
        [Block("s", "t.slow", {"value": 1}), Block("after", "t.watched", {"name": "after"})],
        [("s.value", "after.value")],
        "after.value",
    )

    live = studio.begin(made)
    await studio.pass_time(0.5)
    studio.executor.pause(live)
    await studio.pass_time(10)
    assert calls["after"] == 0

    studio.executor.unpause(live)
    assert result_of(await studio.finish(live)) == 1


async def test_a_cancelled_run_ends_at_once(studio: Studio) -> None:
    live = studio.begin(Flow.of([Block("s", "t.slow", {"seconds": 500})]))
    await studio.pass_time(1)

    studio.executor.cancel(live, "changed my mind")
    end = await studio.finish(live, within=1)

    assert isinstance(end, RunCancelled)
    assert end.reason == "changed my mind"


async def test_a_stop_block_ends_the_run_as_a_success(studio: Studio) -> None:
    made = Flow.of(
        [Block("stop", "logic.stop", {"reason": "enough"}), Block("s", "t.slow", {"seconds": 500})]
    )

    end = await studio.run(made)

    assert isinstance(end, RunSucceeded)
    assert end.stopped == "enough"


async def test_a_fail_block_says_why(studio: Studio) -> None:
    end = await studio.run(Flow.of([Block("f", "logic.fail", {"message": "No stock left."})]))

    assert isinstance(end, RunFailed)
    assert end.failure.message == "No stock left."


async def test_a_throttle_lets_values_pass_at_its_rate(studio: Studio) -> None:
    body = Flow.of([Block("t", "logic.throttle", {"value": 1, "per_second": 2.0, "name": "all"})])
    fields = {"items": [0] * 5, "body": "round"}
    made = flow([Block("each", "logic.for_each", fields)], [], "each.value", round=body)

    end = await studio.run(made)

    assert isinstance(end, RunSucceeded)
    assert end.took == pytest.approx(2.0, abs=0.2)


async def test_an_expression_sees_the_links_of_its_block(studio: Studio) -> None:
    studio.world.expressions["n * 2 + inputs['x']"] = lambda v: v["n"] * 2 + v["inputs"]["x"]
    made = flow(
        [
            Block("x", "flow.input", {"name": "x"}),
            Block("n", "flow.constant", {"value": 20}),
            Block("sum", "t.add", {"a": {"$expr": "n * 2 + inputs['x']"}, "b": 0}),
        ],
        [("n.value", "sum.n")],
        "sum.value",
    )

    assert result_of(await studio.run(made, {"x": 2})) == 42


async def test_a_secret_reaches_its_block_and_nothing_else(studio: Studio) -> None:
    made = flow([Block("s", "t.secretive", {"token": {"$secret": "KEY"}})], [], "s.value")

    result = result_of(await studio.run(made))

    assert result == {"length": len("value-of-KEY"), "said": "my token is •••"}
    assert "value-of-KEY" not in str(await studio.events())


async def test_pinned_outputs_are_used_instead_of_running(studio: Studio) -> None:
    pinned = Settings(pin={"value": "from the record"})
    made = flow([Block("w", "t.watched", {"name": "w"}, settings=pinned)], [], "w.value")

    assert result_of(await studio.run(made)) == "from the record"
    assert calls["w"] == 0


async def test_a_bypassed_block_hands_its_value_on(studio: Studio) -> None:
    made = flow(
        [
            Block("a", "flow.constant", {"value": 3}),
            Block("b", "t.add", {"b": 10}, settings=Settings(bypass=True)),
        ],
        [("a.value", "b.a")],
        "b.value",
    )

    assert result_of(await studio.run(made)) == 3


async def test_a_sub_flow_is_one_block_with_its_own_ports(studio: Studio) -> None:
    inner = Flow.of(
        [
            Block("n", "flow.input", {"name": "n", "default": 1}),
            Block("add", "t.add", {"b": 10}),
            Block("out", "flow.output", {"name": "more"}),
        ],
        [("n.value", "add.a"), ("add.value", "out.value")],
    )
    made = flow(
        [
            Block("linked", "flow.call", {"flow": "plus"}),
            Block("five", "flow.constant", {"value": 5}),
            Block("set", "flow.call", {"flow": "plus", "n": 7}),
            Block("plain", "flow.call", {"flow": "plus"}),
            Block("all", "logic.merge_all"),
        ],
        [
            ("five.value", "linked.n"),
            ("linked.more", "all.a"),
            ("set.more", "all.b"),
            ("plain.more", "all.c"),
        ],
        "all.value",
        plus=inner,
    )

    assert result_of(await studio.run(made)) == {"a": 15, "b": 17, "c": 11}


async def test_loops_nested_too_deep_end_with_a_clear_error() -> None:

    studio = Studio(limits=Limits(depth=2))
    inner: Flow = Flow.of([Block("x", "flow.constant")])
    for _ in range(4):
        fields = {"items": [1], "body": "round"}
        inner = Flow.of([Block("each", "logic.for_each", fields)], flows={"round": inner})

    end = await studio.run(inner)

    assert isinstance(end, RunFailed)
    assert "more than 2 deep" in end.failure.message


async def test_runs_share_the_loop_fairly(studio: Studio) -> None:
    blocks = [Block(f"b{i}", "t.watched") for i in range(2000)]
    links = [(f"b{i}.value", f"b{i + 1}.value") for i in range(1999)]
    long = Flow.of(blocks, links)

    lives = [studio.begin(long, id=f"r{n}") for n in range(10)]
    ends = [await studio.finish(live) for live in lives]

    lasts = [end.at for end in ends]
    assert all(isinstance(end, RunSucceeded) for end in ends)
    assert max(lasts) - min(lasts) <= 0.2


async def test_a_failed_task_is_told_with_what_follows_from_it(studio: Studio) -> None:
    await studio.run(Flow.of([Block("w", "t.wrong")]))

    (failed,) = [e for e in await studio.events() if isinstance(e, TaskFailed)]
    assert (failed.task, failed.outcome) == ("w", "stop")


async def test_a_run_that_cannot_move_says_why(studio: Studio) -> None:
    live = studio.begin(
        Flow.of([Block("s", "t.slow"), Block("x", "t.watched")], [("s.value", "x.value")])
    )
    await studio.pass_time(0.5)
    studio.executor.pause(live)
    await studio.pass_time(5)

    studio.executor.watch_over()

    (stalled,) = [e for e in await studio.events() if isinstance(e, RunStalled)]
    assert "paused" in stalled.waits_for[0]


async def test_a_value_that_does_not_suit_is_refused_where_it_arrives(studio: Studio) -> None:
    made = Flow.of(
        [Block("n", "flow.constant", {"value": "soon"}), Block("add", "t.add")],
        [("n.value", "add.a")],
    )

    end = await studio.run(made)

    assert isinstance(end, RunFailed)
    assert end.failure.task == "add"
    assert end.failure.message == "'a' must be number, not text (\"soon\")."


async def test_a_single_output_of_a_named_tuple_is_its_value(studio: Studio) -> None:
    made = flow([Block("c", "t.counted", {"items": [1, 2]})], [], "c.number")

    assert result_of(await studio.run(made)) == 2
