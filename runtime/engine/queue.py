"""The queue of what is ready, and the record of what happens: all runs take turns here."""

import asyncio
from collections import deque
from typing import Any, Protocol

from runtime.clock import Clock
from runtime.engine import evolve
from runtime.engine.recorder import Recorder
from runtime.engine.state import Run, Scope
from runtime.events import Event, TaskFinished

TURN = 0.005
"""Seconds of work on the spot before others on the loop get their turn."""

RAISED = (Exception, SystemExit)
"""What a block may raise, which is anything: one that asks for the program's end fails too."""


class Shell(Protocol):
    """Who is told of what the queue doesn't see to itself."""

    def start(self, scope: Scope, i: int) -> None: ...
    def failed(self, scope: Scope, i: int, attempt: int, error: BaseException) -> None: ...
    def after_settling(self, scope: Scope) -> None: ...
    def after_turn(self) -> None: ...


class Queue:
    """Calls pure blocks as their turn comes, and hands all others to the shell.

    What happens is an event in the recorder's wave, folded into its run; what becomes ready by
    it stands in the queue next.
    """

    def __init__(self, shell: Shell, recorder: Recorder, clock: Clock) -> None:
        self._shell = shell
        self._recorder = recorder
        self._clock = clock
        self._ready: deque[tuple[Scope, int]] = deque()
        self._scheduled = False
        self.rests = False
        """Whether nothing begins any more."""

    def __len__(self) -> int:
        return len(self._ready)

    def runs(self) -> set[Run]:
        """The runs that have something ready."""
        return {scope.run for scope, _ in self._ready}

    def waits(self, run: Run) -> bool:
        """Whether tasks of a run are in the queue."""
        return any(scope.run is run for scope, _ in self._ready)

    def push(self, ready: evolve.Ready) -> None:
        """Queue tasks that became ready."""
        if ready:
            self._ready.extend(ready)
            self.kick()

    def kick(self) -> None:
        """Have the queue looked at in the loop's next turn."""
        if not self._scheduled and not self.rests:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._drain)

    def _drain(self) -> None:
        """Call what is ready until the turn is over; the hot path of every run."""
        self._scheduled = False
        if self.rests:
            return
        shell, ready, now, wave = self._shell, self._ready, self._clock.now, self._recorder.wave
        pop, fold = ready.popleft, evolve.finish_one
        at = now()
        over = at + TURN
        fresh: evolve.Ready = []
        while ready and at < over:
            scope, i = pop()
            if i < 0 or scope.modes[i]:
                shell.start(scope, i)
                wave, at = self._recorder.wave, now()
                continue
            plan, run, began = scope.plan, scope.run, at
            try:
                value = plan.calls[i](scope.values)  # type: ignore[misc]
            except RAISED as error:
                at = now()
                shell.failed(scope, i, 1, error)
                wave = self._recorder.wave
                continue
            at = now()
            run.seq += 1
            task = scope.prefix + plan.ids[i] if scope.prefix else plan.ids[i]
            wave.append(TaskFinished(run.id, run.seq, at, task, began, {plan.outputs[i][0]: value}))
            fold(scope, i, value, fresh)
            if fresh:
                ready.extend(fresh)
                fresh.clear()
            elif not scope.left:
                shell.after_settling(scope)
                wave = self._recorder.wave
        shell.after_turn()
        self._recorder.settle(idle=not ready)
        if ready:
            self.kick()

    # The record.

    def event(self, run: Run, kind: type[Event], *details: Any) -> Any:
        """Record an event, the next of its run."""
        run.seq += 1
        event = kind(run.id, run.seq, self._clock.now(), *details)
        recorder = self._recorder
        recorder.wave.append(event)  # type: ignore[arg-type]
        if recorder.timer is None:
            recorder.settle(idle=False)
        return event

    def fold(self, run: Run, kind: type[Event], *details: Any) -> Any:
        """Record an event and fold it into its run; what becomes ready by it is queued."""
        event = self.event(run, kind, *details)
        self.push(evolve.evolve(run, event))
        return event

    def tell(self, run: Run, kind: type[Event], *details: Any) -> Any:
        """Fold an event into its run, and have the queue looked at whatever follows from it."""
        event = self.fold(run, kind, *details)
        self.kick()
        return event

    def flush(self, run: Run) -> None:
        """Have what happened to a run recorded and told at once."""
        self._recorder.once_durable(run.id, _nothing)
        self._recorder.settle(idle=True)


def _nothing() -> None:
    """What is done once something is durable that only had to be so soon."""
