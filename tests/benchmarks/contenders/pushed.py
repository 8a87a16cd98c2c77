"""Our Pusher server and soketi, each in a process of its own, with clients and who says events."""

import asyncio
import base64
import contextlib
import json
import os
import tempfile
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from agents.swarm.realtime_update.signing import Credentials, signed
from tests.benchmarks.lane import DoLap, Lap
from tests.servers.realtime import RealtimeHouse
from tests.servers.soketi import Soketi

BATCHES = {1: 200, 100: 20}
"""How often ten events are said in a lap, by how many clients hear them."""

EVENTS = 20
"""Events of a lap in which it is looked how late they come."""

PING = b"\x89"
"""Begins a server's question whether a client lives, and stands in nothing else: all is ASCII."""

MARK = "~"
"""Stands once in each event, and in nothing else: what is counted."""


class Server(NamedTuple):
    """Where a server is, and the app that it has."""

    pid: int
    port: int
    app: Credentials


class Client(asyncio.Protocol):
    """Counts the events that come, and does no more than it must."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._begun = b""
        self.joined = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        server = self._crowd.server
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /app/{server.app.key}?protocol=7 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if PING in data:
            self._pong(data[data.index(PING) + 1 :])
        if self.joined.done():
            if count := data.count(MARK.encode()):
                self._crowd.heard(count)
            return
        self._begun += data
        if b"subscription_succeeded" in self._begun:
            self.joined.set_result(None)
        elif b"connection_established" in self._begun:
            self._begun = b""
            said = {"event": "pusher:subscribe", "data": {"channel": "news"}}
            text = json.dumps(said).encode()
            self.transport.write(bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text)

    def _pong(self, ping: bytes) -> None:
        """Show that it lives: else it is closed after a while."""
        length = ping[0]
        self.transport.write(bytes((0x8A, 0x80 | length, 0, 0, 0, 0)) + ping[1 : 1 + length])

    def connection_lost(self, _: Exception | None) -> None:
        self._crowd.lost()


class Crowd:
    """So many clients on a channel, and one who says events there."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.times = list[float]()
        self.asked = 0.0
        self._left = 0
        self._all = asyncio.Event()
        self._clients = list[Client]()

    async def gather(self, clients: int) -> None:
        """Have clients come, not too many at once."""
        loop = asyncio.get_running_loop()
        for n in range(0, clients, 50):
            come = [
                loop.create_connection(lambda: Client(self), "127.0.0.1", self.server.port)
                for _ in range(min(50, clients - n))
            ]
            new = [client for _, client in await asyncio.gather(*come)]
            await asyncio.gather(*(client.joined for client in new))
            self._clients += new

    def heard(self, count: int) -> None:
        now = asyncio.get_running_loop().time()
        self.times.extend([now] * count)
        self._left -= count
        if self._left <= 0:
            self._all.set()

    def lost(self) -> None:
        """A client is gone; whoever waits for it is told."""
        self._left = -1
        self._all.set()

    async def say(self, events: int, times: int = 1) -> None:
        """Say so many events at once, so often, and wait until everybody has them all."""
        self._left = events * times * len(self._clients)
        self._all.clear()
        self.times.clear()
        for _ in range(times):
            await self._batch(events)
        await self._all.wait()
        assert self._left == 0, self._left

    async def _batch(self, events: int) -> None:
        """Say events in one request, on a connection of its own: soketi keeps none open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        told = {"channel": "news", "name": "said", "data": f'{{"text":"{MARK}"}}'}
        body = json.dumps({"batch": [told] * events}).encode()
        path = f"/apps/{self.server.app.app_id}/batch_events"
        query = urllib.parse.urlencode(signed(self.server.app, "POST", path, {}, body))
        head = (
            f"POST {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.asked = asyncio.get_running_loop().time()
        writer.write(head.encode() + body)
        answered = await reader.readuntil(b"\r\n\r\n")
        assert answered.startswith(b"HTTP/1.1 200"), answered
        lines = answered.lower().split(b"\r\n")
        length = next(line for line in lines if line.startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    def go(self) -> None:
        """Have everybody go."""
        for client in self._clients:
            client.transport.abort()


@asynccontextmanager
async def our_server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        async with RealtimeHouse(Path(folder)) as house:
            app = Credentials(house.app_id, house.key, house.secret)
            yield Server(house.pid, house.port, app)


@asynccontextmanager
async def their_server() -> AsyncIterator[Server]:
    with Soketi() as made:
        yield Server(made.pid, made.port, Credentials(made.app_id, made.key, made.secret))


@asynccontextmanager
async def ours(clients: int) -> AsyncIterator[DoLap]:
    """What messages cost our server."""
    async with our_server() as server, messages(server, clients) as lap:
        yield lap


@asynccontextmanager
async def soketi(clients: int) -> AsyncIterator[DoLap]:
    """What they cost soketi."""
    async with their_server() as server, messages(server, clients) as lap:
        yield lap


@asynccontextmanager
async def ours_late(clients: int) -> AsyncIterator[DoLap]:
    """How late events of our server come."""
    async with our_server() as server, latencies(server, clients) as lap:
        yield lap


@asynccontextmanager
async def soketi_late(clients: int) -> AsyncIterator[DoLap]:
    """How late those of soketi come."""
    async with their_server() as server, latencies(server, clients) as lap:
        yield lap


@asynccontextmanager
async def messages(server: Server, clients: int) -> AsyncIterator[DoLap]:
    """A lap is so many messages; what counts is the CPU time of the server."""
    process, crowd = psutil.Process(server.pid), Crowd(server)
    await crowd.gather(clients)

    async def lap() -> Lap:
        before = process.cpu_times()
        await crowd.say(10, BATCHES[clients])
        after = process.cpu_times()
        seconds = after.user + after.system - before.user - before.system
        return Lap(seconds, 10 * BATCHES[clients] * clients)

    try:
        yield lap
    finally:
        crowd.go()


@asynccontextmanager
async def latencies(server: Server, clients: int) -> AsyncIterator[DoLap]:
    """A lap is so many events, one after the other; what counts is when clients have them."""
    crowd = Crowd(server)
    await crowd.gather(clients)

    async def lap() -> Lap:
        loop = asyncio.get_running_loop()
        late, begun = list[float](), loop.time()
        for _ in range(EVENTS):
            await crowd.say(1)
            late += [time - crowd.asked for time in crowd.times]
        late.sort()
        p99 = late[int(len(late) * 0.99)]
        return Lap(loop.time() - begun, EVENTS, {"p99": p99})

    try:
        yield lap
    finally:
        crowd.go()
