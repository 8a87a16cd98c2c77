"""An adapter at a port, and the protocol's own test client that speaks to it."""

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph.file_format import write
from graph.flow import Flow
from runtime.compose import compose, granted
from runtime.headless.commands.dap import granting
from runtime.plugins import installed
from runtime.runtime import Runtime
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.serving import listening_for
from runtime.services.server import Listening
from runtime.settings import Settings
from tests.runtime.services.dap.protocol import flaws, split

NODE = Path(sys.executable).with_name("node")
CLIENT = Path(sys.prefix, "debugger/node_modules/@vscode/debugadapter-testsupport")
IS_THERE = NODE.exists() and CLIENT.exists()
TOKEN = "the-token-of-the-adapter"
SECRET = "s3cret-Value/that+must=never show"
PATIENCE = 20.0


class Asked(Exception):
    """A request was answered with an error."""


class Client:
    """A client; what passed between it and the adapter is recorded, both ways."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self._port = port
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._events: list[dict[str, Any]] = []
        self._happened = asyncio.Event()
        self._ids = 0
        self.sent = bytearray()
        self.got = bytearray()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "id" in said:
                answer = self._answers.pop(said["id"])
                if "error" in said:
                    answer.set_exception(Asked(said["error"]))
                else:
                    answer.set_result(said["answer"])
            else:
                self._events.append(said)
            self._happened.set()

    async def ready(self) -> None:
        while not any("ready" in said for said in self._events):
            await self._something()
        self._events.clear()

    async def ask(self, command: str, /, **arguments: Any) -> Any:
        """The body of the answer to a request. Raises Asked."""
        return ((await self._told(command=command, args=arguments)) or {}).get("body")

    async def call(self, method: str, /, *arguments: Any) -> Any:
        """What a method of the client's own gives. Raises Asked."""
        return await self._told(call=method, args=arguments)

    async def _told(self, **line: Any) -> Any:
        assert self._process.stdin is not None
        self._ids += 1
        answer = self._answers[self._ids] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": self._ids, **line}).encode() + b"\n")
        return await asyncio.wait_for(answer, PATIENCE)

    async def event(self, name: str, **wanted: Any) -> dict[str, Any]:
        """The next event of a name, whose body has these members; those before it are dropped."""
        while True:
            for n, event in enumerate(self._events):
                body = event.get("body") or {}
                if event.get("event") == name and wanted.items() <= body.items():
                    del self._events[: n + 1]
                    return body
            await self._something()

    def dropped(self, name: str) -> list[dict[str, Any]]:
        """The events of a name that came and nobody waited for."""
        return [event["body"] for event in self._events if event.get("event") == name]

    async def _something(self) -> None:
        self._happened.clear()
        await asyncio.wait_for(self._happened.wait(), PATIENCE)

    # What a person does.

    async def begin(
        self, request: str, points: Callable[[], Any] | None = None, **asked: Any
    ) -> Any:
        """Initialise, launch or attach, set breakpoints, and have it begin."""
        about = {"adapterID": "heddle", "clientName": "Test", "linesStartAt1": True}
        can = {"supportsInvalidatedEvent": True, "supportsProgressReporting": True}
        await self.ask("initialize", **about, **can)
        launched = asyncio.create_task(self.ask(request, **{"token": TOKEN, **asked}))
        done, _ = await asyncio.wait(
            (launched, waiting := asyncio.create_task(self.event("initialized"))),
            return_when=asyncio.FIRST_COMPLETED,
        )
        if launched in done:
            waiting.cancel()
            return launched.result()
        bound = await points() if points else None
        await self.ask("configurationDone")
        await launched
        return bound

    async def lines(self, file: Path, *points: int | dict[str, Any]) -> list[dict[str, Any]]:
        """Set the breakpoints of a file."""
        wanted = [{"line": point} if isinstance(point, int) else point for point in points]
        body = await self.ask("setBreakpoints", source={"path": str(file)}, breakpoints=wanted)
        found: list[dict[str, Any]] = body["breakpoints"]
        return found

    async def frames(self, thread: int = 1) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ask("stackTrace", threadId=thread))["stackFrames"]
        return found

    async def values(
        self, scope: str, thread: int = 1, frame: int = 0
    ) -> dict[str, dict[str, Any]]:
        """The variables of a scope, by name."""
        number = (await self.frames(thread))[frame]["id"]
        scopes = (await self.ask("scopes", frameId=number))["scopes"]
        [reference] = [one["variablesReference"] for one in scopes if one["name"] == scope]
        return await self.members(reference)

    async def members(self, reference: int, **part: Any) -> dict[str, dict[str, Any]]:
        body = await self.ask("variables", variablesReference=reference, **part)
        return {one["name"]: one | {"of": reference} for one in body["variables"]}

    async def where(self) -> str:
        """Where the run stands, as it is said."""
        return str((await self.event("stopped"))["description"])

    async def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), PATIENCE)
        await self._reading


