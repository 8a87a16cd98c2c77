"""Flows that agents call: found by hash or name, begun once, waited for, ended."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.contract import Flows, Outside
from agents.errors import FlowFailed, Unavailable
from agents.manager.alone import alone
from agents.swarm.schema_validator.agent import SchemaAgent
from agents.worker import Worker, capability
from runtime.compose import RESOURCES, World, compose, granted, world_of
from runtime.flow_calls import FlowCalls
from runtime.inputs import BadInputs
from runtime.plugins import installed
from runtime.runtime import Runtime
from runtime.settings import Settings
from runtime.steering import NotPossible

HELLO = (RESOURCES / "templates" / "hello.flow.json").read_text()
SLEEPS = """{"heddle": 1, "name": "Sleeps", "blocks": {
  "wait": {"kind": "logic.wait", "fields": {"seconds": 600}}
}}"""


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    settings = Settings(home=str(tmp_path))
    async with compose(settings, granted(tmp_path), place="memory:") as made:
        yield made


@pytest.fixture
async def flows(runtime: Runtime) -> Flows:
    return FlowCalls(runtime)


async def test_a_flow_is_called_by_its_name_or_its_hash(flows: Flows) -> None:
    stored = await flows.store(HELLO)

    by_name = await flows.result(await flows.begin("Hello", {"name": "Ada"}))
    by_hash = await flows.result(await flows.begin(stored, {}))

    assert by_name == {"greeting": "Hello, Ada!"}
    assert by_hash == {"greeting": "Hello, world!"}


async def test_a_name_means_what_was_stored_under_it_last(flows: Flows) -> None:
    await flows.store(HELLO)
    await flows.store(HELLO.replace("Hello, {name}!", "Bye, {name}!"))

    run = await flows.begin("Hello", {"name": "Ada"})

    assert await flows.result(run) == {"greeting": "Bye, Ada!"}


async def test_a_flow_says_what_it_takes_and_gives(flows: Flows) -> None:
    stored = await flows.store(HELLO)

    shape = await flows.shape("Hello")

    assert (shape.flow, shape.name, shape.writes) == (stored, "Hello", False)
    assert shape.takes["properties"]["name"]["type"] == "string"
    assert list(shape.gives["properties"]) == ["greeting"]


async def test_a_run_begun_twice_under_one_id_is_one_run(flows: Flows, runtime: Runtime) -> None:
    await flows.store(HELLO)

    runs = [await flows.begin("Hello", {"name": name}, run="order-1") for name in ("Ada", "Bob")]
    result = await flows.result("order-1")
    again = await flows.begin("Hello", {"name": "Cy"}, run="order-1")

    assert {*runs, again} == {"order-1"}
    assert result == await flows.result("order-1") == {"greeting": "Hello, Ada!"}
    assert len(await runtime.journal.runs()) == 1


async def test_what_cannot_be_called_is_told(flows: Flows) -> None:
    await flows.store(HELLO)

    with pytest.raises(NotPossible, match="No flow 'Nothing' is stored"):
        await flows.shape("Nothing")
    with pytest.raises(BadInputs, match="no input 'nmae'"):
        await flows.begin("Hello", {"nmae": "Ada"})


async def test_a_run_that_is_ended_gives_no_result(flows: Flows) -> None:
    await flows.store(SLEEPS)
    run = await flows.begin("Sleeps", {})

    await flows.cancel(run, "Nobody waits for it.")

    with pytest.raises(FlowFailed, match="Nobody waits for it") as failed:
        await flows.result(run)
    assert failed.value.run == run


class Clerk(Worker):
    """Has a flow run, and an expression worked out."""

    kind = "clerk"

    @capability("write")
    async def greet(self, name: str) -> str:
        """A greeting."""
        flows = self.means.flows
        outputs = await flows.result(await flows.begin("Hello", {"name": name}))
        return str(await self.means.evaluate("greeting.upper()", outputs))


async def test_an_agent_of_the_house_has_its_flows_and_its_sandbox(
    runtime: Runtime, tmp_path: Path
) -> None:
    await FlowCalls(runtime).store(HELLO)
    clerk = await runtime.agents.agent(Clerk, granted(tmp_path))

    assert await clerk.greet("Ada") == "HELLO, ADA!"


async def test_an_agent_made_by_hand_has_neither(tmp_path: Path) -> None:
    clerk = Clerk(granted(tmp_path), alone(tmp_path))

    with pytest.raises(Unavailable, match="belongs to no runtime"):
        await clerk.greet("Ada")


async def test_an_agent_is_told_of_the_systems_outside_and_what_is_to_be_survived(
    tmp_path: Path,
) -> None:
    settings = Settings(
        home=str(tmp_path),
        redis_url="redis://127.0.0.1:1",
        pusher_key="key",
        pusher_secret="hush",
        durability="full",
    )
    world = world_of(settings, installed(None))
    clerk = await world.agent(Clerk, granted(tmp_path))

    assert clerk.means.outside == Outside(
        redis_url="redis://127.0.0.1:1", pusher_key="key", pusher_secret="hush"
    )
    assert "hush" not in repr(clerk.means)
    assert clerk.means.durability == "full"
    await world.close()


async def test_without_integration_agents_they_are_neither_listed_nor_had(tmp_path: Path) -> None:
    world = World(None, home=tmp_path, integrates=False)

    with pytest.raises(Unavailable, match="does without 'Schemas'"):
        await world.agent(SchemaAgent, granted(tmp_path))

    assert "schema_validator" not in world.agents.known
    assert "http" in world.agents.known
    await world.close()
