"""A run as the studio shows it: the fold of its events, and the values that came out of blocks."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from app.presenters.cures import in_studio
from app.presenters.streams import Streams
from runtime.events import (
    AnyEvent,
    Failure,
    OutputsChanged,
    RunFailed,
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
    block_of,
)
from runtime.projections.block_view import BlockView
from runtime.projections.run_view import RunView

MOST_LOGGED = 1000
"""Messages of breakpoints that are kept: the last ones."""

MOST_ROUNDS = 2000
"""Rounds of a loop, and values of a block inside it, that are kept: the last ones."""


# Looked up by type: this is done a hundred thousand times a second.
_OF_TASKS = frozenset({
    TaskStarted, TaskFinished, TaskReused, TaskSkipped, TaskRetried, TaskFailed, TaskDoubted,
    TaskStreamed, TaskProgressed, TaskHeld, TaskReleased, TaskSpent, OutputsChanged,
    TaskLogged, TaskAsked, TaskAnswered, TaskTraced,
})  # fmt: skip
_GIVING = frozenset({TaskFinished, TaskReused})
_OTHERS = frozenset({
    TaskStarted, TaskStreamed, ScopeOpened, ScopeClosed, OutputsChanged, TaskHeld, TaskLogged,
})  # fmt: skip


class Round(msgspec.Struct):
    """One round of a loop: what it was given, and how it ended."""

    inputs: Mapping[str, Any]
    body: str = ""
    """The flow that it runs, as the loop calls it."""
    is_over: bool = False
    failure: Failure | None = None


TOLD = frozenset({TaskFailed, RunFailed, ScopeClosed})
"""What tells of failures, whose cures are put in the studio's words."""


