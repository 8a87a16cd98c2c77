"""The agents of a runtime over HTTP: their health, figures and breakers, and what is done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.contract import Grants
from agents.errors import AgentError
from agents.files.agent import FilesAgent
from agents.http.agent import HttpAgent
from agents.http.exchange import Request
from agents.manager.manager import NoSuchAgent
from agents.manager.status import AgentChanged, AgentsStatus, AgentStatus
from agents.resilience.status import BreakerChanged
from graph.errors import HeddleError
from runtime.compose import World
from runtime.journal.memory import MemoryJournal
from runtime.remote import RemoteRuntime
from runtime.runtime import Runtime
from runtime.services.control import control
from runtime.services.server import Listening, serving
from tests.runtime.engine.world import CATALOG
from tests.runtime.services.conftest import TOKEN


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return World(None, home=tmp_path / "home")


@pytest.fixture
async def grants(tmp_path: Path) -> Grants:
    return Grants(folder=str(tmp_path))


@pytest.fixture
async def remote(world: World, grants: Grants) -> AsyncIterator[RemoteRuntime]:
    runtime = Runtime(CATALOG, MemoryJournal(), world, grants=grants, agents=world.agents)
    listening = Listening("127.0.0.1", 0)
    async with (
        runtime,
        serving(control(runtime, grants), listening, TOKEN),
        RemoteRuntime(listening.address, TOKEN) as remote,
    ):
        yield remote


def of(status: AgentsStatus, agent: str) -> AgentStatus:
    return next(one for one in status.agents if one.agent == agent)


async def somebody_watches(world: World) -> None:
    while not world.agents.happenings.watched:  # noqa: ASYNC110 - it is no event of ours
        await asyncio.sleep(0)


async def test_agents_are_told_of_with_what_they_can_do(
    remote: RemoteRuntime, world: World, grants: Grants
) -> None:
    assert {one.state for one in (await remote.agents.status()).agents} == {"idle"}
    await world.agent(FilesAgent, grants)

    files = of(await remote.agents.status(), "files")
    whole = await remote.agents.described("files")

    assert (files.title, files.state, files.instances) == ("Files", "ok", 1)
    assert {one.name: one.takes for one in files.capabilities}["read"] == {}
    assert {one.name: one.takes for one in whole.capabilities}["read"]["required"] == [
        "path", "size_limit",
    ]  # fmt: skip
    with pytest.raises(NoSuchAgent, match="Did you mean 'files'"):
        await remote.agents.described("file")


async def test_agents_are_checked_drained_and_restarted_from_elsewhere(
    remote: RemoteRuntime, world: World, tmp_path: Path
) -> None:
    gone = Grants(folder=str(tmp_path), reads=(str(tmp_path / "gone"),))
    files = await world.agent(FilesAgent, gone)

    assert "Not there" in of(await remote.agents.check("files"), "files").detail
    assert of(await remote.agents.drain("files"), "files").state == "stopped"
    assert of(await remote.agents.restart("files"), "files").state == "idle"
    assert await world.agent(FilesAgent, gone) is not files


async def test_a_breaker_that_opens_is_heard_of_and_can_be_closed(
    remote: RemoteRuntime, world: World, grants: Grants, unused_tcp_port: int
) -> None:
    http = await world.agent(HttpAgent, grants)
    heard = []

    async def hear() -> None:
        async for happening in remote.agents.happenings():
            heard.append(happening)
            if isinstance(happening, BreakerChanged) and happening.state == "closed":
                return

    hearing = asyncio.create_task(hear())
    await somebody_watches(world)
    dead = Request(url=f"http://127.0.0.1:{unused_tcp_port}/")
    for _ in range(5):
        with contextlib.suppress(AgentError):
            await http.send(dead, size_limit=1000)
    guard = of(await remote.agents.status(), "http").guards[0]
    assert (guard.guard, guard.state) == (f"http:127.0.0.1:{unused_tcp_port}", "open")

    status = await remote.agents.reset(guard.guard)

    assert of(status, "http").guards[0].state == "closed"
    await hearing
    held = of(await remote.agents.hold(guard.guard), "http").guards[0]
    assert (held.state, held.held) == ("open", True)
    states = [one.state for one in heard if isinstance(one, BreakerChanged)]
    assert states == ["open", "closed"]
    with pytest.raises(NoSuchAgent):
        await remote.agents.reset("http:nowhere")


async def test_watching_ends_with_the_runtime(remote: RemoteRuntime, world: World) -> None:
    async def hear() -> list[object]:
        return [happening async for happening in remote.agents.happenings()]

    hearing = asyncio.create_task(hear())
    await somebody_watches(world)
    world.agents.happenings.tell(AgentChanged("files", "down", "The disk is full.", 1.0))
    world.agents.happenings.end()

    assert await hearing == [AgentChanged("files", "down", "The disk is full.", 1.0)]


async def test_an_agent_is_handed_a_task_by_whoever_knows_its_name(
    remote: RemoteRuntime, tmp_path: Path
) -> None:
    schema = {
        "schema_name": "lesson",
        "schema_type": "json_schema",
        "platform": "backend",
        "definition": {"type": "object"},
    }

    kept = await remote.agents.perform("schema_validator", "register", schema=schema)
    faults = await remote.agents.perform(
        "schema_validator", "validate", value=[], schema_name="lesson"
    )

    assert kept["version"] == "1.0.0"
    assert "object" in faults[0]["message"]


async def test_a_task_that_cannot_be_done_is_refused_with_the_reason(
    remote: RemoteRuntime,
) -> None:
    with pytest.raises(HeddleError, match="There is no agent 'schemas'"):
        await remote.agents.perform("schemas", "register")
    with pytest.raises(HeddleError, match="can't do 'regster'"):
        await remote.agents.perform("schema_validator", "regster")
    with pytest.raises(HeddleError, match="schema_name"):
        await remote.agents.perform("schema_validator", "validate", value=[])
