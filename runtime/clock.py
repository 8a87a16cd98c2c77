"""Time comes in through this door, so that a test can be the clock."""

import asyncio
import heapq
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless cancelled."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Tells the time and calls back later."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Call after that many seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    now = staticmethod(time.time)

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, call)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that goes on only when told to: three retries are tested in a millisecond."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._now = start
        self._order = count()
        self._due: list[tuple[float, int, _Due]] = []
        self.waits: list[float] = []
        """Every wait that was asked for, in order."""

    def now(self) -> float:
        return self._now

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        due = _Due(call)
        self.waits.append(seconds)
        heapq.heappush(self._due, (self._now + seconds, next(self._order), due))
        return due

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        timer = self.later(seconds, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    async def advance(self, seconds: float) -> None:
        """Let that much time pass; what falls due happens in order."""
        end = self._now + seconds
        await self._settle()
        while self._due and self._due[0][0] <= end:
            self._now, _, due = heapq.heappop(self._due)
            due.call()
            await self._settle()
        self._now = end

    async def _settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


class _Due:
    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call

    def cancel(self) -> None:
        self.call = lambda: None
