"""The tasks of a run: a fold that tells all about any one of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from graph.compile.plan import Plan
from graph.compile.ports import INPUT
from graph.errors import BadInput, HeddleError
from graph.paths import MISSING
from graph.values import did_you_mean
from runtime.events import (
    AnyEvent,
    Failure,
    RunCancelled,
    RunContinued,
    RunFailed,
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
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    TaskTraced,
    block_of,
)
from runtime.projections.task_data import Attempt, Field, State, TaskData, Trace
from runtime.recorded import Recorded, scope_of


class NoSuchTask(HeddleError):
    """The run has no such task."""


class _Trail(msgspec.Struct):
    """What is known of a task but its values."""

    state: State = "waiting"
    attempts: list[Attempt] = []
    ended: float | None = None
    failure: Failure | None = None
    held: TaskHeld | None = None
    asked: TaskAsked | None = None
    answers: list[TaskAnswered] = []
    stood: float = 0.0
    traces: list[Trace] = []
    logged: list[str] = []


class Tasks:
    """A fold over a run's events that count (see `history.effective`), in order.

    `plan` is None when the run's flow can't be compiled here; then inputs and fields aren't known.
    """

    def __init__(self, plan: Plan | None) -> None:
        self.recorded = Recorded(plan)
        self._trails: dict[str, _Trail] = {}
        self.rounds: dict[str, list[str]] = {}
        """The scopes of each task that has a body, in the order in which they were opened."""
        self._opened: dict[str, float] = {}
        self._closed: dict[str, float] = {}

    def take(self, events: Iterable[AnyEvent]) -> "Tasks":
        """Fold events in."""
        for event in events:
            self.recorded.take(event)
            self._take(event)
        return self

    def data(self, task: str) -> TaskData:
        """All about a task, its expressions not worked out. Raises NoSuchTask."""
        trail = self._trails.get(task)
        try:
            found = self._given(task) if self.recorded.plans else TaskData(task)
        except KeyError:
            raise self._no_such(task) from None
        if trail is not None:
            self._add_trail(found, trail)
        elif not self.recorded.plans:
            raise self._no_such(task)
        found.outputs = dict(self.recorded.outputs.get(task, {}))
        found.gave = dict(self.recorded.gave.get(task, {}))
        if found.gave == found.outputs:
            found.gave = {}
        return found

    def _no_such(self, task: str) -> NoSuchTask:
        """The error for a task that isn't there, with those it may be as the cure."""
        known = list(self._trails)
        rounds = [name for name in known if block_of(name) == task]
        if rounds:
            few = ", ".join(rounds[:3]) + (", …" if len(rounds) > 3 else "")
            return NoSuchTask(f"{task!r} ran {len(rounds):,} times.", cure=f"Name one: {few}")
        return NoSuchTask(f"The run has no task {task!r}.", cure=did_you_mean(task, known))

    # What happened.

    def _take(self, event: AnyEvent) -> None:
        match event:
            case TaskFinished():
                self._settle(event.task, "finished", event.at, event.started, event.attempt)
            case TaskStarted():
                trail = self._trail(event.task)
                trail.state = "running" if trail.asked is None else "asking"
                trail.attempts.append(Attempt(event.attempt, event.at))
            case TaskReused():
                self._settle(event.task, "reused", event.at)
            case TaskSkipped():
                self._settle(event.task, "skipped", event.at)
            case TaskRetried() | TaskFailed() | TaskDoubted():
                self._trouble(event)
            case RunStarted():
                self._opened[""] = event.at
            case ScopeOpened():
                self._open(event.scope, event.at)
                self._closed.pop(event.scope, None)
            case ScopeClosed():
                self._closed[event.scope] = event.at
            case RunSucceeded() | RunFailed() | RunCancelled():
                self._closed[""] = event.at
                self._release(event.at)
            case RunContinued():
                self._release(event.at)
            case (
                TaskHeld() | TaskReleased() | TaskTraced() | TaskLogged()
                | TaskAsked() | TaskAnswered()
            ):  # fmt: skip
                self._beside(event)
            case _:
                pass

    def _open(self, scope: str, at: float) -> None:
        if scope not in self._opened:
            self.rounds.setdefault(scope.rpartition("[")[0], []).append(scope)
        self._opened[scope] = at

    def prefix(self, blocks_into: str, scope: str = "") -> str:
        """What tasks are addressed by inside these blocks (`orders/each`): `orders/each[3]/`.

        In the round of each loop that `scope` lies in, or else the last.
        """
        prefix = ""
        for block in blocks_into.split("/") if blocks_into else ():
            rounds = self.rounds.get(prefix + block)
            if rounds:
                around = [one for one in rounds if f"{scope}/".startswith(f"{one}/")]
                prefix = f"{(around or rounds)[-1]}/"
            else:
                prefix = f"{prefix}{block}/"
        return prefix

    def blocks_seen_from(self, prefix: str) -> dict[str, str]:
        """The tasks that can be named there: by block, those nearer hiding those further out."""
        found = dict[str, str]()
        while True:
            scope = scope_of(prefix)
            plan = self.recorded.plans.get(scope)
            level = prefix[len(scope) + 1 :] if scope else prefix
            for id in plan.ids if plan is not None else ():
                if id.startswith(level) and "/" not in id[len(level) :]:
                    found.setdefault(id[len(level) :], prefix + id[len(level) :])
            if not prefix:
                return found
            prefix = f"{prefix[:-1].rpartition('/')[0]}/".lstrip("/")

    def port(self, task: str, port: str) -> Any:
        """The value of an output of a task, or of an input; all of them for "". Or MISSING."""
        outputs = self._gave(task)
        if not port:
            return dict(outputs) if outputs else MISSING
        if port in outputs:
            return outputs[port]
        try:
            inputs = self.recorded.came_to(task)
        except KeyError:
            return MISSING
        return {**inputs, **self.recorded.arguments.get(task, {})}.get(port, MISSING)

    def _gave(self, task: str) -> Mapping[str, Any]:
        """The outputs of a task; an input of the flow gives what that was given."""
        plan, i = self.recorded.place_of(task)
        for name, given in plan.inputs.items():
            if given.task == i:
                around = self.recorded.inputs_around(scope_of(task))
                return {plan.outputs[i][0]: around[name]}
        return self.recorded.outputs.get(task, {})

    def _release(self, at: float) -> None:
        """The whole run goes on, or is over: nothing stands any more."""
        for trail in self._trails.values():
            self._let_go(trail, at)

    @staticmethod
    def _let_go(trail: _Trail, at: float) -> None:
        if trail.held is not None:
            trail.stood += max(0.0, at - trail.held.at)
            trail.held = None

    def _beside(
        self,
        event: TaskHeld | TaskReleased | TaskTraced | TaskLogged | TaskAsked | TaskAnswered,
    ) -> None:
        """What doesn't bring the task any further."""
        trail = self._trail(event.task)
        match event:
            case TaskHeld():
                trail.held = event
            case TaskReleased():
                self._let_go(trail, event.at)
            case TaskTraced():
                attempt = trail.attempts[-1].number if trail.attempts else 1
                trail.traces.append(Trace(event.kind, event.at, attempt, event.detail))
            case TaskLogged():
                trail.logged.append(event.message)
            case TaskAsked():
                trail.state, trail.asked = "asking", event
            case TaskAnswered():
                trail.state, trail.asked = "running", None
                trail.answers.append(event)

    def _trouble(self, event: TaskRetried | TaskFailed | TaskDoubted) -> None:
        trail = self._trail(event.task)
        match event:
            case TaskRetried():
                attempt = self._end(trail, event.attempt, event.at)
                attempt.failure, attempt.wait = event.failure, event.wait
                trail.state = "retrying"
            case TaskFailed():
                state: State = "failed" if event.outcome == "stop" else "caught"
                self._settle(event.task, state, event.at, None, event.attempt)
                trail.failure = trail.attempts[-1].failure = event.failure
            case TaskDoubted():
                trail.state = "doubted"

    def _trail(self, task: str) -> _Trail:
        trail = self._trails.get(task)
        if trail is None:
            trail = self._trails[task] = _Trail()
        return trail

    def _settle(
        self, task: str, state: State, at: float, began: float | None = None, attempt: int = 0
    ) -> None:
        trail = self._trail(task)
        trail.state, trail.ended, trail.asked = state, at, None
        if attempt:
            self._end(trail, attempt, at, began)

    def _end(self, trail: _Trail, number: int, at: float, began: float | None = None) -> Attempt:
        """Close an attempt; one on the spot never said that it had begun."""
        last = trail.attempts[-1] if trail.attempts else None
        if last is None or last.ended is not None:
            if began is None:
                began = at if last is None or last.ended is None else last.ended + last.wait
            last = Attempt(number, min(began, at))
            trail.attempts.append(last)
        last.ended = at
        return last

    # What is told of it.

    def _given(self, task: str) -> TaskData:
        plan, i = self.recorded.place_of(task)
        found = TaskData(task, plan.specs[i].kind)
        try:
            found.inputs = self.recorded.inputs_of(task)
        except BadInput as error:
            found.inputs, found.trouble = self.recorded.came_to(task), str(error)
        for source in plan.sources[i]:
            if source.parameter in found.inputs:
                found.sources[source.parameter] = _named(plan, source.slot)
        found.fields = dict(_fields(plan, i))
        _change(found, self.recorded.arguments.get(task, {}))
        found.ready = self._ready(task, plan, i)
        return found

    def _ready(self, task: str, plan: Plan, i: int) -> float | None:
        scope = scope_of(task)
        prefix = f"{scope}/" if scope else ""
        times = [self._opened.get(scope)]
        for j in plan.depends(i):
            if plan.specs[j].kind != INPUT:
                before = self._trails.get(prefix + plan.ids[j])
                times.append(before.ended if before else None)
        return max((time for time in times if time is not None), default=None)

    def _add_trail(self, found: TaskData, trail: _Trail) -> None:
        found.state, found.failure, found.ended = trail.state, trail.failure, trail.ended
        found.held, found.stood = trail.held, trail.stood
        found.asked, found.answers = trail.asked, list(trail.answers)
        found.traces, found.logged = list(trail.traces), list(trail.logged)
        found.attempts = [msgspec.structs.replace(attempt) for attempt in trail.attempts]
        found.began = found.attempts[0].began if found.attempts else trail.ended
        gone = self._gone(found.task) if trail.ended is None else None
        if gone is not None:
            found.state, found.ended, found.asked = "cancelled", gone, None
            if found.attempts and found.attempts[-1].ended is None:
                found.attempts[-1].ended = gone

    def _gone(self, task: str) -> float | None:
        """When a scope around the task was over, None while all go on."""
        scope = scope_of(task)
        while True:
            if scope in self._closed:
                return self._closed[scope]
            if not scope:
                return None
            scope = scope_of(scope.rpartition("[")[0])


