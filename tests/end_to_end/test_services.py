"""Every service in a process of its own, killed and begun anew under load: the others go on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.servers.heddle import Heddle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them"),
]

NAMES = ("designer", "workflows", "visual", "websocket")
FLOW = {
    "heddle": 1,
    "name": "kept",
    "blocks": {
        "wait": {"kind": "logic.wait", "fields": {"seconds": 0.05}},
        "out": {"kind": "flow.output"},
    },
    "links": ["wait.value -> out.value"],
}


class Town:
    """A process for each service, all in one home, and somebody who uses each all the time."""

    def __init__(self, home: Path) -> None:
        self.servers = {name: Heddle(home, name, "--recover") for name in NAMES}
        self.down = ""
        self.trouble = list[str]()
        self.runs = set[str]()
        self.blocks = set[str]()
        self.agents = set[str]()
        self.used = dict.fromkeys(NAMES, 0)
        self.clients = dict[str, httpx.AsyncClient]()
        self._count = 0
        self._flow = ""

    async def begin(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(one.start) for one in self.servers.values()))
        self.clients = {name: one.client() for name, one in self.servers.items()}
        reply = await self.clients["workflows"].post("/api/v1/workflows/flows", json={"flow": FLOW})
        self._flow = reply.json()["flow"]
        drawing = {"flow": {"heddle": 1}}
        await self.clients["visual"].put("/api/v1/visual/drawings/town", json=drawing)

    async def end(self) -> None:
        for client in self.clients.values():
            await client.aclose()
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in self.servers.values()))

    async def use(self, name: str, work: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
        """Use a service all the time. Only one that is down may fail."""
        while True:
            try:
                await work(self.clients[name])
                self.used[name] += 1
            except (httpx.HTTPError, AssertionError) as error:
                if self.down != name:
                    self.trouble.append(f"{name} while {self.down or 'all'} …: {error!r}")
            await asyncio.sleep(0.1)

    def load(self) -> dict[str, Callable[[httpx.AsyncClient], Awaitable[None]]]:
        known = {"workflows": self._run, "visual": self._draw, "designer": self._define}
        return {name: known.get(name, _look) for name in NAMES}

    async def _run(self, client: httpx.AsyncClient) -> None:
        reply = await client.post("/api/v1/workflows/runs", json={"flow": self._flow})
        assert reply.status_code == 202, reply.text
        self.runs.add(reply.json()["run"])

    async def _draw(self, client: httpx.AsyncClient) -> None:
        self._count += 1
        block = {"id": f"b{self._count}", "kind": "flow.note"}
        edits = [{"edit": "add_block", "block": block}]
        body = {"version": 1, "edits": edits, "merge": True}
        reply = await client.post("/api/v1/visual/drawings/town/edits", json=body)
        assert reply.status_code == 200, reply.text
        self.blocks.add(str(block["id"]))

    async def _define(self, client: httpx.AsyncClient) -> None:
        self._count += 1
        name = f"agent{self._count % 50}"
        body = {"model": "scripted/echo"}
        reply = await client.put(f"/api/v1/designer/agents/{name}", json=body)
        assert reply.status_code == 200, reply.text
        self.agents.add(name)

    async def listed(self, ask: str) -> dict[str, str]:
        """The services and how they are, as one of them says."""
        entries = (await self.clients[ask].get("/services")).json()
        return {one["service"]: one["health"] for one in entries}

    async def until(self, ask: str, name: str, health: str) -> None:
        for _ in range(200):
            if (await self.listed(ask)).get(name) == health:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{name} is never {health}: {await self.listed(ask)}")

    async def used_again(self, name: str) -> None:
        """Wait until a service has done something from here on."""
        before = self.used[name]
        for _ in range(300):
            if self.used[name] > before:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{name} isn't used: {self.trouble}")


async def _look(client: httpx.AsyncClient) -> None:
    reply = await client.get("/health")
    assert reply.status_code == 200, reply.text


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path)
    try:
        await made.begin()
        yield made
    finally:
        await made.end()


async def test_each_service_is_killed_and_comes_back_while_the_others_go_on(town: Town) -> None:
    assert await town.listed("visual") == dict.fromkeys(NAMES, "ok")
    using = [asyncio.create_task(town.use(name, work)) for name, work in town.load().items()]
    for name in NAMES:
        await town.used_again(name)
        ask = next(other for other in NAMES if other != name)
        town.down = name
        await asyncio.to_thread(town.servers[name].kill)

        assert name not in await town.listed(ask), "who was killed is gone at once"
        for other in NAMES:
            if other != name:
                await town.used_again(other)
        await asyncio.to_thread(town.servers[name].start)
        await town.until(ask, name, "ok")
        town.down = ""
        await town.used_again(name)
    for task in using:
        task.cancel()
    await asyncio.gather(*using, return_exceptions=True)

    assert town.trouble == []
    await _nothing_is_lost(town)


async def _nothing_is_lost(town: Town) -> None:
    """What was acknowledged is there: runs to their end, drawings, agents."""
    for run in town.runs:
        path = f"/api/v1/workflows/runs/{run}/outputs"
        reply = await town.clients["workflows"].get(path, params={"wait": 30})
        assert reply.status_code == 200, reply.text
    drawing: Any = (await town.clients["visual"].get("/api/v1/visual/drawings/town")).json()
    path = "/api/v1/designer/agents"
    found: Any = (await town.clients["designer"].get(path, params={"limit": 200})).json()
    assert town.blocks <= drawing["flow"]["blocks"].keys()
    assert town.agents <= {one["definition"]["name"] for one in found["items"]}


async def test_one_that_hangs_is_told_to_be_late_and_well_again_after(tmp_path: Path) -> None:
    with Heddle(tmp_path, "visual") as visual, Heddle(tmp_path, "designer") as designer:
        town = Town(tmp_path)
        town.clients = {"visual": visual.client(), "designer": designer.client()}
        os.kill(visual.pid, signal.SIGSTOP)
        try:
            await town.until("designer", "visual", "late")
        finally:
            os.kill(visual.pid, signal.SIGCONT)
        await town.until("designer", "visual", "ok")
        for client in town.clients.values():
            await client.aclose()
