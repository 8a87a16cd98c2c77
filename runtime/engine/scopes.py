"""Rounds of bodies, and the run around them: opened, settled, failed, stopped and ended."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from graph.context import Outputs, ScopeFailed
from graph.errors import BlockError
from runtime.clock import Clock
from runtime.engine import evolve
from runtime.engine.lane import all_slow, modes
from runtime.engine.live import Live
from runtime.engine.queue import Queue
from runtime.engine.recorder import Recorder
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Limits
from runtime.engine.under_way import UnderWay
from runtime.engine.winding_up import Cancelled, cut_short, may_open
from runtime.events import (
    AnyEvent,
    Event,
    Failure,
    RunCancelled,
    RunFailed,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
)
from runtime.recorded import scope_of


class Scopes:
    """Has scopes begin, and sees to what follows once all in one is done; `runs` are at work."""

    def __init__(
        self, queue: Queue, under_way: UnderWay, recorder: Recorder, clock: Clock, limits: Limits
    ) -> None:
        self.runs: dict[str, Live] = {}
        self._queue = queue
        self._under_way = under_way
        self._recorder = recorder
        self._clock = clock
        self._limits = limits

    # Rounds.

    async def round(
        self,
        scope: Scope,
        i: int,
        body: str,
        label: str,
        inputs: Mapping[str, Any],
        shared: Mapping[str, Any],
    ) -> Outputs:
        """Run one round of a task's body; one that was begun before a crash goes on."""
        run, live = scope.run, self.runs[scope.run.id]
        inputs, shared = live.cleaned(inputs), live.cleaned(shared)
        address = f"{scope.prefix}{scope.plan.ids[i]}[{label}]"
        if address in run.closed:
            return _outcome(run.closed[address])
        begun = run.scopes.get(address)
        if begun:
            begun.modes = modes(live, begun)
        inner = begun or self._open(live, scope, i, address, body, inputs)
        over: asyncio.Future[Outputs] = asyncio.get_running_loop().create_future()
        live.rounds[inner] = over
        ready = evolve.preset(inner, {**shared, **inputs})
        self.follow(inner, evolve.begin_again(inner) if begun else ready)
        self._queue.kick()
        try:
            return await over
        finally:
            live.rounds.pop(inner, None)
            if not inner.closed:
                self.stop(live, inner)

    def _open(
        self, live: Live, scope: Scope, i: int, address: str, body: str, inputs: Mapping[str, Any]
    ) -> Scope:
        if scope.depth >= self._limits.depth:
            raise BlockError(
                f"Loops and tries are nested more than {self._limits.depth} deep.",
                cure="Look for a flow that runs itself, or raise the limit.",
            )
        run = scope.run
        if run.cancelling is not None and not may_open(scope, i):
            raise Cancelled(run.cancelling or "The run was cancelled.")
        self._queue.fold(run, ScopeOpened, address, body, dict(inputs))
        inner = run.scopes[address]
        if run.paused or live.recording or live.debug:
            inner.modes = modes(live, inner)
        return inner

    # What follows.

    def follow(self, scope: Scope, ready: evolve.Ready) -> None:
        """Queue what became ready in a scope, which is over if that was all."""
        self._queue.push(ready)
        self.after_settling(scope)

    def after_settling(self, scope: Scope) -> None:
        """What follows once the last task of a scope has settled."""
        if scope.left or scope.closed or scope.run.ended or not scope.preset:
            return
        live = self.runs[scope.run.id]
        if scope.run.held and _is_held(scope):
            return
        if scope.parent is None:
            self._end_well(live)
            return
        if scope.run.cancelling is not None and (failure := cut_short(scope)):
            self.fail(scope, failure)
            return
        self._queue.fold(scope.run, ScopeClosed, scope.address)
        over = live.rounds.get(scope)
        if over is not None and not over.done():
            over.set_result(dict(scope.results()))

    def _end_well(self, live: Live) -> None:
        """End a run whose tasks are all settled: done, or undone as it was cancelled."""
        run = live.run
        if run.cancelling is not None and run.called_off:
            self.end(live, RunCancelled, run.cancelling)
        else:
            self.end(live, RunSucceeded, run.root.results())

    def fail(self, scope: Scope, failure: Failure) -> None:
        """A scope ends by a failure, and the run with it if it is the outermost."""
        live = self.runs[scope.run.id]
        self.stop(live, scope)
        if scope.parent is None:
            self.end(live, RunFailed, failure)
            return
        over = live.rounds.get(scope)
        self._queue.fold(scope.run, ScopeClosed, scope.address, failure)
        if over is not None and not over.done():
            over.set_exception(_scope_failed(failure))

    def stop(self, live: Live, scope: Scope) -> None:
        """Stop all that is under way in a scope and in those inside it."""
        for inner in live.run.inside(scope):
            inner.closed = True
            inner.modes = all_slow(inner)
            self._under_way.stop(live, inner)

    # The end of a run.

    def end(self, live: Live, kind: type[Event], outcome: Any, *further: Any) -> None:
        """End a run by an event of that kind, which says how; it is over once that is durable."""
        run = live.run
        if run.ended:
            return
        self.stop(live, run.root)
        event = self._queue.event(run, kind, outcome, self.took(run), *further)
        run.ended = True
        self._recorder.once_durable(run.id, partial(self.over, live, event))
        self._queue.kick()

    def over(self, live: Live, event: AnyEvent) -> None:
        """Let a run go, and tell whoever awaits its end."""
        if self.runs.get(live.run.id) is live:  # it may have been resumed meanwhile
            del self.runs[live.run.id]
        if not live.over.done():
            live.over.set_result(event)

    def took(self, run: Run) -> float:
        """Seconds since a run began."""
        return round(self._clock.now() - run.began.at, 6)


def _is_held(scope: Scope) -> bool:
    """Whether a task of a scope that is done is held, and with it the scope's end."""
    held = scope.run.held.values()
    return any(one.phase == "after" and scope_of(one.task) == scope.address for one in held)


def _outcome(closed: Mapping[str, Any] | Failure) -> Outputs:
    if isinstance(closed, Failure):
        raise _scope_failed(closed)
    return dict(closed)


def _scope_failed(failure: Failure) -> ScopeFailed:
    """What a loop is told: what went wrong in the innermost scope, and where."""
    while failure.cause:
        failure = failure.cause
    return ScopeFailed(f"{failure.task} failed: {failure.message}", evolve.error_record(failure))
