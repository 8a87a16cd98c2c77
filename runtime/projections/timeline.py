"""A run over time: when each task began and ended, and when it got nowhere meanwhile."""

from array import array
from collections.abc import Iterable
from math import isnan, nan
from typing import Literal, NamedTuple

from runtime.events import (
    ENDINGS,
    AnyEvent,
    Failure,
    RunContinued,
    RunPaused,
    RunRecovered,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    block_of,
)

State = Literal[
    "running", "finished", "reused", "skipped", "failed", "caught", "cancelled", "doubted"
]
STATES: tuple[State, ...] = (
    "running", "finished", "reused", "skipped", "failed", "caught", "cancelled", "doubted",
)  # fmt: skip
"""The numbers of states, as they stand in `Timeline.states`."""

_RUNNING, _FINISHED, _REUSED, _SKIPPED, _FAILED, _CAUGHT, _CANCELLED, _DOUBTED = range(8)

Kind = Literal["tried", "wait", "doubt", "asked", "held", "gone"]


class Part(NamedTuple):
    """A part of a bar in which its task got nowhere, in seconds since the epoch.

    tried: an attempt that failed; wait: until the next attempt; doubt: for a person's word;
    asked: for a person's answer; held: while somebody debugged it; gone: no runtime drove the
    run. `until` is NaN as long as it lasts.
    """

    task: int
    kind: Kind
    since: float
    until: float = nan
    why: str = ""


