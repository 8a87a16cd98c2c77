"""The agent that the how-to shows works as it says, is looked after, and is guarded."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.manager.status import AgentStatus
from graph.flow import Block, Flow, Retry, Settings
from runtime.compose import RESOURCES, compose, granted
from runtime.events import RunFailed, RunSucceeded
from runtime.plugins import installed
from runtime.runtime import Runtime
from runtime.settings import Settings as RuntimeSettings

EXAMPLE = RESOURCES.parent / "docs/how_to/example_agent.py"


@pytest.fixture
async def station() -> AsyncIterator[str]:
    """A station where it is 21.5 degrees."""

    async def tell(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"21.5\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(tell, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    packs = tmp_path / "packs"
    packs.mkdir()
    shutil.copy(EXAMPLE, packs / "station.py")
    blocks = installed(packs)
    assert not blocks.problems
    settings = RuntimeSettings(home=str(tmp_path))
    async with compose(settings, granted(tmp_path), blocks=blocks, place="memory:") as runtime:
        yield runtime


def asking(address: str, attempts: int = 1) -> Flow:
    often = Settings(retry=Retry(attempts=attempts, delay=0))
    fields = {"address": address}
    return Flow.of(
        [Block("ask", "station.temperature", fields, settings=often), Block("out", "flow.output")],
        [("ask.celsius", "out.value")],
    )


def told(runtime: Runtime) -> AgentStatus:
    return next(one for one in runtime.agents.status().agents if one.agent == "station")


async def test_a_station_is_asked_and_its_agent_is_seen(runtime: Runtime, station: str) -> None:
    end = await runtime.ended(await runtime.start(asking(station)))
    assert isinstance(end, RunSucceeded), end
    assert end.outputs == {"result": 21.5}

    status = told(runtime)
    assert (status.title, status.state, status.calls) == ("Weather stations", "ok", 1)
    assert [one.name for one in status.capabilities] == ["temperature"]
    assert [(one.guard, one.state) for one in status.guards] == [(f"station:{station}", "closed")]


async def test_a_station_that_is_gone_is_not_asked_for_ever(
    runtime: Runtime, unused_tcp_port: int
) -> None:
    gone = f"127.0.0.1:{unused_tcp_port}"
    end = await runtime.ended(await runtime.start(asking(gone, attempts=5)))
    assert isinstance(end, RunFailed)
    assert told(runtime).guards[0].state == "open"

    await runtime.agents.check(deep=True, agent="station")

    assert told(runtime).detail == f"No answer from {gone}."
