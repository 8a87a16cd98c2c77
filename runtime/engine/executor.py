"""The shell around the core: starts what is ready, tells what happened, and waits for nothing."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from agents.contract import Grants
from graph.context import Outputs, ScopeFailed
from graph.errors import BlockError
from runtime.clock import Clock
from runtime.engine import decide, evolve
from runtime.engine.hub import Hub
from runtime.engine.live import Live
from runtime.engine.performer import named, perform
from runtime.engine.recorder import Recorder, Salvage
from runtime.engine.replay import Recording
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Limits, Surroundings
from runtime.engine.under_way import UnderWay
from runtime.events import (
    AnyEvent,
    Event,
    Failure,
    ReplayDiverged,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunStalled,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    TaskStreamed,
)
from runtime.failures import failure_of, legible, wait_asked_by
from runtime.journal.contract import Conflict, Journal, JournalError, Unrecordable

TURN = 0.005
"""Seconds of work on the spot before others on the loop get their turn."""

PATIENCE = 5.0
"""Seconds that stopped blocks get to put their things in order when a runtime closes."""

RAISED = (Exception, SystemExit)
"""What a block may raise, which is anything: one that asks for the program's end fails too."""


class Executor:
    """Drives any number of runs on one event loop.

    Ready tasks of all runs share one queue, so runs interleave. A pure block is called on the
    spot; what takes time is a task of its own; an effect waits until all that led to it is
    durable.
    """

    def __init__(
        self,
        journal: Journal,
        surroundings: Surroundings,
        clock: Clock,
        hub: Hub,
        limits: Limits,
        *,
        roll: Callable[[], float] = random.random,
    ) -> None:
        self.clock = clock
        self.limits = limits
        self._surroundings = surroundings
        self._hub = hub
        self._recorder = Recorder(journal, hub, clock, limits, self._lost)
        self._roll = roll
        self._ready: deque[tuple[Scope, int]] = deque()
        self._scheduled = False
        self._under_way = UnderWay(limits.parallel, self._attempt)
        self._runs: dict[str, Live] = {}
        self.to_release: list[str] = []
        """Runs that the journal made us leave: they are still ours there."""

    # Runs, as the runtime sees them.

    def begin(self, run: Run, grants: Grants, recording: Recording | None = None) -> Live:
        """Start a run whose first event is `run.began`."""
        live = self._adopt(run, grants, recording)
        self._recorder.wave.append(run.began)
        if recording:
            _slow(run.root)
        self._ready.extend(evolve.evolve(run, run.began))
        self._after_settling(run.root)
        self._kick()
        return live

    def go_on(
        self, run: Run, grants: Grants, recording: Recording | None = None, *, owner: str = ""
    ) -> Live:
        """Go on with a run rebuilt from its journal; `owner` is recorded as its new one."""
        live = self._adopt(run, grants, recording)
        if owner:
            self._fold(run, self._event(run, RunRecovered, owner))
        if run.paused or recording:
            _slow(run.root)
        self._ready.extend(evolve.begin_again(run.root))
        for scope in run.scopes.values():
            scope.simple = False
        self._after_settling(run.root)
        self._kick()
        return live

    def live(self, run: str) -> Live | None:
        """A run that is being driven here."""
        return self._runs.get(run)

    @property
    def runs(self) -> Sequence[Live]:
        return tuple(self._runs.values())

    def tell(self, run: Run, kind: type[Event], *details: Any) -> None:
        """Record that something happened to a run, and fold it in."""
        self._fold(run, self._event(run, kind, *details))
        self._kick()

    def cancel(self, live: Live, reason: str) -> None:
        """End a run; what is under way is stopped."""
        self._end(live, RunCancelled, legible(reason), self._took(live.run))

    def pause(self, live: Live) -> None:
        """Start nothing new in a run."""
        if not live.run.paused:
            self.tell(live.run, RunPaused)
            for scope in live.run.scopes.values():
                _slow(scope)

    def unpause(self, live: Live) -> None:
        """Let a paused run go on."""
        if live.run.paused:
            self.tell(live.run, RunContinued)
            for scope in live.run.scopes.values():
                if not scope.closed and not live.recording:
                    scope.modes = scope.plan.modes
            live.told_stalled = False
            self._ready.extend(live.parked)
            live.parked = []
            self._kick()

    def settle(self, live: Live, task: str, verdict: str, outputs: Mapping[str, Any]) -> None:
        """Say what became of a task that was interrupted. Raises KeyError for any other."""
        run = live.run
        run.doubted.remove(task)
        run.interrupted.discard(task)
        live.told_stalled = False
        scope, i = run.locate(task)
        if verdict == "again":
            self._start(scope, i)
        elif verdict == "done":
            given = dict.fromkeys(scope.plan.outputs[i]) | dict(outputs)
            self._finished(scope, i, 1, self.clock.now(), given)
        else:
            failure = Failure("Doubted", "Somebody said that it had failed.", task=task)
            self._failed_for_good(scope, i, 1, failure)
        self._kick()

    async def drained(self) -> None:
        """Wait until all that happened is durable."""
        await self._recorder.drained()

    async def close(self, failure: Failure) -> list[str]:
        """Leave every run where it is, say so by that failure, and give their ids.

        What is under way is stopped and awaited, so that it may put its things in order.
        """
        left = self.runs
        stopped = [task for live in left for at in live.under_way.values() for task in at.values()]
        for live in left:
            self.abandon(live)
        if stopped:
            await asyncio.wait(stopped, timeout=PATIENCE)
        await self.drained()
        left = [live for live in left if not live.over.done()]
        for live in left:
            self._tell_left(live, failure)
        return [live.run.id for live in left]

    def leave(self, live: Live, failure: Failure) -> None:
        """Leave a run where it is, to be resumed, and tell whoever watches why."""
        self.abandon(live)
        self._tell_left(live, failure)

    def _tell_left(self, live: Live, failure: Failure) -> None:
        told = RunInterrupted(live.run.id, live.run.seq + 1, self.clock.now(), failure)
        self._hub.publish([told])
        self._over(live, told)

    def abandon(self, live: Live) -> None:
        """Leave a run where it is, without an event: another runtime will go on with it."""
        live.run.ended = True
        self._stop_scope(live, live.run.root)
        self._runs.pop(live.run.id, None)

    def watch_over(self) -> None:
        """Called every second or so: ends runs beyond their bounds, tells of stalled ones."""
        ready = {scope.run for scope, _ in self._ready}
        for live in self.runs:
            run = live.run
            if run.seq > self.limits.events:
                failure = Failure(
                    "TooManyEvents",
                    f"The run has more than {self.limits.events:,} events.",
                    "Look for a loop that never ends, or raise the limit.",
                )
                self._end(live, RunFailed, failure, self._took(run))
            elif not live.told_stalled and run not in ready and self._is_still(live):
                live.told_stalled = True
                self.tell(run, RunStalled, decide.waits_for(run))

    def _is_still(self, live: Live) -> bool:
        return not (
            live.timers
            or live.held
            or live.is_under_way()
            or self._under_way.waits_for_turn(live.run)
        )

    # The queue.

    def _kick(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._drain)

    def _drain(self) -> None:
        """Call what is ready until the turn is over; the hot path of every run."""
        self._scheduled = False
        ready, now, wave = self._ready, self.clock.now, self._recorder.wave
        pop, fold = ready.popleft, evolve.finish_one
        at = now()
        over = at + TURN
        fresh: evolve.Ready = []
        while ready and at < over:
            scope, i = pop()
            if i < 0 or scope.modes[i]:
                self._start(scope, i)
                wave, at = self._recorder.wave, now()
                continue
            plan, run, began = scope.plan, scope.run, at
            try:
                value = plan.calls[i](scope.values)  # type: ignore[misc]
            except RAISED as error:
                at = now()
                self._failed(scope, i, 1, error)
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
                self._after_settling(scope)
                wave = self._recorder.wave
        self._recorder.settle(idle=not ready)
        if ready:
            self._kick()

    # One task.

    def _start(self, scope: Scope, i: int) -> None:
        """Begin a task that the fast lane doesn't take."""
        live = self._runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        if scope.run.paused:
            live.parked.append((scope, i))
            return
        if i < 0:
            self._skip(scope, ~i)
            return
        task = scope.prefix + scope.plan.ids[i]
        spec = scope.plan.specs[i]
        if scope.run.interrupted and self._must_ask(scope, i, task):
            self.tell(scope.run, TaskDoubted, task, f"{scope.run.id}:{task}")
            return
        if live.recording and self._reused(live.recording, scope, i):
            return
        attempt = scope.run.attempts.get(task, (1, 0.0))[0]
        if scope.plan.calls[i] is not None and spec.effect != "write":
            self._call(scope, i, attempt)
            return
        key = f"{scope.run.id}:{task}" if spec.effect == "write" else ""
        evolve.start(scope, i, self._event(scope.run, TaskStarted, task, attempt, key))
        if spec.effect == "write":
            live.held += 1
            held = partial(self._launch_held, live, scope, i, attempt)
            self._recorder.once_durable(scope.run.id, held)
        else:
            self._launch(scope, i, attempt)

    def _must_ask(self, scope: Scope, i: int, task: str) -> bool:
        if task not in scope.run.interrupted:
            return False
        return decide.after_interruption(scope.plan.specs[i], scope.plan.settings[i]) == "ask"

    def _skip(self, scope: Scope, i: int) -> None:
        self._event(scope.run, TaskSkipped, scope.prefix + scope.plan.ids[i])
        self._push(evolve.leave_out(scope, i))
        self._after_settling(scope)

    def _call(self, scope: Scope, i: int, attempt: int) -> None:
        """Do a task on the spot that the fast lane doesn't take."""
        began = self.clock.now()
        try:
            result = scope.plan.calls[i](scope.values)  # type: ignore[misc]
            outputs = named(scope, i, result)
        except RAISED as error:
            self._failed(scope, i, attempt, error)
        else:
            self._finished(scope, i, attempt, began, outputs)

    def _launch_held(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        live.held -= 1
        if scope.plan.calls[i] is None:
            self._launch(scope, i, attempt)
        elif not scope.closed and not scope.run.ended:
            self._call(scope, i, attempt)

    def _launch(self, scope: Scope, i: int, attempt: int) -> None:
        """Begin a task that takes time."""
        live = self._runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        self._under_way.begin(live, scope, i, attempt)

    async def _attempt(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        began = self.clock.now()
        try:
            outputs = named(scope, i, await perform(self, live, scope, i, attempt))
        except RAISED as error:
            self._under_way.left(live, scope, i)
            self._failed(scope, i, attempt, error)
        except asyncio.CancelledError:
            if not scope.closed:
                # Not by us: whatever the block awaited was cancelled under it.
                self._under_way.left(live, scope, i)
                self._failed(scope, i, attempt, Abandoned("What it waited for was cancelled."))
            raise
        else:
            self._under_way.left(live, scope, i)
            self._finished(scope, i, attempt, began, outputs)

    def _finished(
        self, scope: Scope, i: int, attempt: int, began: float, outputs: dict[str, Any]
    ) -> None:
        live = self._runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        task = scope.prefix + scope.plan.ids[i]
        outputs = live.cleaned(outputs)
        self._event(scope.run, TaskFinished, task, began, outputs, attempt)
        self._push(evolve.finish(scope, i, outputs))
        if live.recording:
            self._compare(live.recording, scope.run, task, outputs)
        if live.stopping is not None:
            reason, took = legible(live.cleaned(live.stopping)), self._took(scope.run)
            self._end(live, RunSucceeded, scope.run.root.results(), took, reason)
        else:
            self._after_settling(scope)

    def _failed(self, scope: Scope, i: int, attempt: int, error: BaseException) -> None:
        live = self._runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        task = scope.prefix + scope.plan.ids[i]
        failure = failure_of(error, task, live.cleaned)
        asked = wait_asked_by(error)
        match decide.after_failure(
            scope.plan.settings[i], attempt, failure, asked=asked, roll=self._roll()
        ):
            case decide.Again(wait):
                self._fold(
                    scope.run, self._event(scope.run, TaskRetried, task, attempt, failure, wait)
                )
                live.timers += 1
                self.clock.later(wait, partial(self._again, live, scope, i))
            case decide.GiveUp(outcome):
                self._failed_for_good(scope, i, attempt, failure, outcome)

    def _again(self, live: Live, scope: Scope, i: int) -> None:
        live.timers -= 1
        self._start(scope, i)
        self._kick()

    def _failed_for_good(
        self, scope: Scope, i: int, attempt: int, failure: Failure, outcome: str = "stop"
    ) -> None:
        task = scope.prefix + scope.plan.ids[i]
        event = self._event(scope.run, TaskFailed, task, attempt, failure, outcome)
        self._fold(scope.run, event)
        if outcome == "stop":
            self._fail_scope(scope, failure)
        else:
            self._after_settling(scope)

    # Scopes.

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
        run, live = scope.run, self._runs[scope.run.id]
        inputs, shared = live.cleaned(inputs), live.cleaned(shared)
        address = f"{scope.prefix}{scope.plan.ids[i]}[{label}]"
        if address in run.closed:
            return _outcome(run.closed[address])
        begun = run.scopes.get(address)
        inner = begun or self._open(live, scope, address, body, inputs)
        over: asyncio.Future[Outputs] = asyncio.get_running_loop().create_future()
        live.rounds[inner] = over
        ready = evolve.preset(inner, {**shared, **inputs})
        self._push(evolve.begin_again(inner) if begun else ready)
        self._after_settling(inner)
        self._kick()
        try:
            return await over
        finally:
            live.rounds.pop(inner, None)
            if not inner.closed:
                self._stop_scope(live, inner)

    def _open(
        self, live: Live, scope: Scope, address: str, body: str, inputs: Mapping[str, Any]
    ) -> Scope:
        if scope.depth >= self.limits.depth:
            raise BlockError(
                f"Loops and tries are nested more than {self.limits.depth} deep.",
                cure="Look for a flow that runs itself, or raise the limit.",
            )
        run = scope.run
        self._fold(run, self._event(run, ScopeOpened, address, body, dict(inputs)))
        inner = run.scopes[address]
        if run.paused or live.recording:
            _slow(inner)
        return inner

    def _after_settling(self, scope: Scope) -> None:
        """What follows once the last task of a scope has settled."""
        if scope.left or scope.closed or scope.run.ended or not scope.preset:
            return
        live = self._runs[scope.run.id]
        if scope.parent is None:
            self._end(live, RunSucceeded, scope.results(), self._took(scope.run))
            return
        self._fold(scope.run, self._event(scope.run, ScopeClosed, scope.address))
        over = live.rounds.get(scope)
        if over is not None and not over.done():
            over.set_result(dict(scope.results()))

    def _fail_scope(self, scope: Scope, failure: Failure) -> None:
        live = self._runs[scope.run.id]
        self._stop_scope(live, scope)
        if scope.parent is None:
            self._end(live, RunFailed, failure, self._took(scope.run))
            return
        over = live.rounds.get(scope)
        self._fold(scope.run, self._event(scope.run, ScopeClosed, scope.address, failure))
        if over is not None and not over.done():
            over.set_exception(_scope_failed(failure))

    def _stop_scope(self, live: Live, scope: Scope) -> None:
        """Stop all that is under way in a scope and in those inside it."""
        for inner in live.run.inside(scope):
            inner.closed = True
            _slow(inner)
            self._under_way.stop(live, inner)

    # The end of a run.

    def _end(self, live: Live, kind: type[Event], *details: Any) -> None:
        run = live.run
        self._stop_scope(live, run.root)
        event = self._event(run, kind, *details)
        run.ended = True
        self._recorder.once_durable(run.id, partial(self._over, live, event))
        self._kick()

    def _over(self, live: Live, event: AnyEvent) -> None:
        if self._runs.get(live.run.id) is live:  # it may have been resumed meanwhile
            del self._runs[live.run.id]
        if not live.over.done():
            live.over.set_result(event)

    def _lost(self, events: Sequence[AnyEvent], error: JournalError) -> Salvage:
        """These events could not be recorded; gives those to try again.

        A value that can't be kept is the fault of one run, which fails by it. Otherwise all
        runs concerned stop where they are, to be resumed once the journal is well again.
        """
        if isinstance(error, Unrecordable):
            return self._fail_unrecordable(events, error)
        runs = dict.fromkeys(event.run for event in events)
        if isinstance(error, Conflict):
            # Somebody else drives that run; the others are none the worse for it.
            runs = {error.run: None}
        failure = failure_of(error, "")
        for id in runs:
            if live := self._runs.get(id):
                self.leave(live, failure)
                if not isinstance(error, Conflict):
                    self.to_release.append(id)
        return Salvage([event for event in events if event.run not in runs], runs.keys())

    def _fail_unrecordable(self, events: Sequence[AnyEvent], error: Unrecordable) -> Salvage:
        """The task whose value can't be kept fails by it, and with it the run; others go on."""
        again = [event for event in events if event.run != error.run or event.seq < error.seq]
        live = self._runs.get(error.run)
        if live is None:
            return Salvage(again, {error.run})
        self.abandon(live)
        failure, seq, at = failure_of(error, error.task), error.seq, self.clock.now()
        fault = next(e for e in events if e.run == error.run and e.seq == seq)
        told = list[AnyEvent]()
        if isinstance(fault, TaskFinished | TaskReused):
            attempt = fault.attempt if isinstance(fault, TaskFinished) else 1
            told.append(TaskFailed(error.run, seq, at, error.task, attempt, failure))
        told.append(RunFailed(error.run, seq + len(told), at, failure, self._took(live.run)))
        if isinstance(fault, RunStarted):  # there is nothing to record this in
            self._hub.publish(told)
            self._over(live, told[-1])
            return Salvage(again, {error.run})
        self._recorder.once_durable(error.run, partial(self._over, live, told[-1]))
        return Salvage([*again, *told], {error.run})

    # Replaying.

    def _reused(self, recording: Recording, scope: Scope, i: int) -> bool:
        """Take a task's outputs from the recording, if they still hold."""
        task = scope.prefix + scope.plan.ids[i]
        outputs = recording.outputs_for(scope, i)
        if outputs is None:
            return False
        self._event(scope.run, TaskReused, task, outputs)
        self._push(evolve.finish(scope, i, outputs))
        self._after_settling(scope)
        return True

    def _compare(
        self, recording: Recording, run: Run, task: str, outputs: Mapping[str, Any]
    ) -> None:
        difference = recording.first_difference(task, outputs)
        if difference is not None:
            port, before, after = difference
            self._event(run, ReplayDiverged, task, port, before, after)

    # What blocks ask for (see `performer.Shell`).

    def progressed(self, scope: Scope, i: int, done: float, total: float, note: str) -> None:
        self._recorder.live = True
        task = scope.prefix + scope.plan.ids[i]
        live = self._runs.get(scope.run.id)
        note = legible(live.cleaned(note) if live else note)
        self._event(scope.run, TaskProgressed, task, done, total, note)

    def streamed(self, scope: Scope, i: int, items: list[Any]) -> None:
        self._recorder.live = True
        live = self._runs.get(scope.run.id)
        items = live.cleaned(items) if live else items
        self._event(scope.run, TaskStreamed, scope.prefix + scope.plan.ids[i], items)

    # Small things.

    def _adopt(self, run: Run, grants: Grants, recording: Recording | None) -> Live:
        over: asyncio.Future[AnyEvent] = asyncio.get_running_loop().create_future()
        live = Live(run, grants, self._surroundings, over, recording)
        self._runs[run.id] = live
        return live

    def _event(self, run: Run, kind: type[Event], *details: Any) -> Any:
        run.seq += 1
        event = kind(run.id, run.seq, self.clock.now(), *details)
        recorder = self._recorder
        recorder.wave.append(event)  # type: ignore[arg-type]
        if recorder.timer is None:
            recorder.settle(idle=False)
        return event

    def _fold(self, run: Run, event: AnyEvent) -> None:
        self._push(evolve.evolve(run, event))

    def _push(self, ready: evolve.Ready) -> None:
        if ready:
            self._ready.extend(ready)
            self._kick()

    def _took(self, run: Run) -> float:
        return round(self.clock.now() - run.began.at, 6)


class Abandoned(BlockError):
    """Something a block waited for was given up by somebody else."""

    retryable = True


def _slow(scope: Scope) -> None:
    """Send every task of a scope through `_start`, which looks closely."""
    scope.modes = b"\x01" * len(scope.plan)


def _outcome(closed: Mapping[str, Any] | Failure) -> Outputs:
    if isinstance(closed, Failure):
        raise _scope_failed(closed)
    return dict(closed)


def _scope_failed(failure: Failure) -> ScopeFailed:
    """What a loop is told: what went wrong in the innermost scope, and where."""
    while failure.cause:
        failure = failure.cause
    return ScopeFailed(f"{failure.task} failed: {failure.message}", evolve.error_record(failure))
