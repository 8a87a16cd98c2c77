"""Tasks, one after the other: called, awaited or held, and what follows from each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from graph.errors import BlockError
from runtime.breakpoints import Fault
from runtime.clock import Clock
from runtime.engine import decide, evolve
from runtime.engine.asking import Asking
from runtime.engine.debugger import Debugger
from runtime.engine.faults import due_at, may_suffer, suffered
from runtime.engine.live import Live
from runtime.engine.performer import named, perform
from runtime.engine.queue import RAISED, Queue
from runtime.engine.recorder import Recorder
from runtime.engine.replay import Recording
from runtime.engine.said import Said
from runtime.engine.scopes import Scopes
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Limits
from runtime.engine.under_way import UnderWay
from runtime.engine.winding_up import WindingUp, is_undoing
from runtime.events import (
    Failure,
    FaultInjected,
    InputsChanged,
    ReplayDiverged,
    RunFailed,
    RunSucceeded,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
)
from runtime.failures import failure_of, legible, wait_asked_by


class Runner:
    """Does the tasks that the queue doesn't do itself, and settles what follows from each.

    What takes time is an asyncio task of its own; an effect waits until all that led to it is
    durable.
    """

    def __init__(
        self, recorder: Recorder, clock: Clock, limits: Limits, roll: Callable[[], float]
    ) -> None:
        self.clock = clock
        self.limits = limits
        self.queue = Queue(self, recorder, clock)
        self.under_way = UnderWay(limits.parallel, self._attempt)
        self.scopes = Scopes(self.queue, self.under_way, recorder, clock, limits)
        self.debugger = Debugger(self, self.queue, self.scopes)
        self.said = Said(self.queue, self.debugger, recorder)
        self.asking = Asking(self.queue, self.under_way, recorder, clock)
        self.winding_up = WindingUp(self, self.queue, self.under_way)
        self._recorder = recorder
        self._roll = roll

    @property
    def ready(self) -> int:
        """How many tasks could begin and wait for their turn."""
        return len(self.queue) + self.under_way.waiting

    def rest(self) -> None:
        """Begin nothing any more; what is under way goes on."""
        self.queue.rests = True
        self.under_way.rest()

    # What the queue tells of.

    def after_settling(self, scope: Scope) -> None:
        """What follows once the last task of a scope has settled."""
        self.scopes.after_settling(scope)

    def after_turn(self) -> None:
        """See whether steps are over, now that what was ready has been done."""
        if self.debugger.steps.under_way:
            self.debugger.steps.look()

    # One task.

    def start(self, scope: Scope, i: int) -> None:
        """Begin a task that the fast lane doesn't take."""
        live = self.scopes.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        if scope.run.cancelling is not None:
            instead = self.winding_up.instead(scope, i)
            if instead is None:
                return
            i = instead
        if live.debug is not None:
            if not self.debugger.may_start(live, scope, i):
                return
        elif scope.run.paused:
            live.parked.append((scope, i))
            return
        if i < 0:
            self.leave_out(scope, ~i)
        else:
            self._start(live, scope, i)

    def _start(self, live: Live, scope: Scope, i: int) -> None:
        task = scope.prefix + scope.plan.ids[i]
        spec = scope.plan.specs[i]
        if scope.run.interrupted and self._must_ask(scope, i, task):
            self.queue.tell(scope.run, TaskDoubted, task, f"{scope.run.id}:{task}")
            return
        if live.recording and self._reused(live.recording, scope, i):
            return
        attempt = scope.run.attempts.get(task, (1, 0.0))[0]
        if live.recording and (changed := live.recording.changed_inputs(scope, i)):
            self.queue.tell(scope.run, InputsChanged, task, changed)
        if self._is_on_the_spot(scope, i) and spec.effect != "write":
            self._call(scope, i, attempt)
            return
        key = f"{scope.run.id}:{task}" if spec.effect == "write" else ""
        evolve.start(scope, i, self.queue.event(scope.run, TaskStarted, task, attempt, key))
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
        return task not in run.changed and not may_suffer(run.faults, task)

    def _must_ask(self, scope: Scope, i: int, task: str) -> bool:
        if task not in scope.run.interrupted:
            return False
        return decide.after_interruption(scope.plan.specs[i], scope.plan.settings[i]) == "ask"

    def leave_out(self, scope: Scope, i: int) -> None:
        """A task is skipped, and what can't do without it."""
        self.queue.event(scope.run, TaskSkipped, scope.prefix + scope.plan.ids[i])
        self.scopes.follow(scope, evolve.leave_out(scope, i))

    def _call(self, scope: Scope, i: int, attempt: int) -> None:
        """Do a task on the spot that the fast lane doesn't take."""
        began = self.clock.now()
        try:
            result = scope.plan.calls[i](scope.values)  # type: ignore[misc]
            outputs = named(scope, i, result)
        except RAISED as error:
            self.failed(scope, i, attempt, error)
        else:
            self.finished(scope, i, attempt, began, outputs)

    def _launch_held(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        live.held -= 1
        if scope.closed or scope.run.ended:
            return
        if scope.run.cancelling is not None and self.winding_up.instead(scope, i) is None:
            self.queue.kick()
        elif self._is_on_the_spot(scope, i):
            self._call(scope, i, attempt)
        else:
            self._launch(scope, i, attempt)

    def _launch(self, scope: Scope, i: int, attempt: int) -> None:
        """Begin a task that takes time."""
        live = self.scopes.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        self.under_way.begin(live, scope, i, attempt)

    async def _attempt(self, live: Live, scope: Scope, i: int, attempt: int) -> None:
        began = self.clock.now()
        try:
            if scope.run.faults and (wrong := self._wrong(live, scope, i)):
                outputs = await self._suffered(wrong, live, scope, i, attempt)
            else:
                outputs = named(scope, i, await perform(self, live, scope, i, attempt))
        except RAISED as error:
            self.under_way.left(live, scope, i)
            self.failed(scope, i, attempt, error)
        except asyncio.CancelledError:
            if not scope.closed:
                # Its scope goes on: it was called off, or what it awaited was cancelled under it.
                self.under_way.left(live, scope, i)
                self._cut_off(scope, i, attempt)
            raise
        else:
            self.under_way.left(live, scope, i)
            self.finished(scope, i, attempt, began, outputs)

    def _cut_off(self, scope: Scope, i: int, attempt: int) -> None:
        """What a task waited for was cancelled, with its run or by somebody else."""
        if scope.run.cancelling is None or is_undoing(scope):
            self.failed(scope, i, attempt, Abandoned("What it waited for was cancelled."))
        else:
            self.winding_up.call_off(scope, i)
            self.queue.kick()

    def _wrong(self, live: Live, scope: Scope, i: int) -> Sequence[Fault]:
        """What goes wrong on purpose at a task that begins."""
        task = scope.prefix + scope.plan.ids[i]
        return due_at(task, scope.run.faults, self.debugger.attach(live).suffered)

    def _suffered(
        self, faults: Sequence[Fault], live: Live, scope: Scope, i: int, attempt: int
    ) -> Awaitable[dict[str, Any]]:
        task = scope.prefix + scope.plan.ids[i]
        return suffered(
            faults,
            self.clock,
            lambda fault: self.queue.tell(scope.run, FaultInjected, task, fault.id, fault.kind),
            partial(named, scope, i),
            partial(perform, self, live, scope, i, attempt),
        )

    def finished(
        self, scope: Scope, i: int, attempt: int, began: float, outputs: dict[str, Any]
    ) -> None:
        """A task has its outputs: record them, and settle what follows."""
        live = self.scopes.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        task = scope.prefix + scope.plan.ids[i]
        outputs = live.cleaned(outputs)
        self.queue.event(scope.run, TaskFinished, task, began, outputs, attempt)
        ready = evolve.finish(scope, i, outputs)
        if live.overspent is not None:  # what was paid for is kept, and nothing follows from it
            self.scopes.end(live, RunFailed, live.overspent)
            return
        if live.recording:
            self._compare(live.recording, scope.run, task, outputs)
        if live.debug is not None:
            if self.debugger.holds_after(live, scope, i, outputs, ready):
                return
            self.queue.kick()  # so that a step that ends by this is seen to
        self.queue.push(ready)
        if live.stopping is not None:
            reason = legible(live.cleaned(live.stopping))
            self.scopes.end(live, RunSucceeded, scope.run.root.results(), reason)
        else:
            self.scopes.after_settling(scope)

    def failed(self, scope: Scope, i: int, attempt: int, error: BaseException) -> None:
        """An attempt raised something: another follows, or that was the task's end."""
        live = self.scopes.runs.get(scope.run.id)
        if live is None or scope.closed or scope.run.ended:
            return
        task = scope.prefix + scope.plan.ids[i]
        failure = failure_of(error, task, live.cleaned)
        if live.overspent is not None:
            self.queue.fold(scope.run, TaskFailed, task, attempt, failure)
            self.scopes.end(live, RunFailed, live.overspent)
            return
        if scope.run.cancelling is not None and not self.winding_up.tries_again(scope, i):
            self.fail(scope, i, attempt, failure, scope.plan.settings[i].on_error)
            return
        asked = wait_asked_by(error)
        match decide.after_failure(
            scope.plan.settings[i], attempt, failure, asked=asked, roll=self._roll()
        ):
            case decide.Again(wait):
                self.queue.fold(scope.run, TaskRetried, task, attempt, failure, wait)
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
        self.queue.kick()

    def fail(
        self, scope: Scope, i: int, attempt: int, failure: Failure, outcome: str = "stop"
    ) -> None:
        """A task failed for good: its scope ends by it, or goes on as the outcome says.

        A run that is cancelled goes on, to be undone.
        """
        task = scope.prefix + scope.plan.ids[i]
        if outcome == "stop" and scope.run.cancelling is not None and not is_undoing(scope):
            outcome = "port"
        self.queue.fold(scope.run, TaskFailed, task, attempt, failure, outcome)
        if outcome == "stop":
            self.scopes.fail(scope, failure)
        else:
            self.scopes.after_settling(scope)

    # Replaying.

    def _reused(self, recording: Recording, scope: Scope, i: int) -> bool:
        """Take a task's outputs from the recording, if they still hold."""
        task = scope.prefix + scope.plan.ids[i]
        outputs = recording.outputs_for(scope, i)
        if outputs is None:
            return False
        self.queue.event(scope.run, TaskReused, task, outputs)
        self.scopes.follow(scope, evolve.finish(scope, i, outputs))
        return True

    def _compare(
        self, recording: Recording, run: Run, task: str, outputs: Mapping[str, Any]
    ) -> None:
        difference = recording.first_difference(task, outputs)
        if difference is not None:
            port, before, after = difference
            self.queue.event(run, ReplayDiverged, task, port, before, after)


class Abandoned(BlockError):
    """Something a block waited for was given up by somebody else."""

    retryable = True
