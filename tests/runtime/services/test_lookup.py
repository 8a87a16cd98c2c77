"""What can be looked up in a run: as any HTTP client sees it, and as the studio's does."""

from typing import Any

import msgspec
import pytest

from graph.flow import Block, Flow
from runtime.events import TaskFinished
from runtime.large import Large, Place
from runtime.projections.tasks import NoSuchTask
from runtime.remote import RemoteRuntime
from tests.runtime.services.conftest import TOKEN, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUM = Flow.of(
    [
        Block("one", "flow.constant", {"value": 1}),
        Block("sum", "t.add", {"b": {"$expr": "a + inputs['by']"}}),
        Block("by", "flow.input", {"name": "by", "default": 5}),
    ],
    [("one.value", "sum.a")],
)
LONG = Flow.of([Block("long", "flow.constant", {"value": [{"id": i} for i in range(60_000)]})])


async def ran(served: Served, flow: Flow) -> str:
    run = await served.runtime.start(flow)
    await served.runtime.ended(run)
    return run


async def test_a_task_comes_with_its_expressions_worked_out(served: Served) -> None:
    world = served.runtime._surroundings
    world.expressions["a + inputs['by']"] = lambda n: n["a"] + n["inputs"]["by"]  # type: ignore[attr-defined]
    run = await ran(served, SUM)

    async with served.client() as client:
        found = (await client.get(f"/runs/{run}/tasks/sum")).json()

    assert found["inputs"] == {"a": 1}
    assert found["fields"]["b"]["value"] == 6
    assert found["fields"]["b"]["expression"] == "a + inputs['by']"
    assert found["outputs"] == {"value": 7}


async def test_an_unknown_task_is_refused_with_the_nearest(served: Served) -> None:
    run = await ran(served, SUM)

    async with RemoteRuntime(served.address, TOKEN) as remote:
        with pytest.raises(NoSuchTask, match="Did you mean 'sum'"):
            await remote.journal.task(run, "summ")


async def test_of_a_large_value_parts_are_asked_for(served: Served) -> None:
    run = await ran(served, LONG)

    async with RemoteRuntime(served.address, TOKEN) as remote:
        large = (await remote.journal.task(run, "long")).outputs["value"]
        part = await remote.journal.part(large.place, 59_990, 100)
        inner = await remote.journal.part(Place(run, "long", "outputs", "value", (7,)), 0, 5)
        whole = msgspec.json.decode(await remote.journal.whole(large.place))

    assert isinstance(large, Large)
    assert (large.kind, large.size) == ("list", 60_000)
    assert part.values == [{"id": i} for i in range(59_990, 60_000)]
    assert (inner.names, inner.values) == (["id"], [7])
    assert len(whole) == 60_000


async def test_an_expression_sees_what_a_task_was_given_and_gave(served: Served) -> None:
    world = served.runtime._surroundings
    seen: dict[str, Any] = {}
    world.expressions["a + inputs['by']"] = lambda n: n["a"] + n["inputs"]["by"]  # type: ignore[attr-defined]
    world.expressions["all"] = lambda n: seen.update(n) or n["value"]  # type: ignore[attr-defined]
    run = await ran(served, SUM)

    async with RemoteRuntime(served.address, TOKEN) as remote:
        value = await remote.journal.evaluate(run, "sum", "all")

    assert value == 7
    assert seen == {
        "one": {"value": 1}, "sum": {"value": 7}, "inputs": {"by": 5},
        "a": 1, "b": 6, "value": 7, "outputs": {"value": 7},
    }  # fmt: skip


LOOP = Flow.of(
    [
        Block("factor", "flow.constant", {"value": 10}),
        Block("all", "flow.constant", {"value": [1, 2, 3]}),
        Block("each", "logic.for_each", {"body": "body"}),
    ],
    [("all.value", "each.items")],
    flows={
        "body": Flow.of(
            [Block("item", "flow.input", {"name": "item"}), Block("more", "t.add", {"b": 1})],
            [("item.value", "more.a")],
        )
    },
)


