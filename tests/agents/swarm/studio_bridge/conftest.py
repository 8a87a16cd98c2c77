"""A bridge that is served for real, and Studios whose plugin runs in the real Luau VM."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from agents.contract import Grants
from agents.swarm.studio_bridge.agent import StudioAgent
from runtime.services.server import Listening, serving
from tests.agents.conftest import means_in
from tests.servers.peers import NODE, peer_or_skip

ROOT = Path(__file__).resolve().parents[4]
PLUGIN = ROOT / "resources" / "roblox" / "plugin"
MAIN = Path(__file__).parent / "studio" / "studio.mjs"
HASTE = 10
"""How many times faster than usual time passes in Studio."""
PATIENCE = 15.0
TOKEN = "a-token-for-the-test"


async def until(
    look: Callable[[], Awaitable[Any]], *, within: float = PATIENCE, every: float = 0.02
) -> Any:
    """The first thing that is there when looked for again and again."""
    async with asyncio.timeout(within):
        while not (found := await look()):  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(every)
    return found


class Served:
    """A bridge at an address, which may be killed and started again there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.agent: StudioAgent
        self._open: contextlib.AsyncExitStack | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, pushed: Mapping[str, str] | None = None) -> None:
        """Let Studio in, once Heddle has `pushed` what it wants to."""
        self.agent = StudioAgent(Grants(folder="/"), means_in(self.folder))
        await self.agent.push_scripts(pushed or {})
        listening = Listening("127.0.0.1", self.port)
        self.port = listening.port
        self._open = contextlib.AsyncExitStack()
        serve = serving(self.agent.app, listening, "server-token", free=("/roblox/",))
        await self._open.enter_async_context(serve)

    async def stop(self) -> None:
        if self._open is not None:
            await self.agent.close()
            await self._open.aclose()
            self._open = None


class Studio:
    """A Roblox Studio with our plugin, as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def do(self, what: str, **given: Any) -> Any:
        """Have a person do something; gives what is seen of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn:
            self._process.stdin.write(json.dumps({"do": what, **given}).encode() + b"\n")
            await self._process.stdin.drain()
            line = await self._process.stdout.readline()
        if not line:
            assert self._process.stderr is not None
            raise AssertionError((await self._process.stderr.read()).decode())
        told = json.loads(line)
        assert "error" not in told, told
        return told["result"] if told else None  # Luau has one empty table for both

    async def pair(self, served: Served, project: str = "main") -> None:
        """Enter the code that the bridge gives, and wait until that has worked."""
        code = await served.agent.pair(project=project)
        await self.do("pair", address=served.address, code=code.code)
        await self.shows("Connected")

    async def shows(self, status: str) -> str:
        """Wait until the panel says something like that."""

        async def look() -> str:
            shown: str = (await self.do("look"))["status"]
            return shown if status in shown else ""

        found: str = await until(look)
        return found

    async def scripts(self) -> dict[str, str]:
        """The scripts there are, by path."""
        return {one["path"]: one["source"] for one in (await self.do("look"))["scripts"]}

    async def has(self, **scripts: str) -> None:
        """Wait until there are just these under ServerScriptService."""
        wanted = {f"ServerScriptService/{name}": source for name, source in scripts.items()}

        async def look() -> bool:
            return await self.scripts() == wanted

        await until(look)

    async def end(self) -> str:
        """Close Studio; gives what it said on its standard error."""
        _, said = await self._process.communicate(b"")  # it ends with its standard input
        return said.decode()


StartStudio = Callable[..., Awaitable[Studio]]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    made = Served(tmp_path / "studio_bridge")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def start_studio() -> AsyncIterator[StartStudio]:
    """`start_studio(world=…, settings=…)` opens a Studio; what it says of errors fails the test."""
    luau = peer_or_skip("luau-web")
    started = list[Studio]()

    async def start(
        place: str = "Place",
        edits: bool = True,
        settings: Mapping[str, str] | None = None,
        world: list[dict[str, Any]] | None = None,
        largest: int = 1024 * 1024,
    ) -> Studio:
        setup = {"place": place, "edits": edits, "settings": settings or {}, "haste": HASTE,
                 "world": world or [], "largest": largest}  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            NODE, "--liftoff-only", MAIN, luau, PLUGIN, json.dumps(setup),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        started.append(Studio(process))
        return started[-1]

    yield start
    said = [await one.end() for one in started]
    assert not "".join(said)


@pytest.fixture
async def studio(served: Served, start_studio: StartStudio) -> Studio:
    """A Studio that is paired with the bridge."""
    made = await start_studio()
    await made.pair(served)
    return made


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the bridge as a plugin does."""
    headers = {"X-Heddle-Protocol": "1"}
    async with httpx.AsyncClient(base_url=f"{served.address}/roblox/", headers=headers) as made:
        yield made


class Process:
    """A `heddle serve` that can be killed, and started again at the same address."""

    def __init__(self, home: Path) -> None:
        self._environment = os.environ | {"HEDDLE_HOME": str(home), "HEDDLE_TOKEN": TOKEN}
        self._environment |= {"PYTHONPATH": str(ROOT)}
        self._process: asyncio.subprocess.Process | None = None
        self.address = ""

    async def start(self) -> None:
        port = self.address.rpartition(":")[2] or "0"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "main.py", "serve", "--port", port, "--json", "--memory",
            cwd=ROOT, env=self._environment, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.address = json.loads(await self._process.stdout.readline())["address"]

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            await self._process.communicate()
            self._process = None

    async def perform(self, capability: str, **arguments: Any) -> Any:
        """Have the bridge do something, as any client does."""
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(
                f"{self.address}/agents/studio_bridge/tasks",
                json={"capability": capability, "arguments": arguments},
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    made = Process(tmp_path)
    await made.start()
    yield made
    await made.end()
