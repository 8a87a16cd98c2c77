"""Steps of runs that stand still: how far each goes, and before which task it ends."""

import re
from collections.abc import Callable

from runtime.engine.debug import Debug, Step
from runtime.engine.live import Live
from runtime.engine.queue import Queue
from runtime.engine.state import Scope
from runtime.recorded import scope_of


class Steps:
    """The steps that are under way. `stand` holds the task before which one ends."""

    def __init__(self, queue: Queue, stand: Callable[[Live, Scope, int], None]) -> None:
        self._queue = queue
        self._stand = stand
        self.under_way: set[Live] = set()

    def seek(self, live: Live, stand: str = "") -> None:
        """Stand before what comes next in a paused run, or before the task of that address."""
        if live.run.paused:
            self.walk(live, Step(stand=stand))

    def walk(self, live: Live, step: Step) -> None:
        """Let what a step frees go on as it comes, in a paused run."""
        assert live.debug is not None, "only what is debugged is stepped through"
        live.debug.step = step
        self.under_way.add(live)
        freed = [parked for parked in live.parked if step.frees(_address(*parked))]
        live.parked = [parked for parked in live.parked if parked not in freed]
        self._queue.push(freed)
        self._queue.kick()

    def end(self, live: Live) -> None:
        """A run is in no step any more, and on the way to no place."""
        if live.debug is not None:
            live.debug.step, live.debug.until = None, ""
        self.under_way.discard(live)

    def look(self) -> None:
        """See whether steps are over; each that is ends before the task that comes next."""
        for live in tuple(self.under_way):
            debug = live.debug
            if live.run.ended or debug is None or debug.step is None:
                self.under_way.discard(live)
            elif not self._queue.waits(live.run):
                self._look(live, debug, debug.step)

    def _look(self, live: Live, debug: Debug, step: Step) -> None:
        left_out = [(scope, i) for scope, i in live.parked if i < 0]
        if left_out:
            live.parked = [(scope, i) for scope, i in live.parked if i >= 0]
            self._queue.push(left_out)
            return
        inside = [n for n, parked in enumerate(live.parked) if step.is_inside(_address(*parked))]
        if not inside and any(map(step.frees, (*live.run.attempts, *debug.considering))):
            return
        if live.parked and not self._comes(live, step.stand):
            n = min(inside) if inside else _next(live, step)
            scope, i = live.parked.pop(n)
            self._stand(live, scope, i)

    def _comes(self, live: Live, stand: str) -> bool:
        """Whether a task in a loop's round, where one wants to stand, is yet to come up."""
        loop = scope_of(stand).rpartition("[")[0]
        return loop in live.run.attempts and stand not in {_address(*one) for one in live.parked}


def _next(live: Live, step: Step) -> int:
    """Which of the parked tasks comes next.

    It is the one where one wants to stand, or what follows from what was done, or else the
    first one: in the same round, in the next one, anywhere.
    """
    here = scope_of(step.only)

    def rank(n: int) -> tuple[object, ...]:
        scope, i = live.parked[n]
        before = (scope.prefix + scope.plan.ids[j] for j in scope.plan.depends(i))
        far = (scope.address != here) + (_loop(scope.address) != _loop(here))
        return (
            _address(scope, i) != step.stand, not any(map(step.frees, before)),
            far, _by_number(scope.address), i,
        )  # fmt: skip

    return min(range(len(live.parked)), key=rank)


def _loop(scope: str) -> str:
    """The loop whose round a scope is."""
    return scope.rpartition("[")[0]


def _by_number(address: str) -> list[tuple[bool, int, str]]:
    """What sorts rounds by their number: `each[2]` before `each[10]`."""
    parts = re.split(r"(\d+)", address)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _address(scope: Scope, i: int) -> str:
    return scope.prefix + scope.plan.ids[i if i >= 0 else ~i]
