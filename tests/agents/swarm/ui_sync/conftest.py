"""The agent behind a real server, and clients that speak its protocol by hand."""

import contextlib
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect

from agents.contract import NOTES, Notes, Outside
from agents.manager.known import Known
from agents.manager.manager import Manager
from agents.resilience.settings import GuardRules
from agents.swarm.ui_sync.agent import UiSyncAgent
from agents.swarm.ui_sync.messages import PROTOCOL
from runtime.compose import RESOURCES, granted
from runtime.services.faces import Faces
from runtime.services.guard import TOKEN_PROTOCOL, Receive, Scope, Send
from runtime.services.server import Listening, serving
from tests.servers.peers import NODE

TOKEN = "t0ken"

UI = {"ui_sync": Known("UI sync", "agents.swarm.ui_sync.agent:UiSyncAgent", ("/ui/",))}


class Client:
    """Speaks the protocol over a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, **said: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **said}))

    async def hear(self, *kinds: str) -> dict[str, Any]:
        """The next message, of one of these kinds if any are named."""
        while True:
            message: dict[str, Any] = json.loads(await self.socket.recv())
            if not kinds or message["type"] in kinds:
                return message

    async def mutate(self, component: str, name: str, **said: Any) -> dict[str, Any]:
        """The answer to a mutation."""
        await self.say("mutate", component=component, id=name, **said)
        while True:
            answer = await self.hear("acknowledged", "rejected", "later")
            if answer["id"] == name:
                return answer


class Served(NamedTuple):
    """The agent, and where it is reached."""

    address: str
    agents: Manager

    async def agent(self) -> UiSyncAgent:
        found = await self.agents.named("ui_sync", granted(Path("/")))
        assert isinstance(found, UiSyncAgent)
        return found

    @contextlib.asynccontextmanager
    async def client(self, **options: Any) -> AsyncIterator[Client]:
        """A client that was said hello to."""
        url = f"ws{self.address.removeprefix('http')}/ui/live"
        protocols: Any = [PROTOCOL, TOKEN_PROTOCOL + TOKEN]
        async with connect(url, subprotocols=protocols, proxy=None, **options) as socket:
            client = Client(socket)
            hello = await client.hear()
            assert (hello["type"], socket.subprotocol) == ("hello", PROTOCOL)
            yield client

    def http(self, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
        known = {"Authorization": f"Bearer {TOKEN}", **(headers or {})}
        return httpx.AsyncClient(base_url=self.address, headers=known)


Serve = Callable[..., AbstractAsyncContextManager[Served]]


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serves the agent: `serve(database_url=…, guards=…, port=…, notes=…)`."""

    @contextlib.asynccontextmanager
    async def served(
        *,
        database_url: str = "",
        guards: Mapping[str, Any] | None = None,
        port: int = 0,
        notes: Notes | None = None,
    ) -> AsyncIterator[Served]:
        agents = Manager(
            tmp_path,
            known=UI,
            rules=GuardRules(guards or {}),
            lend=lambda means: replace(means, outside=Outside(database_url=database_url)),
        )
        listening, faces = Listening("127.0.0.1", port), Faces(nothing, agents, granted(tmp_path))

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"][NOTES] = notes
            await faces(scope, receive, send)

        async with serving(noting if notes else faces, listening, TOKEN):
            yield Served(listening.address, agents)
            await agents.close()

    return served


@pytest.fixture
async def served(serve: Serve) -> AsyncIterator[Served]:
    async with serve() as made:
        yield made


CLIENT = RESOURCES / "ui_sync" / "heddle-ui-sync.js"


class Node:
    """The JavaScript client in a Node of its own, told what to do line by line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [NODE, Path(__file__).with_name("driver.mjs"), CLIENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._count = 0
        self._answers = dict[int, Any]()

    def do(self, what: str, /, **said: Any) -> Any:
        """Have it done, and give the answer."""
        return self.answer(self.begin(what, **said))

    def begin(self, what: str, /, **said: Any) -> int:
        """Have it begun; `answer` gives what comes of it."""
        assert self._process.stdin is not None
        self._count += 1
        line = msgspec.json.encode({"do": what, "id": self._count, **said})
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()
        return self._count

    def answer(self, begun: int) -> Any:
        """What came of that, once it has come."""
        assert self._process.stdout is not None
        while begun not in self._answers:
            line = self._process.stdout.readline()
            assert line, "Node ended; it says why on the standard error."
            told = msgspec.json.decode(line)
            self._answers[told["id"]] = told["answer"]
        return self._answers.pop(begun)

    def end(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """One for all tests that need no line to a server."""
    made = Node()
    yield made
    made.end()


@pytest.fixture
def own_node() -> Iterator[Node]:
    """One for this test alone."""
    made = Node()
    yield made
    made.end()
