"""Our server at a port of its own, with or without a Pusher outside."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pusher
import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agents.contract import Grants, Health, Means, Outside, Receive, Scope, Send
from agents.manager.known import Known
from agents.manager.manager import Manager
from agents.resilience.settings import GuardRules
from agents.swarm.realtime_update.agent import RealtimeAgent
from agents.swarm.realtime_update.shapes import Statistics
from agents.swarm.realtime_update.signing import Credentials
from runtime.services.faces import Faces, open_paths
from runtime.services.server import Listening, serving
from tests.servers.soketi import Soketi

PATIENCE = 20.0
TOKEN = "the-token-of-the-server"

KNOWN = Known(
    "Realtime",
    "agents.swarm.realtime_update.agent:RealtimeAgent",
    ("/app/", "/apps/"),
    is_open=True,
    closed=("/pusher/",),
)


class House(NamedTuple):
    """An agent with its face at a port."""

    agent: RealtimeAgent
    port: int
    app: Credentials
    told: list[Health]
    agents: Manager

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def auth(self) -> dict[str, Any]:
        """Where and how pusher-js asks to be let in."""
        return {"address": self.address, "headers": {"Authorization": f"Bearer {TOKEN}"}}

    async def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        """What a method of the official library for servers gives, asked in a thread."""
        library = library_for(self.app, self.port)
        return await asyncio.to_thread(getattr(library, method), *arguments, **named)


def library_for(app: Credentials, port: int) -> pusher.Pusher:
    return pusher.Pusher(
        app.app_id,
        app.key,
        app.secret,
        host="127.0.0.1",
        port=port,
        ssl=False,
        timeout=20,
        encryption_master_key_base64=app.master_key or None,
    )


def outside_of(server: Soketi) -> Outside:
    """The house's Pusher app is soketi's."""
    return Outside(
        pusher_app_id=server.app_id,
        pusher_key=server.key,
        pusher_secret=server.secret,
        pusher_cluster=server.address,
    )


Living = Callable[..., AbstractAsyncContextManager[House]]


@contextlib.asynccontextmanager
async def _living(
    folder: Path, outside: Outside | None = None, rules: GuardRules | None = None
) -> AsyncIterator[House]:
    told = list[Health]()

    def lend(means: Means) -> Means:
        def report(health: Health) -> None:
            told.append(health)
            means.report(health)

        return replace(means, outside=outside or Outside(), report=report)

    agents = Manager(folder, known={"realtime_update": KNOWN}, lend=lend, rules=rules)
    grants = Grants(folder=str(folder))
    agent = await agents.named("realtime_update", grants)
    statistics = await agent.statistics()
    listening = Listening("127.0.0.1", 0)
    faces = Faces(_nothing, agents, grants)
    try:
        async with serving(faces, listening, TOKEN, free=open_paths(agents)):
            yield House(agent, listening.port, _app_of(statistics, outside), told, agents)
    finally:
        await agents.close()


def _app_of(statistics: Statistics, outside: Outside | None) -> Credentials:
    """What whoever looks after the house knows of its app."""
    if outside is not None and not Path(statistics.credentials).is_file():
        return Credentials(outside.pusher_app_id, outside.pusher_key, outside.pusher_secret)
    return msgspec.json.decode(Path(statistics.credentials).read_bytes(), type=Credentials)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def living() -> Living:
    """Opens a house in a folder: `async with living(folder, outside=…, rules=…) as house`."""
    return _living


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house without a Pusher outside."""
    async with _living(tmp_path) as made:
        yield made


class Client:
    """A client that speaks the protocol by hand: every message is seen as it came."""

    def __init__(self, connection: ClientConnection, socket_id: str) -> None:
        self.connection = connection
        self.socket_id = socket_id

    async def say(self, event: str, data: Any = None, channel: str = "") -> None:
        said = {"event": event, "data": data} | ({"channel": channel} if channel else {})
        await self.connection.send(json.dumps(said))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(PATIENCE):
            said: dict[str, Any] = json.loads(await self.connection.recv())
        return said

    async def until(self, event: str) -> dict[str, Any]:
        """The next message with an event of that name; what comes before is let go."""
        while (said := await self.hear())["event"] != event:
            pass
        return said

    async def join(self, channel: str, **data: Any) -> dict[str, Any]:
        await self.say("pusher:subscribe", {"channel": channel, **data})
        return await self.until("pusher_internal:subscription_succeeded")

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes, once what it said was read."""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        return self.connection.close_code or 0, self.connection.close_reason or ""


@contextlib.asynccontextmanager
async def client_of(port: int, key: str, query: str = "protocol=7") -> AsyncIterator[Client]:
    """A client that has heard the server's first word."""
    url = f"ws://127.0.0.1:{port}/app/{key}?{query}"
    async with connect(url, compression=None, max_size=None) as connection:
        first = json.loads(await connection.recv())
        assert first["event"] == "pusher:connection_established", first
        yield Client(connection, json.loads(first["data"])["socket_id"])
