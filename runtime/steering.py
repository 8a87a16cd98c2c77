"""What a person who debugs a run may do to it, checked and carried out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from graph.compile.plan import Plan
from graph.errors import HeddleError
from graph.values import did_you_mean, mismatch
from runtime.breakpoints import Breakpoint
from runtime.commands import (
    ChangeInputs,
    ChangeOutputs,
    ContinueRun,
    PauseRun,
    RetryTask,
    RewindRun,
    SkipTask,
    StepRun,
)
from runtime.engine.debug import Debug, Held, Step
from runtime.engine.evolve import rebuilt
from runtime.engine.executor import Executor
from runtime.engine.live import Live
from runtime.engine.replay import Recording
from runtime.engine.state import Run
from runtime.events import (
    AnyEvent,
    InputsChanged,
    OutputsChanged,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskRetried,
    TaskReused,
    TaskStarted,
    WheelTaken,
    block_of,
)
from runtime.history import effective
from runtime.journal.contract import Journal
from runtime.recorded import scope_of

Steered = (
    PauseRun | ContinueRun | StepRun | RewindRun | ChangeInputs | ChangeOutputs | SkipTask
    | RetryTask
)  # fmt: skip

DONE = (TaskFinished, TaskReused, TaskFailed)
"""After one of these a task is done, so that a step back can undo it."""


class NotPossible(HeddleError):
    """The command makes no sense in the state things are in."""


class NotYourWheel(NotPossible):
    """Somebody else steers the run."""


class WrongValue(HeddleError):
    """A value that was given doesn't suit the place it was given for."""


