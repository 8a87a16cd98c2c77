"""A clock on which nobody waits: what is to happen later happens next, in its order."""

import asyncio
import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

SETTLING = 20
"""Turns of the loop for which what is under way may go on before a wait is cut short."""


class _Due:
    """Something that will happen, unless cancelled."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call

    def cancel(self) -> None:
        self.call = lambda: None


class EagerClock:
    """Goes like any other while something works, and leaps to the next wait's end otherwise.

    Whoever does real work says so by `work`: a wait of an hour passes at once, but not before
    the expression that is being worked out beside it is done.
    """

    def __init__(self, start: float | None = None) -> None:
        self._leapt = 0.0 if start is None else start - time.time()
        self._order = count()
        self._due: list[tuple[float, int, _Due]] = []
        self._working = 0
        self._leaping: asyncio.Task[None] | None = None
        self._still = asyncio.Event()
        self._still.set()

    def now(self) -> float:
        return time.time() + self._leapt

    def later(self, seconds: float, call: Callable[[], object]) -> _Due:
        due = _Due(call)
        heapq.heappush(self._due, (self.now() + seconds, next(self._order), due))
        if self._leaping is None:
            self._leaping = asyncio.get_running_loop().create_task(self._leap())
        return due

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        timer = self.later(seconds, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    @contextmanager
    def work(self) -> Iterator[None]:
        """While something takes real time."""
        self._working += 1
        self._still.clear()
        try:
            yield
        finally:
            self._working -= 1
            if not self._working:
                self._still.set()

    async def close(self) -> None:
        """Let nothing more happen."""
        if self._leaping is not None:
            self._leaping.cancel()
            await asyncio.gather(self._leaping, return_exceptions=True)

    async def _leap(self) -> None:
        while self._due:
            for _ in range(SETTLING):
                await asyncio.sleep(0)
            if self._working:
                await self._still.wait()
                continue
            at, _, due = heapq.heappop(self._due)
            self._leapt += max(0.0, at - self.now())
            due.call()
        self._leaping = None
