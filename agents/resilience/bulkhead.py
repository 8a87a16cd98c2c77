"""The bulkhead: so many calls at once, so many waiting, and none that waits for ever."""

import asyncio
import math
from collections import deque

from agents.errors import Busy
from agents.resilience.clock import Clock


class Bulkhead:
    """Places for calls under way, given in the order they were asked for.

    `limit` (0: any number) may be changed while calls are under way; `cap` is a second bound
    that holds as well. Fewer places take none away from calls that have one.
    """

    def __init__(
        self, limit: int, *, waiting: int, seconds: float, clock: Clock, system: str
    ) -> None:
        self._limit = limit or math.inf
        self._cap = math.inf
        self._most_waiting = waiting
        self._seconds = seconds
        self._clock = clock
        self._system = system
        self._queue = deque[asyncio.Future[None]]()
        self.under_way = 0
        self.waiting = 0

    @property
    def limit(self) -> int:
        """How many calls may be under way at once; 0: any number."""
        return 0 if self._limit == math.inf else int(self._limit)

    @limit.setter
    def limit(self, limit: int) -> None:
        self._limit = limit or math.inf
        self._give()

    @property
    def cap(self) -> float:
        return self._cap

    @cap.setter
    def cap(self, cap: float) -> None:
        self._cap = cap
        self._give()

    def take(self) -> bool:
        """Take a place if there is one that nobody waits for."""
        if self.waiting or not self._has_room():
            return False
        self.under_way += 1
        return True

    async def wait(self) -> None:
        """Take a place as soon as there is one. Raises Busy."""
        if self.take():
            return
        if self.waiting >= self._most_waiting:
            raise self._full(f"{self.waiting:,} more wait for their turn")
        place = asyncio.get_running_loop().create_future()
        late = self._full(f"it had no turn within {self._seconds:g} s")
        timer = self._clock.later(
            self._seconds, lambda: None if place.done() else place.set_exception(late)
        )
        self._queue.append(place)
        self.waiting += 1
        try:
            await place
        except BaseException:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave()  # the place came, and nobody takes it any more
            else:
                self._give()  # lets go of those in front who wait no more
            raise
        finally:
            timer.cancel()
            self.waiting -= 1

    def leave(self) -> None:
        """Give a place back."""
        self.under_way -= 1
        self._give()

    def _has_room(self) -> bool:
        return self.under_way < self._limit and self.under_way < self._cap

    def _give(self) -> None:
        while self._queue and (self._queue[0].done() or self._has_room()):
            place = self._queue.popleft()
            if not place.done():
                self.under_way += 1
                place.set_result(None)

    def _full(self, detail: str) -> Busy:
        return Busy(
            f"{self._system} wasn't asked: {self.under_way:,} calls to it are under way, "
            f"and {detail}.",
            cure="Ask it less at once, or raise `concurrent` or `waiting` of its guard.",
        )
