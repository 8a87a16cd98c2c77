"""The blocks: components are looked at, set, changed and waited for, each change done once."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.contract import Grants, Task
from agents.swarm.ui_sync import blocks
from agents.swarm.ui_sync.agent import UiSyncAgent
from agents.swarm.ui_sync.blocks import (
    get,
    list_components,
    patch,
    remove,
    set_component,
    wait,
)
from agents.swarm.ui_sync.shapes import Declined
from graph.catalog import blocks_in
from graph.errors import BadInput
from tests.agents.conftest import Granting, Surroundings, means_in


class Evaluating(Surroundings):
    """Works out `value == …` as the sandbox does."""

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        name, _, wanted = expression.partition(" == ")
        return names[name] == int(wanted)


async def step(context: Surroundings, name: str) -> Surroundings:
    """The same surroundings for another task."""
    context.key = f"run-1/{name}"
    return context


async def test_a_component_is_set_changed_and_looked_at(context: Surroundings) -> None:
    empty = await get("cart", context)
    made = await set_component("cart", {"items": ["tea"], "note": "x"}, await step(context, "a"))
    merged = await patch("cart", {"note": None}, await step(context, "b"))
    added = [{"op": "add", "path": "/items/-", "value": "milk"}]
    patched = await patch("cart", added, await step(context, "c"))

    assert empty == (None, 0)
    assert made == ({"items": ["tea"], "note": "x"}, 1)
    assert merged == ({"items": ["tea"]}, 2)
    assert patched == await get("cart", context) == ({"items": ["tea", "milk"]}, 3)


async def test_a_task_that_is_done_again_changes_nothing_again(context: Surroundings) -> None:
    added = [{"op": "add", "path": "/-", "value": 1}]
    await set_component("list", [], await step(context, "a"))

    first = await patch("list", added, await step(context, "b"))
    again = await patch("list", added, await step(context, "b"))

    assert first == again == ([1], 2)


async def test_components_are_listed_until_they_are_removed(context: Surroundings) -> None:
    for name in ("cart", "cart/note", "menu"):
        await set_component(name, name, await step(context, name))
    found = await list_components(context, "cart", most=1)

    await remove("cart", await step(context, "r"))
    await remove("cart", await step(context, "r"))
    left = await list_components(context)

    assert ([one["component"] for one in found.components], found.total) == (["cart"], 2)
    assert [one["component"] for one in left.components] == ["cart/note", "menu"]
    assert await get("cart", context) == (None, 2)


async def test_what_others_changed_meanwhile_is_not_overwritten_unasked(
    context: Surroundings,
) -> None:
    await set_component("cart", {"n": 1}, await step(context, "a"))
    await patch("cart", {"n": 2}, await step(context, "b"))

    with pytest.raises(Declined, match="/n was changed meanwhile"):
        await patch("cart", {"n": 3}, await step(context, "c"), if_version=1)
    with pytest.raises(Declined, match="was changed meanwhile"):
        await set_component("cart", {}, await step(context, "d"), if_version=1)
    assert (await get("cart", context)).value == {"n": 2}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("text", "a record or a list"),
        ([{"op": "sing", "path": ""}], r"Invalid enum value 'sing'"),
        ([1], "Expected `object`, got `int`"),
        ([{"op": "add", "path": "a", "value": 1}], "'a' is no JSON pointer"),
    ],
)
async def test_what_is_no_patch_says_why(context: Surroundings, wrong: Any, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        await patch("cart", wrong, context)


async def test_a_flow_waits_until_a_component_is_as_it_says(tmp_path: Path) -> None:
    context = Evaluating(Grants(folder=str(tmp_path)))
    agent = await context.agent(UiSyncAgent)
    waiting = asyncio.create_task(wait("count", context, until="value == 3"))

    for at in range(1, 5):
        await agent.wait("count", after=at - 2, within=5.0)
        await agent.set("count", at)
        if at < 3:
            assert not waiting.done()
        if at == 3:
            assert await waiting == (3, 3)
    await context.close()


async def test_a_flow_waits_for_the_next_change(context: Surroundings) -> None:
    agent = await context.agent(UiSyncAgent)
    await agent.set("count", 1)
    waiting = asyncio.create_task(wait("count", context))
    while not (await agent.components()).components[0].subscribers:
        assert not waiting.done()

    await agent.set("count", 2)

    assert await waiting == (2, 2)
    assert await wait("count", context, after=1) == (2, 2)


async def test_components_outlive_the_agent(granting: Granting) -> None:
    first, second = granting(), granting()

    await set_component("cart", 1, first)

    assert await get("cart", second) == (1, 1)


async def test_whoever_does_not_know_the_agent_hands_it_tasks(context: Surroundings) -> None:
    agent = await context.agent(UiSyncAgent)
    mutation = {"id": "m", "merge": {"tea": 1}}

    done = await agent.perform(Task("mutate", {"component": "b/cart", "mutation": mutation}))
    await agent.perform(Task("set", {"component": "a", "value": [1]}))
    listing = await agent.perform(Task("components", {"find": "c"}))
    page = await agent.components(limit=1, offset=1)
    await agent.perform(Task("remove", {"component": "a"}))

    assert (done.version, done.id) == (1, "m")
    assert [(one.component, one.version, one.size) for one in listing.components] == [
        ("b/cart", 1, 9)
    ]
    assert (page.total, [one.component for one in page.components]) == (2, ["b/cart"])
    assert (await agent.components()).total == 1
    assert {one.name: one.effect for one in UiSyncAgent.capabilities()} == {
        "get": "read", "set": "write", "mutate": "write", "remove": "write", "wait": "read",
        "components": "read",
    }  # fmt: skip


async def test_a_damaged_store_shows_in_the_agents_health(tmp_path: Path) -> None:
    (tmp_path / "components.db").write_bytes(b"this is no database at all" * 100)
    agent = UiSyncAgent(Grants(folder=str(tmp_path)), means_in(tmp_path))

    basic, deep = await agent.health(), await agent.health(deep=True)
    await agent.close()

    assert (basic.state, deep.state) == ("ok", "down")


def test_blocks_that_write_may_be_done_again() -> None:
    specs = {spec.kind: spec for spec in blocks_in(blocks)}

    assert {kind for kind, spec in specs.items() if spec.effect == "write"} == {
        "ui.set",
        "ui.patch",
        "ui.remove",
    }
    assert all(spec.repeatable for spec in specs.values())
