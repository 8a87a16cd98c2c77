"""The shell around the core: drives runs from their first event to their last."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from agents.contract import Grants
from graph.context import Through
from runtime.clock import Clock
from runtime.engine import decide, evolve
from runtime.engine.hub import Hub
from runtime.engine.lane import look_closely, modes
from runtime.engine.live import Live
from runtime.engine.recorder import Recorder, Salvage
from runtime.engine.replay import Recording
from runtime.engine.runner import Runner
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Limits, Surroundings
from runtime.engine.winding_up import has_to_undo
from runtime.events import (
    AnyEvent,
    Event,
    Failure,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunRewound,
    RunStalled,
    RunStarted,
    TaskFailed,
    TaskFinished,
    TaskReused,
)
from runtime.failures import failure_of, legible
from runtime.journal.contract import Conflict, Journal, JournalError, Unrecordable

PATIENCE = 5.0
"""Seconds that stopped blocks get to put their things in order when a runtime closes."""


REMEMBERED = 1000
"""Runs of which is remembered how they were left: that is recorded nowhere."""


class Executor:
    """Begins runs, goes on with them, pauses and ends them, and answers for their journal.

    Any number of runs on one event loop; their tasks are the runner's business.
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
        self._clock = clock
        self._limits = limits
        self._surroundings = surroundings
        self._hub = hub
        self._recorder = Recorder(journal, hub, clock, limits, self._lost)
        self._runner = Runner(self._recorder, clock, limits, roll)
        self._queue = self._runner.queue
        self._scopes = self._runner.scopes
        self.debugger = self._runner.debugger
        self._told: dict[str, RunInterrupted] = {}
        self.to_release: list[str] = []
        """Runs that the journal made us leave: they are still ours there."""

    # Runs, as the runtime sees them.

    def begin(
        self,
        run: Run,
        grants: Grants,
        recording: Recording | None = None,
        prepare: Callable[[Live], None] | None = None,
    ) -> Live:
        """Start a run whose first event is `run.began`; `prepare` is called before its tasks."""
        live = self._adopt(run, grants, recording)
        self._recorder.wave.append(run.began)
        ready = evolve.evolve(run, run.began)
        if prepare:
            prepare(live)
        run.root.modes = modes(live, run.root)
        self._scopes.follow(run.root, ready)
        self._queue.kick()
        return live

    def go_on(
        self, run: Run, grants: Grants, recording: Recording | None = None, *, owner: str = ""
    ) -> Live:
        """Go on with a run rebuilt from its journal; `owner` is recorded as its new one."""
        live = self._adopt(run, grants, recording)
        if owner:
            self._queue.tell(run, RunRecovered, owner)
        self._take_up(live)
        self._scopes.after_settling(run.root)
        self._queue.kick()
        return live

    def _take_up(self, live: Live) -> None:
        """Queue what is to be done next of a run rebuilt from its journal."""
        run = live.run
        if run.paused or run.held or run.breakpoints or run.faults:
            self.debugger.attach(live)
            self.debugger.restore(live)
        run.root.modes = modes(live, run.root)
        self._queue.push(evolve.begin_again(run.root))
        for scope in run.scopes.values():
            scope.simple = False

    async def left_behind(self, live: Live, to: int) -> None:
        """Stop all of a run, to be gone on with from the event `to`; `rewound` goes on."""
        run = live.run
        if not run.paused:
            self.tell(run, RunPaused)
        self._halt(live)
        self._queue.event(run, RunRewound, to)
        await self.drained()

    def rewound(self, live: Live, run: Run, recording: Recording) -> Live:
        """Go on with a run that went back, as it was rebuilt; gives what drives it now."""
        again = Live(run, live.grants, live.surroundings, live.over, recording, hidden=live.hidden,
                     purse=live.purse)  # fmt: skip
        self._scopes.runs[run.id] = again
        self._take_up(again)
        self._queue.kick()
        return again

    def live(self, run: str) -> Live | None:
        """A run that is being driven here."""
        return self._scopes.runs.get(run)

    def interrupted(self, run: str) -> RunInterrupted | None:
        """How a run was left that was driven here lately."""
        return None if self.live(run) else self._told.get(run)

    @property
    def runs(self) -> Sequence[Live]:
        return tuple(self._scopes.runs.values())

    @property
    def ready(self) -> int:
        """How many tasks could begin and wait for their turn."""
        return self._runner.ready

    def tell(self, run: Run, kind: type[Event], *details: Any) -> None:
        """Record that something happened to a run, and fold it in."""
        self._queue.tell(run, kind, *details)

    def cancel(self, live: Live, reason: str, *, force: bool = False) -> "asyncio.Future[Any]":
        """End a run, or begin to undo it; done once that is durable.

        Where nothing has to be undone, with `force` or the second time what is under way is
        stopped at once.
        """
        run, reason = live.run, legible(reason)
        if force or run.ended or run.cancelling is not None or not has_to_undo(run):
            self._scopes.end(live, RunCancelled, reason or run.cancelling or "")
            return live.over
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._runner.winding_up.begin(live, reason)
        if run.paused or run.held:
            self.unpause(live)
        live.told_stalled = False
        self._recorder.once_durable(
            run.id, lambda: None if begun.done() else begun.set_result(None)
        )
        self._queue.kick()
        return begun

    def pause(self, live: Live) -> None:
        """Start nothing new in a run."""
        if not live.run.paused:
            self.tell(live.run, RunPaused)
            look_closely(live)

    def unpause(self, live: Live, *, until: str = "") -> None:
        """Let a run go on that is paused or in which tasks are held; to a place if one is given."""
        if live.debug is not None or until:
            self.debugger.go_on(live, until=until)
        elif live.run.paused:
            self.tell(live.run, RunContinued)
            look_closely(live)
            live.told_stalled = False
            self._queue.push(live.parked)
            live.parked = []

    def settle(self, live: Live, task: str, verdict: str, outputs: Mapping[str, Any]) -> None:
        """Say what became of a task that was interrupted. Raises KeyError for any other."""
        run = live.run
        run.doubted.remove(task)
        run.interrupted.discard(task)
        live.told_stalled = False
        scope, i = run.locate(task)
        if verdict == "again":
            self._runner.start(scope, i)
        elif verdict == "done":
            given = dict.fromkeys(scope.plan.outputs[i]) | dict(outputs)
            self._runner.finished(scope, i, 1, self._clock.now(), given)
        else:
            failure = Failure("Doubted", "Somebody said that it had failed.", task=task)
            self._runner.fail(scope, i, 1, failure)
        self._queue.kick()

    def answer(
        self, live: Live, key: tuple[str, str], values: Mapping[str, Any], by: str, through: Through
    ) -> "asyncio.Future[None]":
        """Give an open question its answer, by task and label; done once that is durable."""
        return self._runner.asking.answer(live, key, values, by, through)

    def skip(self, scope: Scope, i: int, outputs: Mapping[str, Any]) -> None:
        """Settle a task without doing it: with outputs, or without any as left out.

        What isn't said is null, but for the ways that a decision and an error didn't take.
        """
        if outputs:
            ways = scope.plan.specs[i].routes
            ports = () if ways else (p for p in scope.plan.outputs[i] if p != "error")
            given = dict.fromkeys(ports) | dict(outputs)
            self._runner.finished(scope, i, 1, self._clock.now(), given)
        else:
            self._runner.leave_out(scope, i)
        self._queue.kick()

    async def drained(self) -> None:
        """Wait until all that happened is durable."""
        await self._recorder.drained()

    @property
    def closes(self) -> bool:
        """Whether it leaves its runs, and takes up no others."""
        return self._queue.rests

    async def close(self, failure: Failure, *, grace: float = 0.0) -> list[str]:
        """Leave every run where it is, say so by that failure, and give their ids.

        Nothing begins any more. What changes the world outside may come to its end for `grace`
        seconds, so that nobody has to ask whether it was done. All else is stopped and awaited,
        so that it may put its things in order.
        """
        self._runner.rest()
        if grace and (changing := self._changing()):
            await asyncio.wait(changing, timeout=grace)
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

    def _changing(self) -> list[asyncio.Task[None]]:
        """The attempts under way that change something, and don't wait by nature."""
        return [
            task
            for live in self.runs
            for scope, at in live.under_way.items()
            for i, task in at.items()
            if scope.plan.specs[i].effect == "write"
            and not scope.plan.specs[i].patient
            and i not in scope.plan.bodies
        ]

    def leave(self, live: Live, failure: Failure) -> None:
        """Leave a run where it is, to be resumed, and tell whoever watches why."""
        self.abandon(live)
        self._tell_left(live, failure)

    def _tell_left(self, live: Live, failure: Failure) -> None:
        told = RunInterrupted(live.run.id, live.run.seq + 1, self._clock.now(), failure)
        self._told[live.run.id] = told
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        self._hub.publish([told])
        self._scopes.over(live, told)

    def abandon(self, live: Live) -> None:
        """Leave a run where it is, without an event: another runtime will go on with it."""
        self._halt(live)
        self._scopes.runs.pop(live.run.id, None)

    def _halt(self, live: Live) -> None:
        live.run.ended = True
        self._scopes.stop(live, live.run.root)

    def watch_over(self) -> None:
        """Called every second or so: ends runs beyond their bounds, tells of stalled ones."""
        ready = self._queue.runs()
        for live in self.runs:
            run = live.run
            if run.ended:
                continue  # it waits for its end to be recorded
            if run.seq > self._limits.events:
                failure = Failure(
                    "TooManyEvents",
                    f"The run has more than {self._limits.events:,} events.",
                    "Look for a loop that never ends, or raise the limit.",
                )
                self._scopes.end(live, RunFailed, failure)
            elif run.paused and live.debug:
                continue  # whoever debugs it knows
            elif not live.told_stalled and run not in ready and self._is_still(live):
                live.told_stalled = True
                self.tell(run, RunStalled, decide.waits_for(run))

    def _is_still(self, live: Live) -> bool:
        return not (
            live.timers
            or live.held
            or live.is_under_way()
            or self._runner.under_way.waits_for_turn(live.run)
            or (live.debug and live.debug.considering)
        )

    # What the journal could not take.

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
            if live := self._scopes.runs.get(id):
                self.leave(live, failure)
                if not isinstance(error, Conflict):
                    self.to_release.append(id)
        return Salvage([event for event in events if event.run not in runs], runs.keys())

    def _fail_unrecordable(self, events: Sequence[AnyEvent], error: Unrecordable) -> Salvage:
        """The task whose value can't be kept fails by it, and with it the run; others go on."""
        again = [event for event in events if event.run != error.run or event.seq < error.seq]
        live = self._scopes.runs.get(error.run)
        if live is None:
            return Salvage(again, {error.run})
        self._halt(live)
        failure, seq, at = failure_of(error, error.task), error.seq, self._clock.now()
        fault = next(e for e in events if e.run == error.run and e.seq == seq)
        told = list[AnyEvent]()
        if isinstance(fault, TaskFinished | TaskReused):
            attempt = fault.attempt if isinstance(fault, TaskFinished) else 1
            told.append(TaskFailed(error.run, seq, at, error.task, attempt, failure))
        told.append(RunFailed(error.run, seq + len(told), at, failure, self._scopes.took(live.run)))
        if isinstance(fault, RunStarted):  # there is nothing to record this in
            self._hub.publish(told)
            self._scopes.over(live, told[-1])
            return Salvage(again, {error.run})
        self._recorder.once_durable(error.run, partial(self._scopes.over, live, told[-1]))
        return Salvage([*again, *told], {error.run})

    def _adopt(self, run: Run, grants: Grants, recording: Recording | None) -> Live:
        over: asyncio.Future[AnyEvent] = asyncio.get_running_loop().create_future()
        live = Live(run, grants, self._surroundings, over, recording)
        self._told.pop(run.id, None)
        self._scopes.runs[run.id] = live
        return live
