"""What the bridge stands on is killed under load: nothing acknowledged is lost, all goes on."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from agents.contract import Grants, Outside
from agents.errors import AgentError
from agents.swarm.studio_bridge.agent import StudioAgent
from tests.agents.conftest import means_in
from tests.agents.swarm.studio_bridge.conftest import Process, StartStudio, until
from tests.servers.postgres import PostgresServer

MAIN = "ServerScriptService/Main"


async def test_a_bridge_that_is_killed_under_way_loses_nothing_and_is_found_again(
    process: Process, start_studio: StartStudio
) -> None:
    studio = await start_studio()
    code = await process.perform("pair")
    await studio.do("pair", address=process.address, code=code["code"])
    await studio.shows("Connected")
    await studio.do("make", kind="Script", name="Main", parent="ServerScriptService", source="-- 0")
    pushed = list[str]()

    async def push() -> None:
        for number in range(1_000):
            source = f"-- pushed {number}"
            await process.perform("push_scripts", scripts={"ServerStorage/Pushed": source})
            pushed.append(source)

    async def write() -> None:
        number = 0
        while not pushing.done():
            number += 1
            await studio.do("type", path=MAIN, source=f"-- {number}")

    pushing, writing = asyncio.create_task(push()), asyncio.create_task(write())
    await until(lambda: _reached(pushed, 10))
    await process.end()
    with pytest.raises((httpx.HTTPError, OSError)):
        await pushing
    await writing
    await studio.do("type", path=MAIN, source="-- last")
    await process.start()

    found = await until(lambda: _has(process, MAIN, "-- last"))
    verified = await process.perform("verify", seconds=15)

    assert found
    assert verified["confirmed"]
    assert (await studio.scripts())["ServerStorage/Pushed"] in (
        pushed[-1],
        f"-- pushed {len(pushed)}",
    )
    assert await _all(process, "ServerStorage/Pushed") >= set(pushed)
    assert await process.perform("conflicts") == []


async def _reached(pushed: list[str], count: int) -> bool:
    return len(pushed) >= count


async def _has(process: Process, name: str, source: str) -> bool:
    there = [one["path"] for one in await process.perform("scripts")]
    if name not in there:
        return False
    kept: str = (await process.perform("script", name=name))["source"]
    return kept == source


async def _all(process: Process, name: str) -> set[str]:
    """Every text that a script ever had."""
    history = await process.perform("history", name=name, limit=2_000)
    numbers = [one["version"] for one in history]
    found = [await process.perform("script", name=name, version=one) for one in numbers]
    return {one["source"] for one in found}


async def test_a_postgresql_that_goes_and_comes_back_is_told_and_gone_on_with(
    tmp_path: Path, own_postgres: PostgresServer
) -> None:
    outside = Outside(database_url=own_postgres.new_database())
    means = replace(means_in(tmp_path), outside=outside)
    agent = StudioAgent(Grants(folder="/"), means)
    kept = list[str]()

    async def push() -> None:
        for number in range(1_000):
            await agent.push_scripts({MAIN: f"-- {number}"})
            kept.append(f"-- {number}")

    pushing = asyncio.create_task(push())
    await until(lambda: _reached(kept, 10))
    await asyncio.to_thread(own_postgres.stop, signal.SIGQUIT)
    with pytest.raises(AgentError):
        await pushing
    async with asyncio.timeout(2):
        gone = await agent.health(deep=True)
    await asyncio.to_thread(own_postgres.start)

    async def works() -> bool:
        return (await agent.health(deep=True)).state == "ok"

    await until(works)
    texts = {
        (await agent.script(MAIN, version=one.version)).source
        for one in await agent.history(MAIN, limit=2_000)
    }
    await agent.push_scripts({MAIN: "-- after"})
    await agent.close()

    assert gone.state == "degraded"
    assert "PostgreSQL" in gone.detail
    assert texts >= set(kept)
    assert not (tmp_path / "scripts.db").exists()
