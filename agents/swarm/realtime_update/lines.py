"""The way to one client: bounded, so that one that doesn't read costs the others nothing."""

import asyncio
import contextlib
import itertools
import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

from agents.contract import Send
from agents.swarm.realtime_update.protocol import TOO_SLOW, Message

MOST_BYTES = 1 << 20
"""Bytes that may wait for a client to read them."""

LAST_WORDS = 5.0
"""Seconds that a client has to take note that it is closed."""

EXTENSION = "heddle.frames"
"""Under which a server says in an ASGI scope how frames are written that are made already."""

_numbers = itertools.count(1)


class Frames(Protocol):
    """What a server offers beside ASGI, which has it make a frame for each client anew."""

    def write(self, frames: bytes) -> int:
        """Write frames; gives the bytes that wait for the client to read them."""
        ...

    def abort(self) -> None:
        """Close at once, whatever still waits."""
        ...


def new_socket_id() -> str:
    """An id that no other connection has; half of it can't be guessed."""
    return f"{secrets.randbelow(10**9)}.{next(_numbers)}"


class Line:
    """A client's connection. `write` never waits; a client that lags too far behind is closed."""

    def __init__(self, scope: Mapping[str, Any], send: Send) -> None:
        self.socket_id = new_socket_id()
        self.user_id = ""
        self.follows = set[str]()
        self.heard = asyncio.get_running_loop().time()
        self.asked: float | None = None
        """When it was asked for a sign of life, None once it gave one."""
        self.closed: tuple[int, str] | None = None
        self._frames: Frames | None = scope.get("extensions", {}).get(EXTENSION)
        self._send = send
        self._waiting = deque[Message]()
        self._bytes = 0
        self._something = asyncio.Event()

    def write(self, message: Message) -> bool:
        """Have a message sent; False when it is closed, or too slow and closed by this."""
        if self.closed is not None:
            return False
        if self._frames is not None:
            behind = self._frames.write(message.frames)
        else:
            self._waiting.append(message)
            self._bytes = behind = self._bytes + message.size
            self._something.set()
        if behind > MOST_BYTES:
            self.close(TOO_SLOW, f"Over {MOST_BYTES:,} bytes wait to be read: too slow.")
            return False
        return True

    def close(self, code: int, reason: str) -> None:
        """Have it closed; what waits is still sent, for a while."""
        if self.closed is None:
            self.closed = (code, reason)
            self._something.set()

    async def carry(self) -> None:
        """Send until it is closed."""
        while self.closed is None or self._waiting:
            if not self._waiting:
                self._something.clear()
                await self._something.wait()
                continue
            message = self._waiting.popleft()
            self._bytes -= message.size
            if self.closed is None or self.closed[0] != TOO_SLOW:
                for text in message.texts:
                    await self._send({"type": "websocket.send", "text": text.decode()})
        code, reason = self.closed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
                return
        if self._frames is not None:
            self._frames.abort()
