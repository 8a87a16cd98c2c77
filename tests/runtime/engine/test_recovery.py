"""What happens to a run whose process dies: nothing is lost, nothing finished is done twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.compile import compile_flow
from graph.flow import Block, Flow, Settings
from runtime.engine.evolve import preset, rebuilt
from runtime.engine.state import Run
from runtime.events import RunFailed, RunSucceeded, ScopeOpened, TaskDoubted, TaskStarted
from tests.runtime.engine.world import CATALOG, Studio, calls

CHAIN = Flow.of(
    [
        Block("first", "t.watched", {"value": 1, "name": "first"}),
        Block("post", "t.post"),
        Block("last", "t.watched", {"name": "last"}),
        Block("out", "flow.output"),
    ],
    [("first.value", "post.value"), ("post.value", "last.value"), ("last.value", "out.value")],
)


async def test_a_finished_task_is_not_run_again(studio: Studio) -> None:
    studio.begin(CHAIN)
    await studio.pass_time(0.5)
    await studio.crash()

    live = await studio.recover(compile_flow(CHAIN, CATALOG))
    end = await studio.finish(live)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 1}
    assert calls["first"] == 1


async def test_an_effect_starts_only_when_all_before_it_is_durable(studio: Studio) -> None:
    studio.begin(CHAIN)
    await studio.pass_time(0.01)

    durable = await studio.journal.read("r1")
    assert calls["post"] == 1
    assert [type(event).__name__ for event in durable] == [
        "RunStarted",
        "TaskFinished",
        "TaskStarted",
    ]
    assert isinstance(durable[-1], TaskStarted)
    assert durable[-1].key == "r1:post"


async def test_a_repeatable_effect_is_repeated_with_the_same_key(studio: Studio) -> None:
    studio.begin(CHAIN)
    await studio.pass_time(0.5)
    await studio.crash()

    await studio.finish(await studio.recover(compile_flow(CHAIN, CATALOG)))

    assert calls["post"] == 2
    assert calls["key r1:post"] == 2


async def test_an_effect_that_must_not_be_repeated_waits_for_somebodys_word(
    studio: Studio,
) -> None:
    made = Flow.of(
        [Block("send", "t.send", {"value": 5}), Block("out", "flow.output")],
        [("send.value", "out.value")],
    )
    studio.begin(made)
    await studio.pass_time(0.5)
    await studio.crash()

    live = await studio.recover(compile_flow(made, CATALOG))
    await studio.pass_time(5)
    assert calls["send"] == 1
    assert isinstance((await studio.events())[-1], TaskDoubted)

    studio.executor.settle(live, "send", "done", {"value": "was sent"})
    end = await studio.finish(live)
    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": "was sent"}
    assert calls["send"] == 1


@pytest.mark.parametrize(("verdict", "ending"), [("again", RunSucceeded), ("failed", RunFailed)])
async def test_a_doubted_effect_can_be_done_again_or_given_up(
    studio: Studio, verdict: str, ending: type
) -> None:
    made = Flow.of([Block("send", "t.send", {"value": 5})])
    studio.begin(made)
    await studio.pass_time(0.5)
    await studio.crash()
    live = await studio.recover(compile_flow(made, CATALOG))
    await studio.pass_time(1)

    studio.executor.settle(live, "send", verdict, {})

    assert isinstance(await studio.finish(live), ending)


async def test_a_block_may_be_declared_repeatable(studio: Studio) -> None:
    made = Flow.of([Block("send", "t.send", {"value": 5}, settings=Settings(repeatable=True))])
    studio.begin(made)
    await studio.pass_time(0.5)
    await studio.crash()

    end = await studio.finish(await studio.recover(compile_flow(made, CATALOG)))

    assert isinstance(end, RunSucceeded)
    assert calls["send"] == 2


async def test_a_loop_goes_on_with_the_rounds_that_are_missing(studio: Studio) -> None:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("extra", "flow.input", {"name": "extra"}),
            Block("seen", "t.watched", {"name": "seen"}),
            Block("wait", "t.slow", {"name": "wait", "seconds": 2}),
            Block("sum", "t.add"),
            Block("out", "flow.output"),
        ],
        [
            ("item.value", "seen.value"),
            ("seen.value", "wait.value"),
            ("wait.value", "sum.a"),
            ("extra.value", "sum.b"),
            ("sum.value", "out.value"),
        ],
    )
    made = Flow.of(
        [
            Block("ten", "flow.constant", {"value": 10}),
            Block("each", "logic.for_each", {"items": [1, 2, 3], "body": "b", "parallel": 1}),
            Block("out", "flow.output"),
        ],
        [("ten.value", "each.extra"), ("each.value", "out.value")],
        flows={"b": body},
    )
    studio.begin(made)
    await studio.pass_time(3)
    await studio.crash()
    assert calls["seen"] == 2

    end = await studio.finish(await studio.recover(compile_flow(made, CATALOG)))

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": [11, 12, 13]}
    assert calls["seen"] == 3
    assert calls["wait"] == 4


async def test_a_wait_counts_from_when_it_first_began(studio: Studio) -> None:
    made = Flow.of([Block("wait", "logic.wait", {"seconds": 100})])
    studio.begin(made)
    await studio.pass_time(70)
    await studio.crash()

    live = await studio.recover(compile_flow(made, CATALOG))
    await studio.pass_time(31)

    assert live.over.done()


async def test_a_paused_run_is_still_paused_after_a_crash(studio: Studio) -> None:
    live = studio.begin(CHAIN)
    await studio.pass_time(0.5)
    studio.executor.pause(live)
    await studio.pass_time(5)
    await studio.crash()

    live = await studio.recover(compile_flow(CHAIN, CATALOG))
    await studio.pass_time(5)
    assert calls["last"] == 0

    studio.executor.unpause(live)
    assert isinstance(await studio.finish(live), RunSucceeded)


async def test_a_skipped_branch_stays_skipped(studio: Studio) -> None:
    made = Flow.of(
        [
            Block("if", "logic.if", {"condition": True, "value": 1}),
            Block("no", "t.watched", {"name": "no"}),
            Block("post", "t.post"),
            Block("merged", "logic.merge_any"),
            Block("out", "flow.output"),
        ],
        [
            ("if.then", "post.value"),
            ("if.otherwise", "no.value"),
            ("post.value", "merged.a"),
            ("no.value", "merged.b"),
            ("merged.value", "out.value"),
        ],
    )
    studio.begin(made)
    await studio.pass_time(0.5)
    await studio.crash()

    end = await studio.finish(await studio.recover(compile_flow(made, CATALOG)))

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 1}
    assert calls["no"] == 0


def state_of(run: Run) -> object:
    return (
        {
            address: (list(s.waiting), bytes(s.status), list(map(repr, s.values)), s.left)
            for address, s in run.scopes.items()
        },
        run.seq,
        run.ended,
        run.paused,
        run.attempts,
        run.doubted,
    )


@given(st.lists(st.integers(0, 6), max_size=5), st.integers(0, 40))
async def test_replaying_a_journal_gives_the_same_state(items: list[int], tenths: int) -> None:
    studio = Studio()
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("if", "logic.if"),
            Block("slow", "t.slow", {"seconds": 0.7}),
            Block("any", "logic.merge_any"),
            Block("some", "logic.merge_some"),
            Block("out", "flow.output"),
        ],
        [
            ("item.value", "if.condition"),
            ("if.then", "slow.value"),
            ("slow.value", "any.a"),
            ("slow.value", "some.a"),
            ("if.otherwise", "any.b"),
            ("any.value", "out.value"),
        ],
    )
    made = Flow.of(
        [Block("each", "logic.for_each", {"items": items, "body": "b", "parallel": 2})],
        flows={"b": body},
    )
    live = studio.begin(made)
    for _ in range(tenths):
        await studio.pass_time(0.1)

    events = await studio.events()

    run = rebuilt(compile_flow(made, CATALOG), events)
    for event in events:
        # An open round gets its inputs again from the loop that opened it.
        if isinstance(event, ScopeOpened) and event.scope in run.scopes:
            preset(run.scopes[event.scope], event.inputs)
    assert state_of(run) == state_of(live.run)
    studio.executor.abandon(live)
    await studio.pass_time(0)
