"""What a person who debugs has done to a run: tasks held, released, stepped over, done again."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal, Protocol

from runtime.breakpoints import Breakpoint, Fault
from runtime.engine import evolve
from runtime.engine.debug import Debug, Held, Step
from runtime.engine.halt import Halt
from runtime.engine.lane import look_closely
from runtime.engine.live import Live
from runtime.engine.points import Points, Stop
from runtime.engine.queue import Queue
from runtime.engine.scopes import Scopes
from runtime.engine.state import Scope
from runtime.engine.stepping import Steps
from runtime.events import (
    BreakpointsSet,
    Failure,
    FaultsSet,
    RunContinued,
    RunPaused,
    TaskHeld,
    TaskLogged,
    TaskReleased,
    block_of,
)

Reason = Literal["breakpoint", "step", "pause"]

TRY = "logic.try"
"""The kind of block that goes on when what runs inside it, labelled `try`, fails."""


class Shell(Protocol):
    """What the debugger asks of the runner whose runs are debugged."""

    def start(self, scope: Scope, i: int) -> None: ...
    def fail(
        self, scope: Scope, i: int, attempt: int, failure: Failure, outcome: str = ...
    ) -> None: ...


class Debugger:
    """Stops tasks where a person wants it, and lets them go on as they say.

    A run that nobody debugs has no `Live.debug`, and its tasks never come here. Of one that is,
    the blocks with breakpoints are sent through `start` by their mode; all of them while it is
    paused.
    """

    def __init__(self, shell: Shell, queue: Queue, scopes: Scopes) -> None:
        self._shell = shell
        self._queue = queue
        self._scopes = scopes
        self.steps = Steps(queue, self._stand)
        self._thinking: set[asyncio.Task[None]] = set()

    # Where to stop.

    def attach(self, live: Live) -> Debug:
        """Have a run debugged from now on."""
        if live.debug is None:
            live.debug = Debug(Points(live.run.breakpoints))
        return live.debug

    def set_breakpoints(self, live: Live, breakpoints: Sequence[Breakpoint]) -> None:
        """Stop at these from now on. Raises BadBreakpoint."""
        points = Points(breakpoints)
        self.attach(live).points = points
        self._queue.tell(live.run, BreakpointsSet, list(breakpoints))
        look_closely(live)

    def set_faults(self, live: Live, faults: Sequence[Fault]) -> None:
        """Have these go wrong from now on."""
        self.attach(live).suffered = {}
        self._queue.tell(live.run, FaultsSet, list(faults))
        look_closely(live)

    # Tasks on their way.

    def may_start(self, live: Live, scope: Scope, i: int) -> bool:
        """Whether a task that is ready may begin; if not, it is kept here."""
        run, debug = live.run, self.attach(live)
        if i < 0:  # to be left out: nothing happens by it, so a step takes it along
            if run.paused and debug.step is None:
                live.parked.append((scope, i))
                return False
            return True
        task = scope.prefix + scope.plan.ids[i]
        if task in debug.released:
            debug.released.discard(task)
            return True
        if task in run.held and task not in debug.held:
            self._take_up(live, scope, i)
            return False
        if i in scope.plan.bodies and task in run.attempts:
            return True  # its rounds are under way, and what is in them is kept one by one
        if run.paused and not (debug.step and debug.step.frees(task)):
            live.parked.append((scope, i))
            return False
        if task in debug.considered or run.attempts.get(task, (1, 0.0))[0] > 1:
            debug.considered.discard(task)
            return True
        return not self._stops_before(self._before(live, scope, i))

    def _before(self, live: Live, scope: Scope, i: int) -> Halt:
        return Halt(live, scope, i, "before", partial(self._begin, live, scope, i))

    def _stand(self, live: Live, scope: Scope, i: int) -> None:
        self._hold(self._before(live, scope, i), "step")

    def _begin(self, live: Live, scope: Scope, i: int) -> None:
        """Let a task begin that was held before it did."""
        if live.debug is not None:
            live.debug.released.add(scope.prefix + scope.plan.ids[i])
        self._shell.start(scope, i)
        self._queue.kick()

    def _stops_before(self, halt: Halt) -> bool:
        """Whether a task that is about to begin is held, or may be."""
        live, debug = halt.live, self.attach(halt.live)
        place = block_of(halt.task)
        if debug.until and (place == debug.until or place.startswith(f"{debug.until}/")):
            self._pause(live)
            self._hold(halt, "step")  # and so the place is reached
            return True
        for name in (halt.task, place):
            if (why := debug.awaited.get(name)) is not None:
                self._hold(halt, why)
                return True
        met = [p for p in debug.points.at(place, "before") if self._is_met(halt, place, p)]
        return self._meets(halt, met)

    def _is_met(self, halt: Halt, place: str, point: Breakpoint) -> bool:
        """Whether a breakpoint is the task's own; or its sub-flow's, of which it is the first."""
        if point.block == place:
            return True
        debug, scope = self.attach(halt.live), halt.scope
        if not point.block.startswith(block_of(scope.prefix)):
            return False  # it is a loop's own, which had its say before its rounds began
        entry = (scope.address, point.id)
        if entry in debug.entered:
            return False
        inside = point.block.removeprefix(block_of(scope.prefix)) + "/"
        if any(scope.plan.ids[j].startswith(inside) for j in scope.plan.depends(halt.i)):
            return False
        debug.entered.add(entry)
        return True

    def holds_after(
        self, live: Live, scope: Scope, i: int, outputs: Mapping[str, Any], ready: evolve.Ready
    ) -> bool:
        """Whether a task that has its outputs is held, or may be, and with it what follows."""
        debug = self.attach(live)
        halt = Halt(live, scope, i, "after", partial(self._follow, scope, ready), outputs)
        if (stop := debug.overspent.pop(halt.task, None)) is not None:
            self._hold(halt, "breakpoint", stop)
            return True
        return self._meets(halt, debug.points.at(block_of(halt.task), "after"))

    def holds_error(
        self, live: Live, scope: Scope, i: int, attempt: int, failure: Failure, outcome: str
    ) -> bool:
        """Whether a task that is about to fail is held, or may be."""
        debug = self.attach(live)
        if i in scope.plan.bodies and failure.cause is not None:
            return False  # what failed is inside it, and had its chance there
        go = partial(self._shell.fail, scope, i, attempt, failure, outcome)
        halt = Halt(live, scope, i, "error", go, {}, failure, attempt)
        if (stop := debug.overspent.pop(halt.task, None)) is not None:
            self._hold(halt, "breakpoint", stop)
            return True
        met = debug.points.at(block_of(halt.task), "error")
        if any(point.uncaught for point in met) and _is_caught(scope, outcome):
            met = [point for point in met if not point.uncaught]
        return self._meets(halt, met)

    def spent(self, live: Live, task: str) -> None:
        """A task used something up: once a budget is exceeded, the run stops."""
        debug, run = live.debug, live.run
        if debug is None or not debug.points.budgets:
            return
        point = debug.points.exceeded(run.tokens, run.cost)
        if point is not None:
            note = f"The run has used {run.tokens:,} tokens and ${run.cost:.4f} so far."
            debug.overspent[task] = Stop(point, note)
            self._pause(live)

    def _follow(self, scope: Scope, ready: evolve.Ready) -> None:
        self._scopes.follow(scope, evolve.looked_at_again(ready))

    # Breakpoints that are met.

    def _meets(self, halt: Halt, met: Sequence[Breakpoint]) -> bool:
        """Whether a task stops at breakpoints, or may: then it waits until that is known."""
        if not met:
            return False
        points, names = self.attach(halt.live).points, halt.names()
        met = [point for point in met if not point.port or point.port in names]
        if any(not points.is_plain(point) for point in met):
            self._think(halt, met, names)
            return True
        for point in met:
            if (stop := points.stops_plainly(point, names.get(point.port))) is not None:
                self._hold(halt, "breakpoint", stop)
                return True
        return False

    def _think(self, halt: Halt, met: Sequence[Breakpoint], names: Mapping[str, Any]) -> None:
        """Work out whether a task stops, in the sandbox; it waits meanwhile."""
        self.attach(halt.live).considering.add(halt.task)
        thinking = asyncio.ensure_future(self._consider(halt, met, names))
        self._thinking.add(thinking)
        thinking.add_done_callback(self._thinking.discard)

    async def _consider(
        self, halt: Halt, met: Sequence[Breakpoint], names: Mapping[str, Any]
    ) -> None:
        live, debug = halt.live, self.attach(halt.live)
        stopped = None
        for point in met:
            value = names.get(point.port)
            seen = {**names, "value": value} if point.port else names
            stop = await debug.points.stops(point, seen, value, live.surroundings.evaluate)
            if stop and stop.message:
                told = live.cleaned(stop.message)
                self._queue.tell(live.run, TaskLogged, halt.task, point.id, told)
            elif stop:
                stopped = stop
                break
        debug.considering.discard(halt.task)
        if halt.scope.closed or live.run.ended:
            return
        if stopped:
            self._hold(halt, "breakpoint", stopped)
        elif halt.phase == "before":
            debug.considered.add(halt.task)
            self._shell.start(halt.scope, halt.i)
        else:
            halt.go()
        self._queue.kick()

    # Holding and letting go.

    def _hold(self, halt: Halt, reason: Reason, stop: Stop | None = None) -> None:
        """Keep a task where it is until a person says how it goes on."""
        live, debug = halt.live, self.attach(halt.live)
        if stop is not None and stop.point.whole:
            self._pause(live)
        if live.run.paused:
            self.steps.end(live)
        debug.held[halt.task] = Held(halt.scope, halt.i, halt.phase, halt.go)
        point, note = (stop.point.id, live.cleaned(stop.note)) if stop else ("", "")
        self._queue.tell(
            live.run, TaskHeld, halt.task, halt.phase, reason, point, note,
            halt.failure, halt.attempt,
        )  # fmt: skip
        self._queue.flush(live.run)

    def _take_up(self, live: Live, scope: Scope, i: int) -> None:
        """Hold a task again that was held when an earlier runtime died."""
        task = scope.prefix + scope.plan.ids[i]
        event = live.run.held[task]
        go = partial(self._begin, live, scope, i)
        if event.phase == "error" and event.failure is not None:
            live.run.interrupted.discard(task)
            go = partial(
                self._shell.fail, scope, i, event.attempt, event.failure,
                scope.plan.settings[i].on_error,
            )  # fmt: skip
        self.attach(live).held[task] = Held(scope, i, event.phase, go)

    def restore(self, live: Live) -> None:
        """Hold what was held after it had finished, when an earlier runtime died."""
        debug = self.attach(live)
        for task, event in live.run.held.items():
            if event.phase == "after":
                scope, i = live.run.locate(task)
                go = partial(self._follow, scope, [])
                debug.held[task] = Held(scope, i, "after", go)
                self._pause(live)  # what follows is not held by itself

    def pause(self, live: Live) -> None:
        """Start nothing new in a run."""
        self.attach(live)
        self._pause(live)

    def hold_branch(self, live: Live, place: str) -> None:
        """Hold what comes to the block of a place, and let the rest go on."""
        self.attach(live).awaited[place] = "pause"
        look_closely(live)

    def _pause(self, live: Live) -> None:
        if not live.run.paused:
            self._queue.tell(live.run, RunPaused)
            look_closely(live)

    def go_on(self, live: Live, *, until: str = "") -> None:
        """Let a run go on, and all that is held in it; to a place, if one is given."""
        debug, run = self.attach(live), live.run
        self.steps.end(live)
        debug.awaited, debug.until = {}, until
        held, debug.held = list(debug.held.items()), {}
        if run.paused:
            self._queue.tell(run, RunContinued)
        else:
            for task, _ in held:
                self._queue.tell(run, TaskReleased, task)
        look_closely(live)
        live.told_stalled = False
        parked, live.parked = live.parked, []
        for _, one in held:
            one.go()
        self._queue.push(parked)

    def release(self, live: Live, task: str) -> None:
        """Let one held task go on. Raises KeyError when it isn't held."""
        held = self.attach(live).held.pop(task)
        self._queue.tell(live.run, TaskReleased, task)
        live.told_stalled = False
        held.go()
        self._queue.kick()

    def again(self, live: Live, task: str, held: Held) -> None:
        """Make a new attempt at a task that was held as it failed."""
        if live.run.paused:
            self.steps.walk(live, Step(only=task))
        self._begin(live, held.scope, held.i)

    def drop(self, live: Live, task: str) -> Held:
        """Hold a task no more, without letting it go on. Raises KeyError."""
        held = self.attach(live).held.pop(task)
        self._queue.tell(live.run, TaskReleased, task)
        live.told_stalled = False
        return held

    # Steps.

    def step(self, live: Live, task: str, step: Step, *, branch: bool = True) -> None:
        """Let a task go on as far as the step says, or with all that follows in its `branch`."""
        debug = self.attach(live)
        if not live.run.paused:
            if branch:
                self._hold_what_follows(live, task, step)
            self.release(live, task)
            return
        self.steps.walk(live, step)
        if task in debug.held:
            self.release(live, task)

    def _hold_what_follows(self, live: Live, task: str, step: Step) -> None:
        """Step in one branch while the others run: what follows the task is held."""
        debug = self.attach(live)
        held = debug.held[task]
        plan, prefix = held.scope.plan, held.scope.prefix
        debug.awaited.update((prefix + plan.ids[j], "step") for j in plan.dependents[held.i])
        if step.into:
            for body in plan.bodies.get(held.i, {}).values():
                place = block_of(task)
                debug.awaited.update((f"{place}/{id}", "step") for id in body.ids)
        look_closely(live)


def _is_caught(scope: Scope, outcome: str) -> bool:
    """Whether the flow goes on after an error that is about to be raised in a scope."""
    if outcome != "stop":
        return True
    if scope.parent is None:
        return False
    around, _, label = scope.address.rpartition("[")
    outer, i = scope.run.locate(around)
    if outer.plan.specs[i].kind == TRY and label == "try]":
        return True
    return _is_caught(outer, outer.plan.settings[i].on_error)
