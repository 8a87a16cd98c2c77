"""Two runs beside each other, and where they first part."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from graph.compile import compile_flow
from graph.flow import Block, Flow
from runtime.events import OutputsChanged, RunRewound, TaskFinished, TaskSpent
from runtime.projections.comparison import Comparison, compare, same_value
from tests.runtime.engine.test_replay import looped, priced
from tests.runtime.engine.world import CATALOG, Studio, calls, studio

__all__ = ["studio"]


def given(factor: Any = 2) -> Flow:
    """Twice what it is given, and something by that."""
    return Flow.of(
        [
            Block("in", "flow.input", {"name": "n"}),
            Block("sum", "t.add", {"b": factor}),
            Block("price", "t.fetch", {"name": "price"}),
            Block("out", "flow.output"),
        ],
        [("in.value", "sum.a"), ("sum.value", "price.of"), ("price.value", "out.value")],
    )


async def compared(
    studio: Studio,
    flow: Flow,
    other: Flow | None = None,
    *,
    inputs: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
    forget: bool = True,
) -> Comparison:
    """Two runs of one flow or of two, each in a world that is new if nothing is to be kept."""
    flows = (flow, other or flow)
    for id, one, values in zip(("r1", "r2"), flows, inputs, strict=True):
        if forget:
            calls.clear()
        await studio.finish(studio.begin(one, values, id))
    plans = (compile_flow(flows[0], CATALOG), compile_flow(flows[1], CATALOG))
    return compare(await studio.events("r1"), await studio.events("r2"), plans)


async def test_runs_that_gave_the_same_part_nowhere(studio: Studio) -> None:
    found = await compared(studio, given(), inputs=({"n": 1}, {"n": 1}))

    assert found.same
    assert (found.parting, found.inputs, found.outputs) == (None, (), ())
    assert [pair.differing for pair in found.blocks] == [0] * len(found.blocks)


async def test_they_part_where_the_same_was_given_and_something_else_came_out(
    studio: Studio,
) -> None:
    found = await compared(studio, priced(), forget=False)

    assert found.parting is not None
    assert (found.parting.task, found.parting.cause) == ("seen", "itself")
    assert (found.parting.before, found.parting.after) == (
        "stock seen 1 times",
        "stock seen 2 times",
    )
    assert found.outputs == ("result",)
    assert {pair.block: pair.differing for pair in found.blocks} == {
        "seen": 1, "sum": 0, "price": 1, "all": 1, "out": 1,
    }  # fmt: skip


async def test_other_inputs_are_no_fault_of_the_blocks(studio: Studio) -> None:
    found = await compared(studio, given(), inputs=({"n": 1}, {"n": 5}))

    assert found.inputs == ("n",)
    assert found.parting is not None
    assert (found.parting.task, found.parting.port, found.parting.cause) == ("", "n", "inputs")
    assert (found.parting.before, found.parting.after) == (1, 5)


async def test_a_block_that_was_changed_is_where_they_part(studio: Studio) -> None:
    found = await compared(studio, given(2), given(3), inputs=({"n": 1}, {"n": 1}))

    assert found.parting is not None
    assert (found.parting.task, found.parting.cause) == ("sum", "flow")
    assert (found.parting.before, found.parting.after) == (3, 4)


async def test_they_part_in_a_round_of_a_loop(studio: Studio) -> None:
    body = looped().flows["b"]
    picky = replace(body, blocks={**body.blocks, "sum": Block("sum", "t.flaky", {"failures": 0})})
    steady = replace(picky, links={e: link for e, link in picky.links.items() if e.block != "sum"})
    flow = replace(looped(), flows={"b": steady})

    found = await compared(studio, flow, forget=False)

    assert found.parting is not None
    assert found.parting.task.startswith("each[")
    assert found.parting.task.endswith("]/seen")
    assert found.outcomes["each[0]/seen"] is not None


async def test_how_a_task_ended_is_compared_too(studio: Studio) -> None:
    flow = Flow.of([Block("a", "t.flaky", {"failures": 1, "name": "a", "value": 7})])
    found = await compared(studio, flow, forget=False)

    assert found.parting is not None
    assert (found.parting.task, found.parting.port, found.parting.cause) == ("a", "", "itself")
    assert "Nobody answered" in found.parting.before
    assert found.parting.after == {"value": 7}
    assert (found.before.state, found.after.state) == ("failed", "succeeded")


async def test_what_never_came_up_is_not_to_blame(studio: Studio) -> None:
    flow = Flow.of(
        [
            Block("a", "t.flaky", {"failures": 1, "name": "a", "value": 7}),
            Block("b", "t.watched", {"name": "b"}),
        ],
        [("a.value", "b.value")],
    )
    found = await compared(studio, flow, forget=False)

    assert found.parting is not None
    assert found.parting.task == "a"
    (pair,) = (pair for pair in found.blocks if pair.block == "b")
    assert (pair.before, pair.differing, pair.first) == (None, 1, "b")


async def test_a_value_that_a_person_changed_is_nobodys_fault(studio: Studio) -> None:
    await compared(studio, given(), inputs=({"n": 1}, {"n": 1}))
    events = await studio.events("r2")
    by_hand = OutputsChanged("r2", 0, 0.0, "sum", {"value": 100})
    changed = [*events[:2], replace(by_hand, seq=3), *events[2:]]
    plan = compile_flow(given(), CATALOG)

    found = compare(await studio.events("r1"), changed, (plan, plan))

    assert found.parting is not None
    assert (found.parting.task, found.parting.cause) == ("sum", "person")
    assert (found.parting.before, found.parting.after) == (3, 100)


async def test_spending_is_compared_by_block(studio: Studio) -> None:
    await compared(studio, given(), inputs=({"n": 1}, {"n": 1}))
    events = await studio.events("r2")
    dearer = [*events[:2], TaskSpent("r2", 3, 0.0, "sum", 120, 0.02), *events[2:]]

    found = compare(events, dearer)

    (pair,) = (pair for pair in found.blocks if pair.block == "sum")
    assert pair.after is not None
    assert (pair.after.tokens, pair.after.cost, found.before.cost) == (120, 0.02, 0.0)
    assert found.same


async def test_what_a_run_left_behind_by_going_back_does_not_count(studio: Studio) -> None:
    await compared(studio, given(), inputs=({"n": 1}, {"n": 1}))
    events = await studio.events("r2")
    left = TaskFinished("r2", len(events) + 1, 0.0, "left", 0.0, {"value": "behind"})
    back = RunRewound("r2", len(events) + 2, 0.0, to=len(events))

    found = compare(events, [*events, left, back])

    assert found.same


async def test_timing_is_compared_by_block(studio: Studio) -> None:
    slow = Flow.of([Block("wait", "t.slow", {"seconds": 1.0})])
    slower = Flow.of([Block("wait", "t.slow", {"seconds": 3.0})])

    found = await compared(studio, slow, slower)

    (pair,) = found.blocks
    assert round(pair.longer, 1) == 2.0


async def test_without_plans_they_part_at_the_first_that_gave_something_else(
    studio: Studio,
) -> None:
    await compared(studio, given(2), given(3), inputs=({"n": 1}, {"n": 1}))

    found = compare(await studio.events("r1"), await studio.events("r2"))

    assert found.parting is not None
    assert (found.parting.task, found.parting.cause) == ("sum", "upstream")


def test_values_are_the_same_when_they_say_the_same() -> None:
    assert same_value({"a": 1, "b": [None]}, {"b": [None], "a": 1})
    assert same_value(float("nan"), float("nan"))
    assert not same_value(True, 1)
    assert not same_value(1, 1.0)
    assert not same_value({"a": 1}, {"a": 1, "b": 2})
