"""The real pusher-js, as browsers and Node run it, told what to do line by line.

A test asks for `pusher_js` and opens clients: `await pusher_js(server.port, server.key)`.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest_asyncio

from tests.servers.peers import NODE, peer_or_skip

PATIENCE = 20.0
PROGRAM = Path(__file__).with_suffix(".cjs")


class Heard(NamedTuple):
    """An event that reached the client's code."""

    channel: str
    event: str
    data: Any


class PusherJs:
    """One client in a process of its own; `heard` is all that its code was told, in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._happened = asyncio.Event()
        self.heard = list[Heard]()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            self.heard.append(Heard(said["channel"], said["event"], said.get("data")))
            self._happened.set()

    def tell(self, do: str, **arguments: Any) -> None:
        """Have it do something: `subscribe`, `trigger`, `send`, `signin`, `disconnect`…"""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")

    async def until(self, event: str, channel: str | None = None, *, count: int = 1) -> Any:
        """The data of an event, once it came so often."""

        def found() -> list[Heard]:
            return [h for h in self.heard if h.event == event and channel in (None, h.channel)]

        async with asyncio.timeout(PATIENCE):
            while len(found()) < count:
                self._happened.clear()
                await self._happened.wait()
        return found()[count - 1].data

    async def subscribe(self, channel: str) -> Any:
        """Join a channel; what the server says of it, such as who is there."""
        self.tell("subscribe", channel=channel)
        return await self.until("pusher:subscription_succeeded", channel)


Open = Callable[..., Awaitable[PusherJs]]


@pytest_asyncio.fixture
async def pusher_js() -> AsyncIterator[Open]:
    """Opens clients, connected; `auth` says where and how they ask to be let in."""
    folder = peer_or_skip("pusher-js")
    async with contextlib.AsyncExitStack() as stack:

        async def open(port: int, key: str, auth: Any = None, *, waits: bool = True) -> PusherJs:
            process = await asyncio.create_subprocess_exec(
                NODE,
                PROGRAM,
                str(folder),
                json.dumps({"port": port, "key": key, "auth": auth}),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            client = PusherJs(process)
            stack.push_async_callback(_end, process, client)
            if waits:
                await client.until("connected")
            return client

        yield open


async def _end(process: asyncio.subprocess.Process, client: PusherJs) -> None:
    assert process.stdin is not None
    process.stdin.close()  # which ends it; `node` is a program that starts the real one
    await process.wait()
    await client.reading