class Steering:
    """Carries out what steers a run. `earlier` gives the recording that a run repeats, if any."""

    def __init__(
        self,
        executor: Executor,
        journal: Journal,
        earlier: Callable[[Run], Awaitable[Recording | None]],
    ) -> None:
        self._executor = executor
        self._debugger = executor.debugger
        self._journal = journal
        self._earlier = earlier

    async def obey(self, live: Live, command: Steered) -> None:
        """Do what a command says. Raises NotPossible, WrongValue."""
        self.take_wheel(live, command.client)
        match command:
            case PauseRun():
                self._pause(live, command)
            case ContinueRun():
                self._go_on(live, command)
            case StepRun(kind="back"):
                await self._step_back(live)
            case StepRun():
                self._step(live, command)
            case RewindRun():
                await self._rewind(live, command.to)
            case ChangeInputs():
                self._change_inputs(live, command)
            case ChangeOutputs():
                self._change_outputs(live, command)
            case SkipTask():
                self._skip(live, command)
            case RetryTask():
                await self._retry(live, command.task)

    def prepare(
        self, live: Live, breakpoints: Sequence[Breakpoint], faults: Sequence[Any],
        *, paused: bool, client: str,
    ) -> None:  # fmt: skip
        """Have a run debugged that begins. Raises BadBreakpoint."""
        if client:
            self._executor.tell(live.run, WheelTaken, client)
        if breakpoints:
            self._debugger.set_breakpoints(live, breakpoints)
        if faults:
            self._debugger.set_faults(live, faults)
        if paused:
            self._debugger.pause(live)
            self._debugger.steps.seek(live)

    # The wheel.

    def take_wheel(self, live: Live, client: str, *, anyhow: bool = False) -> None:
        """Let a client steer the run. Raises NotYourWheel when another does, unless `anyhow`."""
        holder = live.run.wheel
        if holder == client:
            return
        if holder and not anyhow:
            raise NotYourWheel(
                f"{holder} steers the run {live.run.id}.", cure="Take the wheel first, or watch."
            )
        self._executor.tell(live.run, WheelTaken, client)

    # Going on and standing still.

    def _pause(self, live: Live, command: PauseRun) -> None:
        if command.block:
            _plan_of(live.run, command.block)
            self._debugger.hold_branch(live, command.block)
        elif command.client:
            self._debugger.pause(live)
            self._debugger.steps.seek(live)
        else:
            self._executor.pause(live)

    def _go_on(self, live: Live, command: ContinueRun) -> None:
        if command.task:
            self._held(live, command.task)
            self._debugger.step(live, command.task, Step(only=command.task), branch=False)
            return
        if command.until:
            _plan_of(live.run, command.until)
        self._executor.unpause(live, until=command.until)

    def _step(self, live: Live, command: StepRun) -> None:
        debug = self._debugger.attach(live)
        task = command.task or _current(live, debug)
        held = debug.held.get(task)
        if held is None and not live.run.paused:
            raise NotPossible(
                f"The run {live.run.id} doesn't stand still.", cure="Pause it, or set a breakpoint."
            )
        if not task:
            self._debugger.steps.seek(live)
            return
        step = _step_of(command, task)
        if step is None:
            self._executor.unpause(live)
            return
        self._debugger.step(live, task, step)

    # Going back.

    async def _step_back(self, live: Live) -> None:
        self._must_stand_still(live)
        await self._executor.drained()
        events = effective(await self._journal.read(live.run.id))
        failing = next((t for t, held in live.run.held.items() if held.phase == "error"), "")
        undone = failing or next((t for t in map(_done, reversed(events)) if t), "")
        if not undone:
            raise NotPossible("Nothing was done yet that could be undone.")
        again = await self._back_before(live, undone, events)
        self._debugger.steps.seek(again, stand=undone)

    async def _back_before(self, live: Live, task: str, events: Sequence[AnyEvent]) -> Live:
        """Go back to before a task began."""
        about = [e for e in events if isinstance(e, (*DONE, TaskStarted, TaskHeld))]
        own = [e for e in about if e.task == task and getattr(e, "phase", "") != "before"]
        began = [e for e in own if isinstance(e, TaskStarted) and e.attempt == 1]
        return await self._rewind(live, (began or own)[0].seq - 1)

    async def _rewind(self, live: Live, to: int) -> Live:
        """Go back to after an event, paused; gives what drives the run now."""
        self._must_stand_still(live)
        if not 0 < to <= live.run.seq:
            raise NotPossible(f"The run {live.run.id} has no event {to}.")
        run, plan, attached = live.run, live.run.root.plan, self._debugger.attach(live)
        await self._executor.left_behind(live, to)
        events = await self._journal.read(run.id)
        recording = self.recording_of(plan, events, await self._earlier(run))
        assert recording is not None, "it went back just now"
        again = self._executor.rewound(live, rebuilt(plan, effective(events)), recording)
        self._debugger.attach(again).points = attached.points
        self._debugger.steps.seek(again)
        return again

    @staticmethod
    def recording_of(
        plan: Plan, events: Sequence[AnyEvent], earlier: Recording | None
    ) -> Recording | None:
        """What a run takes its effects from that went back: what it had done before."""
        if effective(events) is events:
            return earlier
        return Recording(plan, plan, events, "", earlier=earlier, rewound=True)

    def _must_stand_still(self, live: Live) -> None:
        """Raises NotPossible while an effect is under way, which nothing could take back."""
        for scope, tasks in live.under_way.items():
            for i in tasks:
                if scope.plan.specs[i].effect == "write" and i not in scope.plan.bodies:
                    raise NotPossible(
                        f"{scope.prefix}{scope.plan.ids[i]} is changing something outside.",
                        cure="Wait until it is done, then go back.",
                    )

    # Changes.

    def _change_inputs(self, live: Live, command: ChangeInputs) -> None:
        held = self._held(live, command.task)
        if held.phase == "after":
            raise NotPossible(
                f"{command.task} is done.", cure="Change its outputs, or step back first."
            )
        _check(held, command.values)
        values = live.cleaned(dict(command.values))
        self._executor.tell(live.run, InputsChanged, command.task, values)

    def _change_outputs(self, live: Live, command: ChangeOutputs) -> None:
        held = self._held(live, command.task)
        if held.phase != "after":
            raise NotPossible(
                f"{command.task} has no outputs yet.",
                cure="Step over it first, or skip it with the outputs it is to have.",
            )
        scope, i = held.scope, held.i
        _check_outputs(held, command.outputs)
        own = live.run.original.get(command.task, scope.outputs(i))
        outputs = {**own, **live.cleaned(dict(command.outputs))}
        self._executor.tell(live.run, OutputsChanged, command.task, outputs)

    def _skip(self, live: Live, command: SkipTask) -> None:
        held = self._held(live, command.task)
        if held.phase == "after":
            raise NotPossible(f"{command.task} is done already.", cure="Let it go on.")
        _check_outputs(held, command.outputs)
        self._debugger.drop(live, command.task)
        self._debugger.steps.seek(live)
        self._executor.skip(held.scope, held.i, dict(command.outputs))

    async def _retry(self, live: Live, task: str) -> None:
        held = self._held(live, task)
        if held.phase == "before":
            raise NotPossible(f"{task} hasn't begun yet.", cure="Let it go on.")
        if held.phase == "error":
            event = live.run.held[task]
            self._debugger.drop(live, task)
            self._executor.tell(live.run, TaskRetried, task, event.attempt, event.failure, 0.0)
            self._debugger.again(live, task, held)
            return
        await self._executor.drained()
        events = effective(await self._journal.read(live.run.id))
        again = await self._back_before(live, task, events)
        assert again.recording is not None, "it went back just now"
        again.recording.forget(task)
        self._debugger.steps.walk(again, Step(only=task))

    def _held(self, live: Live, task: str) -> Held:
        debug = self._debugger.attach(live)
        if task not in debug.held:
            raise NotPossible(
                f"{task!r} isn't held in the run {live.run.id}.",
                cure=did_you_mean(task, debug.held) or "Set a breakpoint there, or step to it.",
            )
        return debug.held[task]