class Timeline:
    """`take` the effective events of a run as they come; tasks have numbers, in columns.

    Times are seconds since the epoch; that of the end is NaN while a task is under way.
    """

    def __init__(self) -> None:
        self.began = 0.0
        self.seen = 0.0
        self.is_over = False
        self.tasks: list[str] = []
        self.numbers: dict[str, int] = {}
        self.blocks: list[str] = []
        """By number of the block: its address."""
        self.block_of = array("I")
        """By task: the number of its block."""
        self.starts = array("d")
        self.ends = array("d")
        self.states = array("B")
        self.attempts = array("H")
        self.parts: list[Part] = []
        self.failures: dict[int, Failure] = {}
        self.pauses: list[tuple[float, float]] = []
        """When the run was paused, from and until; until NaN while it is."""
        self.opened: dict[str, float] = {}
        """When each round began, by scope: `each[3]`."""
        self.closed: dict[str, tuple[array[float], list[str]]] = {}
        """By loop, the task: when its rounds ended, in that order, and their scopes."""
        self.last_in: dict[str, int] = {}
        """By scope, "" for that of the run: the task in it that ended last."""
        self._block_numbers: dict[str, int] = {}
        self._under_way: dict[int, float] = {}
        """Since when the attempt lasts."""
        self._asked: dict[int, TaskAsked] = {}
        self._open_parts: dict[int, int] = {}

    def take(self, events: Iterable[AnyEvent]) -> None:
        """Go on with what happened next."""
        for event in events:
            match event:
                case TaskFinished():
                    task = self._task(event.task, event.started)
                    self.attempts[task] = event.attempt
                    self._part_over(task, event.started)
                    self._end(task, event.at, _FINISHED)
                case TaskStarted():
                    self._start(event)
                case TaskReused():
                    self._end(self._task(event.task, event.at), event.at, _REUSED)
                case TaskSkipped():
                    self._end(self._task(event.task, event.at), event.at, _SKIPPED)
                case TaskRetried() | TaskFailed() | TaskDoubted() | TaskHeld() | TaskReleased():
                    self._trouble(event)
                case TaskAsked() | TaskAnswered():
                    self._ask(event)
                case ScopeOpened():
                    self.opened[event.scope] = event.at
                case ScopeClosed():
                    self._close(event)
                case _:
                    self._turn(event)
            self.seen = max(self.seen, event.at)

    def end_of(self, task: int) -> float:
        """When it ended, or how far it is known."""
        ended = self.ends[task]
        return self.seen if isnan(ended) else ended

    def _turn(self, event: AnyEvent) -> None:
        """Something happened to the run as a whole."""
        match event:
            case RunStarted():
                self.began = self.seen = event.at
            case RunPaused():
                self.pauses.append((event.at, nan))
            case RunContinued() if self.pauses:
                self.pauses[-1] = (self.pauses[-1][0], event.at)
            case RunRecovered():
                for task in self._under_way:
                    self._part(task, "gone", self.seen)
            case _ if isinstance(event, ENDINGS):
                self._leave("", event.at)
                self.is_over = True

    def _task(self, name: str, began: float) -> int:
        """The number of a task, which is a new one when it hasn't come up."""
        task = self.numbers.get(name)
        if task is not None:
            return task
        task = self.numbers[name] = len(self.tasks)
        block = block_of(name) if "[" in name else name
        number = self._block_numbers.setdefault(block, len(self.blocks))
        if number == len(self.blocks):
            self.blocks.append(block)
        self.tasks.append(name)
        self.block_of.append(number)
        self.starts.append(began)
        self.ends.append(nan)
        self.states.append(_RUNNING)
        self.attempts.append(1)
        self._under_way[task] = began
        return task

    def _start(self, event: TaskStarted) -> None:
        task = self._task(event.task, event.at)
        self.attempts[task] = event.attempt
        self.states[task] = _RUNNING
        self.ends[task] = nan
        self._under_way[task] = event.at
        self._part_over(task, event.at)
        if task in self._asked:  # it did so before its runtime ended, and goes on waiting
            self._part(task, "asked", event.at, self._asked[task].question.get("title", ""))

    def _end(self, task: int, at: float, state: int) -> None:
        self.ends[task] = at
        self.states[task] = state
        self._under_way.pop(task, None)
        self._asked.pop(task, None)
        self._part_over(task, at)
        name = self.tasks[task]
        self.last_in[scope_of(name) if "[" in name else ""] = task

    def _trouble(
        self, event: TaskRetried | TaskFailed | TaskDoubted | TaskHeld | TaskReleased
    ) -> None:
        task = self._task(event.task, event.at)
        match event:
            case TaskRetried():
                since = self._under_way.get(task, event.at)
                self._part_over(task, since)
                self.parts.append(Part(task, "tried", since, event.at, event.failure.message))
                self._part(task, "wait", event.at)
            case TaskFailed():
                self.attempts[task] = event.attempt
                self.failures[task] = event.failure
                self._end(task, event.at, _FAILED if event.outcome == "stop" else _CAUGHT)
            case TaskDoubted():
                self.states[task] = _DOUBTED
                self._part(task, "doubt", event.at)
            case TaskHeld():
                self._part(task, "held", event.at)
            case TaskReleased():
                self._part_over(task, event.at)

    def _ask(self, event: TaskAsked | TaskAnswered) -> None:
        task = self._task(event.task, event.at)
        match event:
            case TaskAsked():
                self._asked[task] = event
                self._part(task, "asked", event.at, event.question.get("title", ""))
            case TaskAnswered():
                self._asked.pop(task, None)
                self._part_over(task, event.at)

    def _close(self, event: ScopeClosed) -> None:
        times, scopes = self.closed.setdefault(loop_of(event.scope), (array("d"), []))
        times.append(event.at)
        scopes.append(event.scope)
        if event.failure is not None:
            self._leave(f"{event.scope}/", event.at)

    def _leave(self, prefix: str, at: float) -> None:
        for task in [task for task in self._under_way if self.tasks[task].startswith(prefix)]:
            self._end(task, at, _CANCELLED)

    def _part(self, task: int, kind: Kind, since: float, why: str = "") -> None:
        """From then on it gets nowhere."""
        self._part_over(task, since)
        self._open_parts[task] = len(self.parts)
        self.parts.append(Part(task, kind, since, why=why))

    def _part_over(self, task: int, at: float) -> None:
        if (number := self._open_parts.pop(task, None)) is not None:
            part = self.parts[number]
            self.parts[number] = part._replace(until=max(at, part.since))


def scope_of(task: str) -> str:
    """The round that a task is in (`each[3]`), "" when it is in none."""
    return task[: task.rindex("]") + 1] if "]" in task else ""


def loop_of(scope: str) -> str:
    """The task whose round it is."""
    return scope.rpartition("[")[0]
