"""What sandboxed code prints: gathered, and stopped when it is too much."""

import asyncio
from typing import Any, Literal

from agents.code.errors import OutputTooLarge, SandboxError


class Printed:
    """Gathers what one call prints, up to `limit` bytes; more than that ends the call at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._parts: list[str] = []
        self._future: asyncio.Future[Any] | None = None

    def __call__(self, _stream: Literal["stdout", "stderr"], text: str) -> None:
        """Take some more. The interpreter calls this, from a thread of its own choice."""
        if self._size > self._limit:
            return
        room = self._limit - self._size
        self._size += len(text.encode())
        if self._size > self._limit:
            text = text.encode()[:room].decode(errors="ignore")
            if self._future:
                self._future.get_loop().call_soon_threadsafe(self._future.cancel)
        self._parts.append(text)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    async def follow(self, future: "asyncio.Future[Any]") -> Any:
        """The result of the call. Raises OutputTooLarge when it prints too much meanwhile."""
        self._future = future
        try:
            value = await future
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            if self._size <= self._limit:
                raise SandboxError("The sandbox was closed while the code ran.") from None
        else:
            if self._size <= self._limit:
                return value
        raise OutputTooLarge("printed", self._limit)