def _current(live: Live, debug: Debug) -> str:
    """The task a step is about that names none: held last, or else next in a paused run."""
    if debug.held:
        return next(reversed(debug.held))
    parked = next(((scope, i) for scope, i in live.parked if i >= 0), None)
    return parked[0].prefix + parked[0].plan.ids[parked[1]] if parked else ""


def _step_of(command: StepRun, task: str) -> Step | None:
    """How far a step goes; None for out of the run, which is to its end."""
    match command.kind:
        case "into":
            return Step(only=task, into=True)
        case "out":
            return _out_of(task)
        case _ if command.block:
            return Step(only=task, within=_inside(task, command.block))
    return Step(only=task)


def _out_of(task: str) -> Step | None:
    """Finish the sub-flow that a task is in, or else the loop; None for one that is in neither."""
    scope = scope_of(task)
    id = task[len(scope) + 1 :] if scope else task
    if "/" in id:
        return Step(only=task, within=task.rpartition("/")[0] + "/")
    if scope:
        loop = scope.rpartition("[")[0]
        return Step(only=loop, within=f"{loop}[")
    return None


def _inside(task: str, block: str) -> str:
    """The beginning of the addresses of a sub-flow's tasks, in the same round as the task."""
    scope = scope_of(task)
    prefix = f"{scope}/" if scope else ""
    place = block.removeprefix(block_of(prefix))
    return f"{prefix}{place}/"


def _done(event: AnyEvent) -> str:
    """The task that was done by an event, "" when none was."""
    return event.task if isinstance(event, DONE) else ""


def _plan_of(run: Run, place: str) -> None:
    """Raises NotPossible when no block is at the place."""
    plan = run.root.plan
    if not _leads(plan, place):
        cure = did_you_mean(place, plan.ids)
        raise NotPossible(f"There is no block {place!r} in the flow of this run.", cure=cure)


def _leads(plan: Plan, place: str) -> bool:
    if place in plan.index or any(id.startswith(f"{place}/") for id in plan.ids):
        return True
    for i, bodies in plan.bodies.items():
        rest = place.removeprefix(f"{plan.ids[i]}/")
        if rest != place and any(_leads(inner, rest) for inner in bodies.values()):
            return True
    return False


def _check(held: Held, values: Mapping[str, Any]) -> None:
    """Raises WrongValue for an argument that the task's block doesn't take."""
    plan, i = held.scope.plan, held.i
    spec = plan.specs[i]
    known = [parameter.name for parameter in spec.parameters]
    linked = {source.parameter for source in plan.sources[i]}
    for name, value in values.items():
        parameter = spec.parameter(name)
        if parameter is None:
            if spec.open_inputs or name in linked:
                continue
            cure = did_you_mean(name, known)
            raise WrongValue(f"{plan.ids[i]} has no input {name!r}.", cure=cure)
        if reason := mismatch(parameter.type, value):
            raise WrongValue(f"The input {name!r} of {plan.ids[i]} {reason}.")


def _check_outputs(held: Held, outputs: Mapping[str, Any]) -> None:
    plan, i = held.scope.plan, held.i
    for name, value in outputs.items():
        if name not in plan.outputs[i]:
            cure = did_you_mean(name, plan.outputs[i])
            raise WrongValue(f"{plan.ids[i]} has no output {name!r}.", cure=cure)
        output = plan.specs[i].output(name)
        if output is not None and (reason := mismatch(output.type, value)):
            raise WrongValue(f"The output {name!r} of {plan.ids[i]} {reason}.")
