"""Tasks that take time: so many at once, and found again when their scope is stopped."""

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from runtime.engine.live import Live
from runtime.engine.state import Run, Scope

Attempt = Callable[[Live, Scope, int, int], Coroutine[Any, Any, None]]
"""One attempt at a task: run, scope, task, number of the attempt."""


class UnderWay:
    """Begins attempts, at most `limit` at a time over all runs; others wait their turn.

    An attempt says by `left` that it is over. Loops aren't counted: they wait for their rounds,
    and could keep them from starting.
    """

    def __init__(self, limit: int, attempt: Attempt) -> None:
        self._limit = limit
        self._attempt = attempt
        self._busy = 0
        self._resting: dict[tuple[Scope, int], int] = {}
        """Tasks that wait for people, and by how many questions: they take nobody's place."""
        self._queued: deque[tuple[Live, Scope, int, int]] = deque()

    def begin(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        """Begin an attempt, or have it wait for its turn."""
        if i not in scope.plan.bodies:
            if self._busy >= self._limit:
                self._queued.append((live, scope, i, attempt))
                return
            self._busy += 1
        task = _begun(self._attempt(live, scope, i, attempt))
        if not task.done():
            live.under_way.setdefault(scope, {})[i] = task

    def rest(self) -> None:
        """Begin nothing any more."""
        self._limit = 0

    def left(self, live: Live, scope: Scope, i: int) -> None:
        """A task is under way no more; another takes its place."""
        tasks = live.under_way.get(scope)
        if tasks is not None:
            tasks.pop(i, None)
            if not tasks:
                del live.under_way[scope]
        if self._counts(scope, i):
            self._busy -= 1
            self._begin_queued()

    @contextmanager
    def resting(self, scope: Scope, i: int) -> Iterator[None]:
        """Meanwhile a task under way does nothing but wait: another may take its place.

        Afterwards it goes on at once, even if there is one more at work then than the limit says.
        """
        key, counts = (scope, i), self._counts(scope, i)
        self._resting[key] = self._resting.get(key, 0) + 1
        if counts:
            self._busy -= 1
            self._begin_queued()
        try:
            yield
        finally:
            if key in self._resting:  # or it was stopped meanwhile
                self._resting[key] -= 1
                if not self._resting[key]:
                    del self._resting[key]
                    self._busy += self._counts(scope, i)

    def _counts(self, scope: Scope, i: int) -> bool:
        return i not in scope.plan.bodies and (scope, i) not in self._resting

    def stop(self, live: Live, scope: Scope) -> None:
        """Cancel all that is under way in a scope, except who asks for it."""
        current = asyncio.current_task()
        for i, task in live.under_way.pop(scope, {}).items():
            if self._counts(scope, i):
                self._busy -= 1
            self._resting.pop((scope, i), None)
            if task is not current:
                task.cancel()
        self._begin_queued()

    def withdrawn(self, run: Run, which: Callable[[Scope, int], bool]) -> list[tuple[Scope, int]]:
        """Tasks of a run that waited for their turn, and don't any more."""
        gone = [(scope, i) for _, scope, i, _ in self._queued if scope.run is run]
        gone = [(scope, i) for scope, i in gone if which(scope, i)]
        self._queued = deque(one for one in self._queued if one[1:3] not in gone)
        return gone

    @property
    def waiting(self) -> int:
        """How many attempts wait for their turn."""
        return len(self._queued)

    def waits_for_turn(self, run: Run) -> bool:
        """Whether tasks of a run wait for their turn."""
        return any(scope.run is run for _, scope, _, _ in self._queued)

    def _begin_queued(self) -> None:
        while self._queued and self._busy < self._limit:
            live, scope, i, attempt = self._queued.popleft()
            if not scope.closed and not scope.run.ended:
                self.begin(live, scope, i, attempt)


if sys.version_info >= (3, 12):

    def _begun(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task, run up to its first wait on the spot: half the price of one that is queued."""
        return asyncio.Task(coroutine, loop=asyncio.get_running_loop(), eager_start=True)

else:

    def _begun(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task, begun at the loop's next turn."""
        return asyncio.get_running_loop().create_task(coroutine)
