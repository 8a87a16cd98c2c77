"""Tasks, one after the other: called, awaited or held, and what follows from each."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from graph.context import Outputs, ScopeFailed
from graph.errors import BlockError
from runtime.breakpoints import Fault
from runtime.clock import Clock
from runtime.engine import decide, evolve
from runtime.engine.asking import Asking
from runtime.engine.debugger import Debugger
from runtime.engine.faults import suffered
from runtime.engine.live import Live
from runtime.engine.performer import named, perform
from runtime.engine.recorder import Recorder
from runtime.engine.replay import Recording
from runtime.engine.said import Said
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Limits
from runtime.engine.under_way import UnderWay
from runtime.events import (
    AnyEvent,
    Event,
    Failure,
    FaultInjected,
    InputsChanged,
    ReplayDiverged,
    RunFailed,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
)
from runtime.failures import failure_of, legible, wait_asked_by
from runtime.recorded import scope_of

TURN = 0.005
"""Seconds of work on the spot before others on the loop get their turn."""

RAISED = (Exception, SystemExit)
"""What a block may raise, which is anything: one that asks for the program's end fails too."""


class Runner:
    """Runs what is ready, one task after the other, and settles what follows from each.

    Ready tasks of all runs share one queue, so runs interleave. A pure block is called on the
    spot; what takes time is a task of its own; an effect waits until all that led to it is
    durable.
    """

    def __init__(
        self, recorder: Recorder, clock: Clock, limits: Limits, roll: Callable[[], float]
    ) -> None:
        self.clock = clock
        self.limits = limits
        self.runs: dict[str, Live] = {}
        self.under_way = UnderWay(limits.parallel, self._attempt)
        self.debugger = Debugger(self)
        self.said = Said(self, recorder)
        self.asking = Asking(self, recorder, clock)
        self._recorder = recorder
        self._roll = roll
        self._ready: deque[tuple[Scope, int]] = deque()
        self._scheduled = False
        self._resting = False

    def awaiting(self) -> set[Run]:
        """The runs that have something ready."""
        return {scope.run for scope, _ in self._ready}

    @property
    def ready(self) -> int:
        """How many tasks could begin and wait for their turn."""
        return len(self._ready) + self.under_way.waiting

    # The queue.

    def rest(self) -> None:
        """Begin nothing any more; what is under way goes on."""
        self._resting = True
        self.under_way.rest()

    @property
    def rests(self) -> bool:
        """Whether nothing begins any more."""
        return self._resting

    def kick(self) -> None:
        """Have the queue looked at in the loop's next turn."""
        if not self._scheduled and not self._resting:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._drain)

    def _drain(self) -> None:
        """Call what is ready until the turn is over; the hot path of every run."""
        self._scheduled = False
        if self._resting:
            return
        ready, now, wave = self._ready, self.clock.now, self._recorder.wave
        pop, fold = ready.popleft, evolve.finish_one
        at = now()
        over = at + TURN
        fresh: evolve.Ready = []
        while ready and at < over:
            scope, i = pop()
            if i < 0 or scope.modes[i]:
                self.start(scope, i)
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
                self.after_settling(scope)
                wave = self._recorder.wave
        if self.debugger.steps.under_way:
            self.debugger.steps.look()
        self._recorder.settle(idle=not ready)
        if ready:
            self.kick()

    def waits(self, run: Run) -> bool:
        """Whether tasks of a run are in the queue."""
        return any(scope.run is run for scope, _ in self._ready)

    def flush(self, run: Run) -> None:
        """Have what happened to a run recorded and told at once."""
        self._recorder.once_durable(run.id, _nothing)
        self._recorder.settle(idle=True)

    # One task.

    def start(self, scope: Scope, i: int) -> None:
        """Begin a task that the fast lane doesn't take."""
        live = self.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        if live.debug is not None:
            if not self.debugger.may_start(live, scope, i):
                return
        elif scope.run.paused:
            live.parked.append((scope, i))
            return
        if i < 0:
            self.leave_out(scope, ~i)
            return
        task = scope.prefix + scope.plan.ids[i]
        spec = scope.plan.specs[i]
        if scope.run.interrupted and self._must_ask(scope, i, task):
            self.tell(scope.run, TaskDoubted, task, f"{scope.run.id}:{task}")
            return
        if live.recording and self._reused(live.recording, scope, i):
            return
        attempt = scope.run.attempts.get(task, (1, 0.0))[0]
        if live.recording and (changed := live.recording.changed_inputs(scope, i)):
            self.tell(scope.run, InputsChanged, task, changed)
        if self._is_on_the_spot(scope, i) and spec.effect != "write":
            self._call(scope, i, attempt)
            return
        key = f"{scope.run.id}:{task}" if spec.effect == "write" else ""
        evolve.start(scope, i, self.event(scope.run, TaskStarted, task, attempt, key))
        if spec.effect == "write":
            live.held += 1
            held = partial(self._launch_held, live, scope, i, attempt)
            self._recorder.once_durable(scope.run.id, held)
        else:
            self._launch(scope, i, attempt)

    def _is_on_the_spot(self, scope: Scope, i: int) -> bool:
        """Whether the task is a call with the arguments that its links and fields give."""
        if scope.plan.calls[i] is None:
            return False
        run = scope.run
        if not run.faults and not run.changed:
            return True
        task = scope.prefix + scope.plan.ids[i]
        return task not in run.changed and not self.debugger.has_fault(run, task)

    def _must_ask(self, scope: Scope, i: int, task: str) -> bool:
        if task not in scope.run.interrupted:
            return False
        return decide.after_interruption(scope.plan.specs[i], scope.plan.settings[i]) == "ask"

    def leave_out(self, scope: Scope, i: int) -> None:
        """A task is skipped, and what can't do without it."""
        self.event(scope.run, TaskSkipped, scope.prefix + scope.plan.ids[i])
        self.push(evolve.leave_out(scope, i))
        self.after_settling(scope)

    def _call(self, scope: Scope, i: int, attempt: int) -> None:
        """Do a task on the spot that the fast lane doesn't take."""
        began = self.clock.now()
        try:
            result = scope.plan.calls[i](scope.values)  # type: ignore[misc]
            outputs = named(scope, i, result)
        except RAISED as error:
            self._failed(scope, i, attempt, error)
        else:
            self.finished(scope, i, attempt, began, outputs)

    def _launch_held(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        live.held -= 1
        if not self._is_on_the_spot(scope, i):
            self._launch(scope, i, attempt)
        elif not scope.closed and not scope.run.ended:
            self._call(scope, i, attempt)

    def _launch(self, scope: Scope, i: int, attempt: int) -> None:
        """Begin a task that takes time."""
        live = self.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        self.under_way.begin(live, scope, i, attempt)

    async def _attempt(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        began = self.clock.now()
        try:
            if scope.run.faults and (wrong := self.debugger.faults_at(live, scope, i)):
                outputs = await self._suffered(wrong, live, scope, i, attempt)
            else:
                outputs = named(scope, i, await perform(self, live, scope, i, attempt))
        except RAISED as error:
            self.under_way.left(live, scope, i)
            self._failed(scope, i, attempt, error)
        except asyncio.CancelledError:
            if not scope.closed:
                # Not by us: whatever the block awaited was cancelled under it.
                self.under_way.left(live, scope, i)
                self._failed(scope, i, attempt, Abandoned("What it waited for was cancelled."))
            raise
        else:
            self.under_way.left(live, scope, i)
            self.finished(scope, i, attempt, began, outputs)

    def _suffered(
        self, faults: Sequence[Fault], live: Live, scope: Scope, i: int, attempt: int
    ) -> Awaitable[dict[str, Any]]:
        task = scope.prefix + scope.plan.ids[i]
        return suffered(
            faults,
            self.clock,
            lambda fault: self.tell(scope.run, FaultInjected, task, fault.id, fault.kind),
            partial(named, scope, i),
            partial(perform, self, live, scope, i, attempt),
        )

    def finished(
        self, scope: Scope, i: int, attempt: int, began: float, outputs: dict[str, Any]
    ) -> None:
        """A task has its outputs: record them, and settle what follows."""
        live = self.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        task = scope.prefix + scope.plan.ids[i]
        outputs = live.cleaned(outputs)
        self.event(scope.run, TaskFinished, task, began, outputs, attempt)
        ready = evolve.finish(scope, i, outputs)
        if live.overspent is not None:  # what was paid for is kept, and nothing follows from it
            self.end(live, RunFailed, live.overspent, self.took(scope.run))
            return
        if live.recording:
            self._compare(live.recording, scope.run, task, outputs)
        if live.debug is not None:
            if self.debugger.holds_after(live, scope, i, outputs, ready):
                return
            self.kick()  # so that a step that ends by this is seen to
        self.push(ready)
        if live.stopping is not None:
            reason, took = legible(live.cleaned(live.stopping)), self.took(scope.run)
            self.end(live, RunSucceeded, scope.run.root.results(), took, reason)
        else:
            self.after_settling(scope)

    def _failed(self, scope: Scope, i: int, attempt: int, error: BaseException) -> None:
        live = self.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        task = scope.prefix + scope.plan.ids[i]
        failure = failure_of(error, task, live.cleaned)
        if live.overspent is not None:
            self.fold(scope.run, self.event(scope.run, TaskFailed, task, attempt, failure))
            self.end(live, RunFailed, live.overspent, self.took(scope.run))
            return
        asked = wait_asked_by(error)
        match decide.after_failure(
            scope.plan.settings[i], attempt, failure, asked=asked, roll=self._roll()
        ):
            case decide.Again(wait):
                self.fold(
                    scope.run, self.event(scope.run, TaskRetried, task, attempt, failure, wait)
                )
                live.timers += 1
                self.clock.later(wait, partial(self._again, live, scope, i))
            case decide.GiveUp(outcome):
                debugged = live.debug is not None
                if debugged and self.debugger.holds_error(
                    live, scope, i, attempt, failure, outcome
                ):
                    return
                self.fail(scope, i, attempt, failure, outcome)

    def _again(self, live: Live, scope: Scope, i: int) -> None:
        live.timers -= 1
        self.start(scope, i)
        self.kick()

    def fail(
        self, scope: Scope, i: int, attempt: int, failure: Failure, outcome: str = "stop"
    ) -> None:
        """A task failed for good: its scope ends by it, or goes on as the outcome says."""
        task = scope.prefix + scope.plan.ids[i]
        event = self.event(scope.run, TaskFailed, task, attempt, failure, outcome)
        self.fold(scope.run, event)
        if outcome == "stop":
            self._fail_scope(scope, failure)
        else:
            self.after_settling(scope)

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
        run, live = scope.run, self.runs[scope.run.id]
        inputs, shared = live.cleaned(inputs), live.cleaned(shared)
        address = f"{scope.prefix}{scope.plan.ids[i]}[{label}]"
        if address in run.closed:
            return _outcome(run.closed[address])
        begun = run.scopes.get(address)
        if begun:
            begun.modes = self.debugger.modes(live, begun)
        inner = begun or self._open(live, scope, address, body, inputs)
        over: asyncio.Future[Outputs] = asyncio.get_running_loop().create_future()
        live.rounds[inner] = over
        ready = evolve.preset(inner, {**shared, **inputs})
        self.push(evolve.begin_again(inner) if begun else ready)
        self.after_settling(inner)
        self.kick()
        try:
            return await over
        finally:
            live.rounds.pop(inner, None)
            if not inner.closed:
                self.stop(live, inner)

    def _open(
        self, live: Live, scope: Scope, address: str, body: str, inputs: Mapping[str, Any]
    ) -> Scope:
        if scope.depth >= self.limits.depth:
            raise BlockError(
                f"Loops and tries are nested more than {self.limits.depth} deep.",
                cure="Look for a flow that runs itself, or raise the limit.",
            )
        run = scope.run
        self.fold(run, self.event(run, ScopeOpened, address, body, dict(inputs)))
        inner = run.scopes[address]
        if run.paused or live.recording or live.debug:
            inner.modes = self.debugger.modes(live, inner)
        return inner

    def after_settling(self, scope: Scope) -> None:
        """What follows once the last task of a scope has settled."""
        if scope.left or scope.closed or scope.run.ended or not scope.preset:
            return
        live = self.runs[scope.run.id]
        if scope.run.held and self._is_held(scope):
            return
        if scope.parent is None:
            self.end(live, RunSucceeded, scope.results(), self.took(scope.run))
            return
        self.fold(scope.run, self.event(scope.run, ScopeClosed, scope.address))
        over = live.rounds.get(scope)
        if over is not None and not over.done():
            over.set_result(dict(scope.results()))

    def _is_held(self, scope: Scope) -> bool:
        """Whether a task of a scope that is done is held, and with it the scope's end."""
        held = scope.run.held.values()
        return any(one.phase == "after" and scope_of(one.task) == scope.address for one in held)

    def _fail_scope(self, scope: Scope, failure: Failure) -> None:
        live = self.runs[scope.run.id]
        self.stop(live, scope)
        if scope.parent is None:
            self.end(live, RunFailed, failure, self.took(scope.run))
            return
        over = live.rounds.get(scope)
        self.fold(scope.run, self.event(scope.run, ScopeClosed, scope.address, failure))
        if over is not None and not over.done():
            over.set_exception(_scope_failed(failure))

    def stop(self, live: Live, scope: Scope) -> None:
        """Stop all that is under way in a scope and in those inside it."""
        for inner in live.run.inside(scope):
            inner.closed = True
            slow(inner)
            self.under_way.stop(live, inner)

    # The end of a run.

    def end(self, live: Live, kind: type[Event], *details: Any) -> None:
        """End a run by an event of that kind; it is over once that is durable."""
        run = live.run
        if run.ended:
            return
        self.stop(live, run.root)
        event = self.event(run, kind, *details)
        run.ended = True
        self._recorder.once_durable(run.id, partial(self.over, live, event))
        self.kick()

    def over(self, live: Live, event: AnyEvent) -> None:
        """Let a run go, and tell whoever awaits its end."""
        if self.runs.get(live.run.id) is live:  # it may have been resumed meanwhile
            del self.runs[live.run.id]
        if not live.over.done():
            live.over.set_result(event)

    # Replaying.

    def _reused(self, recording: Recording, scope: Scope, i: int) -> bool:
        """Take a task's outputs from the recording, if they still hold."""
        task = scope.prefix + scope.plan.ids[i]
        outputs = recording.outputs_for(scope, i)
        if outputs is None:
            return False
        self.event(scope.run, TaskReused, task, outputs)
        self.push(evolve.finish(scope, i, outputs))
        self.after_settling(scope)
        return True

    def _compare(
        self, recording: Recording, run: Run, task: str, outputs: Mapping[str, Any]
    ) -> None:
        difference = recording.first_difference(task, outputs)
        if difference is not None:
            port, before, after = difference
            self.event(run, ReplayDiverged, task, port, before, after)

    # Small things.

    def event(self, run: Run, kind: type[Event], *details: Any) -> Any:
        """Record an event, the next of its run."""
        run.seq += 1
        event = kind(run.id, run.seq, self.clock.now(), *details)
        recorder = self._recorder
        recorder.wave.append(event)  # type: ignore[arg-type]
        if recorder.timer is None:
            recorder.settle(idle=False)
        return event

    def fold(self, run: Run, event: AnyEvent) -> None:
        """Fold an event into its run; what becomes ready by it is queued."""
        self.push(evolve.evolve(run, event))

    def tell(self, run: Run, kind: type[Event], *details: Any) -> Any:
        """Record that something happened to a run, and fold it in."""
        event = self.event(run, kind, *details)
        self.fold(run, event)
        self.kick()
        return event

    def push(self, ready: evolve.Ready) -> None:
        """Queue tasks that became ready."""
        if ready:
            self._ready.extend(ready)
            self.kick()

    def took(self, run: Run) -> float:
        """Seconds since a run began."""
        return round(self.clock.now() - run.began.at, 6)


class Abandoned(BlockError):
    """Something a block waited for was given up by somebody else."""

    retryable = True


def _nothing() -> None:
    """What is done once something is durable that only had to be so soon."""


def slow(scope: Scope) -> None:
    """Send every task of a scope through `start`, which looks closely."""
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
