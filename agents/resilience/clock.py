"""The time that guards go by: handed in, so that a test waits for nothing."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless cancelled."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Tells the time and calls back later; the runtime's clocks are such."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Call after that many seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        ...


class SteadyClock:
    """The time of day as it was at the start, and evenly on from there.

    The machine's own is set back and forth now and then, and a breaker would stay open for it.
    """

    def __init__(self) -> None:
        self._ahead = time.time() - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, call)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