def _change(found: TaskData, arguments: Mapping[str, Any]) -> None:
    """Put what somebody gave the task in the place of its own."""
    for name, value in arguments.items():
        field = found.fields.get(name)
        if field is None:
            found.came[name] = found.inputs.get(name)
            found.inputs[name] = value
        elif field.expression or field.value != value:
            was = field.expression or field.value
            found.fields[name] = Field(value, "changed", was=was)


def _named(plan: Plan, slot: int) -> str:
    """The port whose value a slot holds: `parse.items`."""
    owner = plan.owner(slot)
    return f"{plan.ids[owner]}.{plan.outputs[owner][slot - plan.first_slot[owner]]}"


def _fields(plan: Plan, i: int) -> Iterable[tuple[str, Field]]:
    """What no link fills, in the order of the block's parameters, then what is its own."""
    linked = {source.parameter for source in plan.sources[i]}
    fields: Mapping[str, Any] = plan.fields[i]
    expressions = plan.expressions.get(i, {})
    known = [parameter.name for parameter in plan.specs[i].parameters]
    defaults = {p.name: p.default for p in plan.specs[i].parameters if not p.required}
    for name in dict.fromkeys((*known, *fields, *expressions)):
        if name in linked:
            continue
        if name in expressions:
            yield name, Field(None, "expression", expressions[name])
        elif name in fields:
            yield name, Field(fields[name])
        elif name in defaults:
            yield name, Field(msgspec.to_builtins(defaults[name]), "default")