async def test_watches_come_to_their_values_in_the_round_that_is_looked_at(served: Served) -> None:
    run = await ran(served, LOOP)

    async with RemoteRuntime(served.address, TOKEN) as remote:
        watch = remote.journal.watches
        in_round = await watch(run, "each", "each[1]", ["more.value", "more.a", "item.value"])
        last = await watch(run, "each", "", ["more.value", "factor.value"])
        outside = await watch(run, "", "", ["all.value[0]", "all.value[7]", "each.value"])

    assert [one.value for one in in_round] == [3, 2, 2]
    assert [(one.value, one.scope) for one in last] == [(4, "each[2]"), (10, "each[2]")]
    assert outside[0].value == 1
    assert outside[1].trouble == "There is nothing at [7]."
    assert outside[2].value == [None, None, None]


async def test_a_watch_has_a_history_through_the_rounds(served: Served) -> None:
    run = await ran(served, LOOP)

    async with RemoteRuntime(served.address, TOKEN) as remote:
        found = await remote.journal.watches(run, "each", "", ["more.value"], rounds=True)

    assert [(one.scope, one.value) for one in found] == [
        ("each[0]", 2), ("each[1]", 3), ("each[2]", 4),
    ]  # fmt: skip


async def test_a_watch_that_computes_is_worked_out_in_the_sandbox(served: Served) -> None:
    world = served.runtime._surroundings
    world.expressions["item['all.value'][0] + 1"] = lambda n: n["item"]["all.value"][0] + 1  # type: ignore[attr-defined]
    run = await ran(served, LOOP)

    (found,) = await served.runtime.look.watched(run, "", "", ["all.value[0] + 1"])

    assert found.value == 2


async def test_a_port_without_a_value_is_waited_for(served: Served) -> None:
    run = await ran(served, LOOP)

    found = await served.runtime.look.watched(run, "", "", ["all.nothing", "nobody.value"])

    assert found[0].waits == "all.nothing has no value yet."
    assert found[1].trouble.startswith("There is no 'nobody' here.")


async def test_whoever_only_looks_is_told_how_large_values_begin(served: Served) -> None:
    run = await ran(served, Flow.of([Block("long", "flow.constant", {"value": ["row"] * 200_000})]))

    async with RemoteRuntime(served.address, TOKEN, brief=True) as remote:
        told = await remote.journal.read(run)
        followed = [event async for batch in remote.follow(run) for event in batch]
        part = await remote.journal.part(Place(run, "long", "outputs", "value"), 199_999, 5)
    async with RemoteRuntime(served.address, TOKEN) as remote:
        whole = await remote.journal.read(run)

    for events in (told, followed):
        (large,) = [e.outputs["value"] for e in events if isinstance(e, TaskFinished)]
        assert isinstance(large, Large)
        assert (large.size, large.head[:2]) == (200_000, ["row", "row"])
        assert large.place == Place(run, "long", "outputs", "value")
    assert part.values == ["row"]
    assert [len(e.outputs["value"]) for e in whole if isinstance(e, TaskFinished)] == [200_000]


async def test_of_the_past_only_what_had_happened_is_known(served: Served) -> None:
    run = await ran(served, LOOP)
    events = await served.runtime.journal.read(run)
    first = next(event.seq for event in events if getattr(event, "task", "") == "each[0]/more")

    async with RemoteRuntime(served.address, TOKEN) as remote:
        before = await remote.journal.task(run, "each", first)
        after = await remote.journal.task(run, "each")
        again = await remote.journal.task(run, "each", first - 1)
        watched = await remote.journal.watches(run, "each", "", ["more.value"], upto=first)
        rounds = await remote.journal.watches(
            run, "each", "", ["more.value"], rounds=True, upto=first
        )

    assert (before.state, before.outputs, before.ended) == ("running", {}, None)
    assert (after.state, after.outputs["value"]) == ("finished", [None, None, None])
    assert again.state == "running"
    assert [(one.scope, one.value) for one in rounds if one.waits == ""] == [("each[0]", 2)]
    assert len(watched) == 1
