"""What an event means for the state of a run. Live and from a journal alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from graph.compile.bind import SKIPPED
from graph.compile.plan import Plan
from runtime.engine.state import DONE, FAILED, LEFT_OUT, RUNNING, WAITING, Run, Scope
from runtime.events import (
    AnyEvent,
    BreakpointsSet,
    Failure,
    FaultInjected,
    FaultsSet,
    InputsChanged,
    OutputsChanged,
    ReplayDiverged,
    RunCancelled,
    RunCancelling,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunRewound,
    RunStalled,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskLogged,
    TaskProgressed,
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskSpent,
    TaskStarted,
    TaskStreamed,
    TaskTraced,
    WheelTaken,
)

Ready = list[tuple[Scope, int]]
"""Tasks whose links are all settled, in order. `~i` stands for a task i to be left out."""


def evolve(run: Run, event: AnyEvent) -> Ready:  # noqa: C901  (a closed union is one match)
    """Fold one event into a run and tell which tasks became ready by it.

    Costs O(links of the event's task). Raises KeyError for a task the run doesn't have.
    """
    run.seq = event.seq
    match event:
        case TaskFinished() | TaskReused():
            scope, i = run.locate(event.task)
            return finish(scope, i, event.outputs)
        case TaskSkipped():
            scope, i = run.locate(event.task)
            return leave_out(scope, i)
        case TaskStarted():
            start(*run.locate(event.task), event)
        case TaskRetried():
            first = run.attempts.get(event.task, (0, event.at))[1]
            run.attempts[event.task] = (event.attempt + 1, first)
            scope, i = run.locate(event.task)
            scope.status[i] = WAITING
        case TaskFailed():
            scope, i = run.locate(event.task)
            return fail(scope, i, event)
        case TaskDoubted():
            run.doubted.add(event.task)
        case TaskAsked() | TaskAnswered():
            _ask(run, event)
        case ScopeOpened():
            open_scope(run, event.scope, event.body)
        case ScopeClosed():
            close_scope(run, run.scopes[event.scope], event.failure)
        case RunStarted():
            return preset(run.root, event.inputs)
        case RunPaused():
            run.paused = True
        case RunContinued():
            run.paused = False
            run.held.clear()
        case RunSucceeded() | RunFailed() | RunCancelled():
            run.ended = True
        case RunCancelling():
            run.cancelling = event.reason
        case RunRecovered():
            run.wheel = ""  # whoever steered an earlier runtime has to take it again
        case RunStalled() | RunInterrupted() | ReplayDiverged():
            pass
        case TaskStreamed() | TaskProgressed() | TaskTraced() | TaskLogged() | FaultInjected():
            pass
        case _:
            _steer(run, event)
    return []


def _ask(run: Run, event: TaskAsked | TaskAnswered) -> None:
    """A question to people is open, or has its answer."""
    key = (event.task, event.label)
    match event:
        case TaskAsked():
            run.asked[key] = event
        case TaskAnswered():
            run.asked.pop(key, None)
            run.answered[key] = event
        case _:
            assert_never(event)


def _steer(
    run: Run,
    event: BreakpointsSet
    | FaultsSet
    | WheelTaken
    | TaskHeld
    | TaskReleased
    | InputsChanged
    | OutputsChanged
    | RunRewound
    | TaskSpent,
) -> None:
    """What a person who debugs a run did to it, and what it spent."""
    match event:
        case TaskHeld():
            run.held[event.task] = event
        case TaskReleased():
            run.held.pop(event.task, None)
            run.original.pop(event.task, None)
        case InputsChanged():
            run.changed[event.task] = event.values
        case OutputsChanged():
            _replace(run, event)
        case BreakpointsSet():
            run.breakpoints = event.breakpoints
        case FaultsSet():
            run.faults = event.faults
        case WheelTaken():
            run.wheel = event.client
        case TaskSpent():
            run.tokens += event.tokens
            run.cost += event.cost
        case RunRewound():
            run.paused = True
        case _:
            assert_never(event)


def _replace(run: Run, event: OutputsChanged) -> None:
    """Put other outputs in the place of those a task gave."""
    scope, i = run.locate(event.task)
    run.original.setdefault(event.task, scope.outputs(i))
    slot = scope.plan.first_slot[i]
    for offset, name in enumerate(scope.plan.outputs[i]):
        scope.values[slot + offset] = event.outputs.get(name, SKIPPED)


def rebuilt(plan: Plan, events: Sequence[AnyEvent]) -> Run:
    """The state of a run after its events."""
    began = events[0]
    assert isinstance(began, RunStarted), "a run's first event says how it began"
    run = Run(began, plan)
    for event in events:
        evolve(run, event)
    return run


def preset(scope: Scope, inputs: Mapping[str, Any]) -> Ready:
    """Give a scope its inputs; the tasks that need nothing else are ready."""
    plan, ready = scope.plan, Ready()
    scope.preset = True
    presets = {given.task for given in plan.inputs.values()}
    for i, waiting in enumerate(scope.waiting):
        if not waiting and i not in presets and scope.status[i] == WAITING:
            ready.append((scope, i))
    for name, given in plan.inputs.items():
        scope.values[plan.first_slot[given.task]] = inputs.get(name, given.default)
        scope.status[given.task] = DONE
        scope.left -= 1
        settle(scope, given.task, ready)
    return ready


def start(scope: Scope, i: int, event: TaskStarted) -> None:
    """An attempt at a task has begun."""
    attempts = scope.run.attempts
    first = attempts[event.task][1] if event.task in attempts else event.at
    attempts[event.task] = (event.attempt, first)
    scope.status[i] = RUNNING


def finish_one(scope: Scope, i: int, value: Any, ready: Ready) -> None:
    """What `finish` does, for a task run on the spot that has a single output and a value.

    Every block of a fast run passes here, so it does nothing that such a task can't need.
    """
    scope.values[scope.plan.first_slot[i]] = value
    scope.status[i] = DONE
    scope.left -= 1
    settle(scope, i, ready)


def finish(scope: Scope, i: int, outputs: Mapping[str, Any]) -> Ready:
    """A task has these outputs; a port that isn't among them got no value."""
    names, slot = scope.plan.outputs[i], scope.plan.first_slot[i]
    if len(outputs) != len(names):
        scope.simple = False
    for name in names:
        scope.values[slot] = outputs.get(name, SKIPPED)
        slot += 1
    _forget(scope, i)
    scope.status[i] = DONE
    scope.left -= 1
    ready = Ready()
    settle(scope, i, ready)
    return ready


def leave_out(scope: Scope, i: int) -> Ready:
    """A task is skipped: none of its outputs gets a value."""
    if scope.run.cancelling is not None and (scope.waiting[i] or not misses(scope, i)):
        scope.run.called_off.add(scope.prefix + scope.plan.ids[i])
    slot = scope.plan.first_slot[i]
    for offset in range(max(1, len(scope.plan.outputs[i]))):
        scope.values[slot + offset] = SKIPPED
    scope.simple = False
    _forget(scope, i)
    scope.status[i] = LEFT_OUT
    scope.left -= 1
    ready = Ready()
    settle(scope, i, ready)
    return ready


def fail(scope: Scope, i: int, event: TaskFailed) -> Ready:
    """A task failed for good: that is the end of its scope, or goes on as its settings say."""
    if scope.run.cancelling is not None:
        scope.run.called_off.add(event.task)
    if event.outcome == "stop":
        _forget(scope, i)
        scope.status[i] = FAILED
        return []
    names = scope.plan.outputs[i]
    if event.outcome == "port":
        return finish(scope, i, {"error": error_record(event.failure)})
    return finish(scope, i, dict.fromkeys(names))


def error_record(failure: Failure) -> dict[str, Any]:
    """A failure as a value on a link."""
    return {
        "type": failure.type,
        "message": failure.message,
        "cure": failure.cure,
        "task": failure.task,
    }


def settle(scope: Scope, i: int, ready: Ready) -> None:
    """Count down the links out of a settled task; those it leads to may become ready."""
    waiting = scope.waiting
    if scope.simple:
        for target in scope.plan.dependents[i]:
            left = waiting[target] - 1
            waiting[target] = left
            if not left:
                ready.append((scope, target))
        return
    status, specs = scope.status, scope.plan.specs
    for target in scope.plan.dependents[i]:
        waiting[target] -= 1
        if status[target] != WAITING:
            continue
        if not waiting[target]:
            ready.append((scope, ~target if misses(scope, target) else target))
        elif specs[target].join == "first" and _came(scope, target):
            # Marked at once, so that the next value doesn't make it ready again.
            status[target] = RUNNING
            ready.append((scope, target))


def misses(scope: Scope, i: int) -> bool:
    """Whether a task whose links are all settled lacks a value it needs."""
    join = scope.plan.specs[i].join
    missing = [scope.values[source.slot] is SKIPPED for source in scope.plan.sources[i]]
    if not missing or join == "regardless":
        return False
    return any(missing) if join == "all" else all(missing)


def _came(scope: Scope, i: int) -> bool:
    """Whether a value is there already for a task that takes the first."""
    return any(scope.values[source.slot] is not SKIPPED for source in scope.plan.sources[i])


def open_scope(run: Run, address: str, body: str) -> Scope:
    """A round of a body begins."""
    task = address.rpartition("[")[0]
    parent, i = run.locate(task)
    scope = Scope(run, parent.plan.bodies[i][body], address, parent)
    run.scopes[address] = scope
    run.rounds.setdefault(task, []).append(address)
    return scope


def close_scope(run: Run, scope: Scope, failure: Failure | None) -> None:
    """A round is over; how it ended is kept until the task whose round it is has settled."""
    run.closed[scope.address] = scope.results() if failure is None else failure
    for inner in run.inside(scope) if failure else [scope]:
        inner.closed = True
        run.scopes.pop(inner.address, None)
    if failure is not None and (run.asked or run.answered):
        _drop_questions(run, lambda task: task.startswith(scope.prefix))


def _forget(scope: Scope, i: int) -> None:
    """Drop what was kept of a task while it was under way."""
    run = scope.run
    if not run.attempts and not run.rounds and not run.doubted and not run.changed:
        return
    task = scope.prefix + scope.plan.ids[i]
    run.changed.pop(task, None)
    run.attempts.pop(task, None)
    if run.asked or run.answered:
        _drop_questions(run, lambda asking: asking == task or asking.startswith(f"{task}["))
    if run.interrupted:
        run.doubted.discard(task)
        run.interrupted.discard(task)
    if not run.rounds:
        return
    for address in run.rounds.pop(task, ()):
        run.closed.pop(address, None)
        run.scopes.pop(address, None)


def _drop_questions(run: Run, of: Callable[[str], bool]) -> None:
    """Let go of what tasks asked that are over: nobody waits for an answer any more."""
    for key in [key for key in run.asked if of(key[0])]:
        del run.asked[key]
    for key in [key for key in run.answered if of(key[0])]:
        del run.answered[key]


def looked_at_again(ready: Ready) -> Ready:
    """The same tasks, left out or not by the values that are there now."""
    tasks = [(scope, i if i >= 0 else ~i) for scope, i in ready]
    return [(scope, ~i if not scope.simple and misses(scope, i) else i) for scope, i in tasks]


def begin_again(scope: Scope) -> Ready:
    """The tasks of a scope rebuilt from a journal that are to be run, some of them again.

    Tasks that were under way are added to the run's `interrupted`.
    """
    scope.simple = False
    plan, ready = scope.plan, Ready()
    presets = {given.task for given in plan.inputs.values()}
    for i, status in enumerate(scope.status):
        if status == RUNNING:
            scope.status[i] = WAITING
            scope.run.interrupted.add(scope.prefix + plan.ids[i])
        if i in presets or scope.status[i] != WAITING:
            continue
        if not scope.waiting[i]:
            ready.append((scope, ~i if misses(scope, i) else i))
        elif plan.specs[i].join == "first" and _came(scope, i):
            scope.status[i] = RUNNING
            ready.append((scope, i))
    return ready
