"""Running a run again from a block: what is unchanged comes from the recording."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from graph.flow import Block, Flow
from runtime.events import AnyEvent, ReplayDiverged, RunSucceeded, TaskReused
from tests.runtime.engine.world import Studio, calls


def priced(factor: int = 2) -> Flow:
    """Fetch, then multiply, then fetch something by the result."""
    return Flow.of(
        [
            Block("seen", "t.fetch", {"of": "stock", "name": "first"}),
            Block("sum", "t.add", {"a": 20, "b": factor}),
            Block("price", "t.fetch", {"name": "second"}),
            Block("all", "logic.merge_all"),
            Block("out", "flow.output"),
        ],
        [
            ("sum.value", "price.of"),
            ("seen.value", "all.seen"),
            ("price.value", "all.price"),
            ("all.value", "out.value"),
        ],
    )


async def recorded(studio: Studio, flow: Flow) -> Sequence[AnyEvent]:
    end = await studio.run(flow)
    assert isinstance(end, RunSucceeded), end
    return await studio.events()


async def test_an_unchanged_replay_asks_the_world_nothing(studio: Studio) -> None:
    events = await recorded(studio, priced())

    end = await studio.finish(studio.replay(priced(), events, priced()))

    assert isinstance(end, RunSucceeded)
    assert end.outputs["result"] == {"seen": "stock seen 1 times", "price": "22 seen 1 times"}
    assert (calls["first"], calls["second"]) == (1, 1)
    assert not [e for e in await studio.events("r2") if isinstance(e, ReplayDiverged)]


async def test_a_change_asks_again_only_where_it_reaches(studio: Studio) -> None:
    events = await recorded(studio, priced())

    end = await studio.finish(studio.replay(priced(5), events, priced(), begin_at="sum"))

    assert isinstance(end, RunSucceeded)
    assert end.outputs["result"] == {"seen": "stock seen 1 times", "price": "25 seen 2 times"}
    assert (calls["first"], calls["second"]) == (1, 2)


async def test_the_first_difference_is_marked(studio: Studio) -> None:
    events = await recorded(studio, priced())

    await studio.finish(studio.replay(priced(5), events, priced(), begin_at="sum"))

    marks = [e for e in await studio.events("r2") if isinstance(e, ReplayDiverged)]
    assert [(m.task, m.port, m.before, m.after) for m in marks] == [("sum", "value", 22, 25)]


async def test_what_stands_before_the_block_is_reused_even_if_pure(studio: Studio) -> None:
    flow = Flow.of(
        [
            Block("a", "t.watched", {"value": 1, "name": "a"}),
            Block("b", "t.watched", {"name": "b"}),
        ],
        [("a.value", "b.value")],
    )
    events = await recorded(studio, flow)

    await studio.finish(studio.replay(flow, events, flow, begin_at="b"))

    assert (calls["a"], calls["b"]) == (1, 2)
    reused = [e.task for e in await studio.events("r2") if isinstance(e, TaskReused)]
    assert reused == ["a"]


def looped(add: int = 1) -> Flow:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("region", "flow.input", {"name": "region"}),
            Block("seen", "t.fetch", {"name": "in loop"}),
            Block("sum", "t.add", {"b": add}),
            Block("both", "logic.merge_all"),
            Block("out", "flow.output"),
        ],
        [
            ("region.value", "seen.of"),
            ("item.value", "sum.a"),
            ("seen.value", "both.seen"),
            ("sum.value", "both.sum"),
            ("both.value", "out.value"),
        ],
    )
    return Flow.of(
        [
            Block("before", "t.watched", {"value": "eu", "name": "before"}),
            Block("each", "logic.for_each", {"items": [1, 2], "body": "b"}),
            Block("out", "flow.output"),
        ],
        [("before.value", "each.region"), ("each.value", "out.value")],
        flows={"b": body},
    )


async def test_a_replay_can_begin_inside_a_loop(studio: Studio) -> None:
    events = await recorded(studio, looped())

    end = await studio.finish(studio.replay(looped(10), events, looped(), begin_at="each/sum"))

    assert isinstance(end, RunSucceeded)
    assert [round["sum"] for round in end.outputs["result"]] == [11, 12]
    assert (calls["before"], calls["in loop"]) == (1, 2)


async def test_effects_in_a_loop_that_is_done_again_are_reused_when_unchanged(
    studio: Studio,
) -> None:
    events = await recorded(studio, looped())

    await studio.finish(studio.replay(looped(10), events, looped(), begin_at="before"))

    assert (calls["before"], calls["in loop"]) == (2, 2)


async def test_a_changed_block_is_done_again_wherever_the_replay_begins(studio: Studio) -> None:
    events = await recorded(studio, priced())

    end = await studio.finish(studio.replay(priced(5), events, priced(), begin_at="all"))

    assert isinstance(end, RunSucceeded)
    assert end.outputs["result"]["price"] == "25 seen 2 times"


async def test_without_a_beginning_a_replay_begins_at_what_changed(studio: Studio) -> None:
    events = await recorded(studio, looped())

    end = await studio.finish(studio.replay(looped(10), events, looped()))

    assert isinstance(end, RunSucceeded)
    assert [round["sum"] for round in end.outputs["result"]] == [11, 12]
    assert (calls["before"], calls["in loop"]) == (1, 2)


async def test_a_loop_whose_items_are_others_is_done_again_whole(studio: Studio) -> None:
    flow, other = looped(), looped(10)
    before = replace(other.blocks["before"], fields={"value": "us", "name": "before"})
    other = replace(other, blocks={**other.blocks, "before": before})
    events = await recorded(studio, flow)

    end = await studio.finish(studio.replay(other, events, flow))

    assert isinstance(end, RunSucceeded)
    assert [round["sum"] for round in end.outputs["result"]] == [11, 12]
    assert {round["seen"] for round in end.outputs["result"]} == {
        "us seen 3 times",
        "us seen 4 times",
    }


def numbers(begin_at: str, add: int = 1) -> Flow:
    """Four rounds, in each of which a number is watched, then increased and watched again."""
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("first", "t.watched", {"name": "first"}),
            Block("sum", "t.add", {"b": add}),
            Block("second", "t.watched", {"name": "second"}),
            Block("out", "flow.output"),
        ],
        [
            ("item.value", "first.value"),
            ("first.value", "sum.a"),
            ("sum.value", "second.value"),
            ("second.value", "out.value"),
        ],
    )
    return Flow.of(
        [Block("each", "logic.for_each", {"items": [1, 2, 3, 4], "body": "b"}),
         Block("out", "flow.output")],
        [("each.value", "out.value")],
        flows={"b": body},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("begin_at", "first", "second"),
    [
        ("each[2]", 2, 2),  # rounds 2 and 3, whole
        ("each[2]/sum", 0, 2),  # rounds 2 and 3, from there
        ("each[0]/second", 0, 4),
        ("each/second", 0, 4),
        ("each[3]/first", 1, 1),
        ("each", 4, 4),
    ],
)
async def test_a_replay_can_begin_in_a_round_of_a_loop(
    studio: Studio, begin_at: str, first: int, second: int
) -> None:
    flow = numbers(begin_at)
    events = await recorded(studio, flow)

    end = await studio.finish(studio.replay(flow, events, flow, begin_at=begin_at))

    assert isinstance(end, RunSucceeded)
    assert end.outputs["result"] == [2, 3, 4, 5]
    assert (calls["first"] - 4, calls["second"] - 4) == (first, second)


async def test_what_was_changed_is_done_again_in_earlier_rounds_too(studio: Studio) -> None:
    flow, other = numbers(""), numbers("", add=10)
    events = await recorded(studio, flow)

    end = await studio.finish(studio.replay(other, events, flow, begin_at="each[3]"))

    assert isinstance(end, RunSucceeded)
    assert end.outputs["result"] == [11, 12, 13, 14]
    assert (calls["first"] - 4, calls["second"] - 4) == (1, 4)


async def test_in_a_loop_in_a_loop_only_the_rounds_from_there_on_are_done(studio: Studio) -> None:
    inner = Flow.of(
        [Block("item", "flow.input", {"name": "item"}), Block("a", "t.watched", {"name": "a"}),
         Block("out", "flow.output")],
        [("item.value", "a.value"), ("a.value", "out.value")],
    )  # fmt: skip
    outer = Flow.of(
        [Block("item", "flow.input", {"name": "item"}),
         Block("inner", "logic.for_each", {"body": "i"}), Block("out", "flow.output")],
        [("item.value", "inner.items"), ("inner.value", "out.value")],
        flows={"i": inner},
    )  # fmt: skip
    flow = Flow.of(
        [Block("each", "logic.for_each", {"items": [[1, 2], [3, 4], [5, 6]], "body": "o"}),
         Block("out", "flow.output")],
        [("each.value", "out.value")],
        flows={"o": outer},
    )  # fmt: skip
    events = await recorded(studio, flow)

    end = await studio.finish(studio.replay(flow, events, flow, begin_at="each[1]/inner[1]/a"))

    assert isinstance(end, RunSucceeded)
    assert end.outputs["result"] == [[1, 2], [3, 4], [5, 6]]
    assert calls["a"] - 6 == 3  # one in round 1, both in round 2


async def test_a_round_that_was_not_recorded_is_no_beginning(studio: Studio) -> None:
    flow = numbers("")
    events = await recorded(studio, flow)

    with pytest.raises(KeyError, match=r"each\[7\]"):
        studio.replay(flow, events, flow, begin_at="each[7]/sum")