class LiveRun:
    """`take` events as they come; read `view`, `values` and `streams`, by block address."""

    def __init__(self, run: str = "") -> None:
        self.run = run
        self.view = RunView()
        self.seq = 0
        """Of the last event taken in; events that are live only bear that of the one before."""
        self.values: dict[str, Mapping[str, Any]] = {}
        """The last outputs of each block, by port."""
        self.rounds: dict[str, dict[str, Mapping[str, Any]]] = {}
        """The outputs of blocks inside loops, by block and then by task (`each[3]/inner`)."""
        self.scopes: dict[str, dict[str, Round]] = {}
        """The rounds of each loop, by the loop's address and then by scope (`each[3]`)."""
        self.streams = Streams()
        """What blocks are giving while they still work."""
        self.differing: frozenset[str] = frozenset()
        """The blocks that gave something else than in a run it is compared with."""
        self.parting = ""
        """The first of them."""
        self.counts: dict[str, dict[str, int]] = {}
        """How many values left each port of a block."""
        self.hits: dict[str, int] = {}
        """How often each breakpoint has stopped it, or said something."""
        self.stops = 0
        """How often a task of it was held."""
        self.logged: deque[TaskLogged] = deque(maxlen=MOST_LOGGED)
        """What breakpoints have said."""

    @property
    def now(self) -> float | None:
        """The time at which it is looked at; None is that of the clock."""
        return None

    @property
    def is_over(self) -> bool:
        return self.view.over

    @property
    def goes_on(self) -> bool:
        """Whether more may happen in it."""
        return not self.view.over and self.view.state != "interrupted"

    def block(self, address: str) -> BlockView | None:
        """How a block stands; None before it came up."""
        return self.view.blocks.get(address)

    def doubted(self, address: str = "") -> str:
        """A task that waits for a person's word, of a block or of any; "" when there is none."""
        waiting = (task for task, way in self.view.under_way.items() if way.state == "doubted")
        return next((t for t in waiting if not address or block_of(t) == address), "")

    def outputs(self, address: str, round: str = "") -> Mapping[str, Any]:
        """What came out of a block: last, or in a round of a loop around it (`each[3]`)."""
        if round and address.startswith(f"{block_of(round)}/"):
            tasks = self.rounds.get(address, {})
            exact = tasks.get(round + address[len(block_of(round)) :])
            if exact is not None:
                return exact
            inside = (task for task in reversed(tasks) if task.startswith(f"{round}/"))
            return next((tasks[task] for task in inside), {})
        return self.values.get(address, {})

    def inputs(self, blocks_into: Sequence[str] = (), round: str = "") -> Mapping[str, Any]:
        """What the flow was given that is entered through these blocks."""
        loop = "/".join(blocks_into)
        if not loop:
            return self.view.inputs
        rounds = self.scopes.get(loop, {})
        if round in rounds:
            return rounds[round].inputs
        inside = (scope for scope in reversed(rounds) if not round or scope.startswith(round))
        return next((rounds[scope].inputs for scope in inside), {})

    def take(self, events: Iterable[AnyEvent]) -> frozenset[str]:
        """Fold events in; gives the addresses of the blocks they are about."""
        touched = set[str]()
        after = self.view.after
        seq = self.seq
        for told in events:
            kind = type(told)
            event = in_studio_words(told) if kind in TOLD else told
            after(event)
            if event.seq > seq:  # what is live only may come late, and bears an earlier one
                seq = event.seq
            task = event.task if kind in _OF_TASKS else _loop_of(event)  # type: ignore[union-attr]
            if not task:
                continue
            address = block_of(task) if "[" in task else task
            touched.add(address)
            if kind in _GIVING:
                self._came_out(address, task, event.outputs)  # type: ignore[union-attr]
            elif kind in _OTHERS:
                self._other(address, event)
        self.seq = seq
        return frozenset(touched)

    def _other(self, address: str, event: AnyEvent) -> None:
        if isinstance(event, TaskStreamed):
            self.streams.take(address, event.task, event.items)
        elif isinstance(event, TaskStarted):
            self.streams.begin(address, event.task)
        elif isinstance(event, TaskHeld | TaskLogged):
            self._met(event)
        elif isinstance(event, OutputsChanged):
            self.values[address] = event.outputs
            if event.task in self.rounds.get(address, {}):
                self.rounds[address][event.task] = event.outputs
        elif isinstance(event, ScopeOpened | ScopeClosed):
            self._went_round(address, event)

    def _met(self, event: TaskHeld | TaskLogged) -> None:
        self.stops += isinstance(event, TaskHeld)
        if event.breakpoint:
            self.hits[event.breakpoint] = self.hits.get(event.breakpoint, 0) + 1
        if isinstance(event, TaskLogged):
            self.logged.append(event)

    def _came_out(self, address: str, task: str, outputs: Mapping[str, Any]) -> None:
        self.values[address] = outputs
        self.streams.end(address, task)
        if task != address:
            rounds = self.rounds.setdefault(address, {})
            rounds[task] = outputs
            _bound(rounds)
        counts = self.counts.get(address)
        if counts is None:
            counts = self.counts[address] = {}
        for port in outputs:
            counts[port] = counts.get(port, 0) + 1

    def _went_round(self, loop: str, event: ScopeOpened | ScopeClosed) -> None:
        rounds = self.scopes.setdefault(loop, {})
        if isinstance(event, ScopeOpened):
            rounds[event.scope] = Round(event.inputs, event.body)
            _bound(rounds)
        elif (round := rounds.get(event.scope)) is not None:
            round.is_over, round.failure = True, event.failure


def in_studio_words(event: AnyEvent) -> AnyEvent:
    """The event, with the cure of a failure that it tells of put in the studio's words."""
    failure = getattr(event, "failure", None)
    if failure is None or type(event) not in TOLD:
        return event
    return msgspec.structs.replace(event, failure=in_studio(failure))


def _bound(rounds: dict[str, Any]) -> None:
    if len(rounds) > MOST_ROUNDS:
        del rounds[next(iter(rounds))]


def _loop_of(event: AnyEvent) -> str:
    """The task of the loop whose round it is about; "" when it is about no round."""
    scope: str = getattr(event, "scope", "")
    return scope.rpartition("[")[0]