class Adapter:
    """An adapter at a port, with a runtime of its own."""

    def __init__(self, runtime: Runtime, port: int, folder: Path) -> None:
        self.runtime = runtime
        self.folder = folder
        self._port = port
        self._clients: list[Client] = []
        self._proxies: list[asyncio.Server] = []

    def flow(self, name: str, flow: Flow) -> Path:
        """A flow as a file."""
        path = self.folder / f"{name}.flow.json"
        path.write_text(write(flow))
        return path

    async def client(self) -> Client:
        made: list[Client] = []

        async def pass_on(reader: Any, writer: Any) -> None:
            there = await asyncio.open_connection("127.0.0.1", self._port)
            await asyncio.gather(
                _copied(reader, there[1], lambda: made[0].sent),
                _copied(there[0], writer, lambda: made[0].got),
            )

        proxy = await asyncio.start_server(pass_on, "127.0.0.1", 0)
        self._proxies.append(proxy)
        port = proxy.sockets[0].getsockname()[1]
        process = await spawned(str(port))
        made.append(Client(process, port))
        self._clients += made
        await made[0].ready()
        return made[0]

    async def close(self) -> None:
        """Hang up, and hold all that was said against the published schema."""
        for client in self._clients:
            await client.close()
        for proxy in self._proxies:
            proxy.close()
        said = [(bytes(one.sent), bytes(one.got)) for one in self._clients]
        self._clients, self._proxies = [], []
        wrong = [
            flaw
            for both in said
            for one in both
            for message in split(one)
            for flaw in flaws(message)
        ]
        assert wrong == []


async def spawned(*arguments: str) -> asyncio.subprocess.Process:
    """The client, told to connect to a port (or with 0 to start a program)."""
    if not IS_THERE:
        reason = "The protocol's test client is missing: `make test` installs it."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return await asyncio.create_subprocess_exec(
        str(NODE), str(Path(__file__).with_name("client.js")), str(CLIENT), *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
    )  # fmt: skip


async def _copied(reader: Any, writer: Any, record: Callable[[], bytearray]) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(1 << 16):
            record().extend(chunk)
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(ConnectionError, OSError):
        writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Adapter]:
    """One adapter for all tests of a module."""
    folder = tmp_path_factory.mktemp("flows")
    settings = Settings(home=str(tmp_path_factory.mktemp("home")))
    runtime = compose(settings, granted(folder), blocks=installed(None), place="memory:")
    listening = Listening("127.0.0.1", 0)
    lodging = Lodging(runtime, granting, token=TOKEN, folder=settings.folder)
    async with runtime, listening_for(lodging, listening):
        yield Adapter(runtime, listening.port, folder)


@pytest_asyncio.fixture(loop_scope="module")
async def adapter(house: Adapter) -> AsyncIterator[Adapter]:
    yield house
    await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def client(adapter: Adapter) -> Client:
    return await adapter.client()


def forms(secret: str) -> list[bytes]:
    """A secret as it might show: as it is, and as base64 at each of the three offsets."""
    raw = secret.encode()
    shifted = [base64.b64encode(b"x" * n + raw).rstrip(b"=")[4 if n else 0 : -2] for n in range(3)]
    return [raw, json.dumps(secret).encode()[1:-1], *shifted]


def environment(**more: str) -> Mapping[str, str]:
    return {**os.environ, **more}
