"""All that leaves the runtime: what happened to a run, in the past tense."""

import re
from typing import Any, Literal

import msgspec

from graph.context import Through
from graph.flow import Bound
from runtime.breakpoints import Breakpoint, Fault, Phase

VERSION = 4
"""Of the events as written in journals and sent over the wire. Events only grow."""


def tag(name: str) -> str:
    """The name of a type as it stands in JSON: `RunStarted` is `run_started`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def block_of(task: str) -> str:
    """The block a task belongs to: its address without the rounds of the loops it is in."""
    return re.sub(r"\[[^]]*\]", "", task)


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why something failed: the kind of error, what and where it was, the cure, what caused it."""

    type: str
    message: str
    cure: str = ""
    task: str = ""
    line: int = 0
    column: int = 0
    retryable: bool = False
    cause: "Failure | None" = None

    def __str__(self) -> str:
        place = f"{self.task}: " if self.task else ""
        return f"{place}{self.message}" + (f" {self.cure}" if self.cure else "")


class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False, tag_field="event", tag=tag):
    """Something that happened. `seq` counts a run's events from 1; `at` is seconds since the epoch."""  # noqa: E501

    run: str
    seq: int
    at: float


class RunStarted(Event, frozen=True, gc=False, tag=tag):
    """A run began. `flow` is the content hash of its flow; `replays` the run it repeats."""

    flow: str
    name: str = ""
    inputs: dict[str, Any] = {}
    owner: str = ""
    replays: str = ""
    begins_at: str = ""
    """In a replay: the block from which work is done again ("" for everything)."""
    grants: dict[str, Any] = {}
    budget: Bound | None = None
    """What this run may use up, in place of what its flow says of each run."""
    origin: str = ""
    """Of a run that was done elsewhere and brought here in a bundle: what it was brought in."""


class RunRecovered(Event, frozen=True, gc=False, tag=tag):
    """A run whose owner was gone goes on under a new one."""

    owner: str


class RunPaused(Event, frozen=True, gc=False, tag=tag):
    """Nothing new starts; what runs, finishes."""


class RunContinued(Event, frozen=True, gc=False, tag=tag):
    """A paused run goes on."""


class RunStalled(Event, frozen=True, gc=False, tag=tag):
    """The run can't move on by itself; `waits_for` says for what, one sentence each."""

    waits_for: list[str]


class RunInterrupted(Event, frozen=True, gc=False, tag=tag):
    """The run was left where it is, unrecordable or its runtime closed; it can be resumed."""

    failure: Failure


class RunSucceeded(Event, frozen=True, gc=False, tag=tag):
    """The run is done. `stopped` is the reason when a block ended it early."""

    outputs: dict[str, Any]
    took: float
    stopped: str = ""


class RunFailed(Event, frozen=True, gc=False, tag=tag):
    """A task failed and nothing caught it."""

    failure: Failure
    took: float


class RunCancelling(Event, frozen=True, gc=False, tag=tag):
    """Somebody ended the run, and what it did is undone first: nothing else begins any more."""

    reason: str


class RunCancelled(Event, frozen=True, gc=False, tag=tag):
    """Somebody ended the run."""

    reason: str
    took: float


class TaskStarted(Event, frozen=True, gc=False, tag=tag):
    """A task that isn't done on the spot began. `key` is the idempotency key of its effect."""

    task: str
    attempt: int = 1
    key: str = ""


class TaskFinished(Event, frozen=True, gc=False, tag=tag):
    """A task is done. `outputs` by port; a port without a value got none."""

    task: str
    started: float
    outputs: dict[str, Any]
    attempt: int = 1


class TaskReused(Event, frozen=True, gc=False, tag=tag):
    """A task's outputs come from a recording: of the run it repeats, or from before going back."""

    task: str
    outputs: dict[str, Any]


class TaskSkipped(Event, frozen=True, gc=False, tag=tag):
    """A task was left out, since no value comes to it."""

    task: str


class TaskRetried(Event, frozen=True, gc=False, tag=tag):
    """An attempt failed; another follows after `wait` seconds."""

    task: str
    attempt: int
    failure: Failure
    wait: float


class TaskFailed(Event, frozen=True, gc=False, tag=tag):
    """A task failed for good. `outcome` says what follows from it."""

    task: str
    attempt: int
    failure: Failure
    outcome: Literal["stop", "continue", "port"] = "stop"


class TaskDoubted(Event, frozen=True, gc=False, tag=tag):
    """An effect was interrupted and may or may not have happened: somebody must say."""

    task: str
    key: str


class TaskAsked(Event, frozen=True, gc=False, tag=tag):
    """A task asks a person and waits. `question` has the fields of `graph.context.Asked`.

    At `level` 1 it is asked again, of further people; then `first` is when it was asked first.
    """

    task: str
    label: str
    question: dict[str, Any]
    level: int = 0
    first: float = 0.0

    @property
    def since(self) -> float:
        """When it was asked first, in seconds since the epoch."""
        return self.first or self.at


class TaskAnswered(Event, frozen=True, gc=False, tag=tag):
    """A question has its answer: `values` by field, from whom (`by`), and by which way.

    `first` is when it was given, of one that comes from a recording. When it `lapsed`, nobody
    answered in time, and the task is told so.
    """

    task: str
    label: str
    values: dict[str, Any]
    by: str = ""
    through: Through = "api"
    first: float = 0.0
    lapsed: bool = False

    @property
    def given(self) -> float:
        """When it was answered, in seconds since the epoch."""
        return self.first or self.at


class TaskStreamed(Event, frozen=True, gc=False, tag=tag):
    """Items came out of a streaming task. Live only: the finished task holds them all."""

    task: str
    items: list[Any]


class TaskProgressed(Event, frozen=True, gc=False, tag=tag):
    """How far a task is. Live only."""

    task: str
    done: float
    total: float
    note: str = ""


class ScopeOpened(Event, frozen=True, gc=False, tag=tag):
    """A task began one round of its body: `each[3]` is round 3 of `each`."""

    scope: str
    body: str
    inputs: dict[str, Any]


class ScopeClosed(Event, frozen=True, gc=False, tag=tag):
    """A round of a body is done; `failure` when it failed."""

    scope: str
    failure: Failure | None = None


class ReplayDiverged(Event, frozen=True, gc=False, tag=tag):
    """The first task of a replay whose output differs from the recording."""

    task: str
    port: str
    before: Any
    after: Any


class TaskSpent(Event, frozen=True, gc=False, tag=tag):
    """A task used up tokens or money: `cost` in US dollars, of the `model` it asked."""

    task: str
    tokens: int = 0
    cost: float = 0.0
    model: str = ""


class TaskTraced(Event, frozen=True, gc=False, tag=tag):
    """What passed between a task and the outside: of a `kind` ("http"), secrets taken out."""

    task: str
    kind: str
    detail: dict[str, Any]


class BreakpointsSet(Event, frozen=True, gc=False, tag=tag):
    """From now on the run stops at these, and at no others."""

    breakpoints: list[Breakpoint]


class FaultsSet(Event, frozen=True, gc=False, tag=tag):
    """From now on these go wrong, and no others."""

    faults: list[Fault]


class FaultInjected(Event, frozen=True, gc=False, tag=tag):
    """A fault made something go wrong in a task."""

    task: str
    fault: str
    kind: str


class WheelTaken(Event, frozen=True, gc=False, tag=tag):
    """Who steers the run now; "" for whoever wants to."""

    client: str


class TaskHeld(Event, frozen=True, gc=False, tag=tag):
    """A task waits for a person, in that `phase` of its life, for that `reason`.

    `note` is what the breakpoint has to say, `failure` the error about to be raised.
    """

    task: str
    phase: Phase
    reason: Literal["breakpoint", "step", "pause"]
    breakpoint: str = ""
    note: str = ""
    failure: Failure | None = None
    attempt: int = 1


class TaskReleased(Event, frozen=True, gc=False, tag=tag):
    """A held task goes on."""

    task: str


class TaskLogged(Event, frozen=True, gc=False, tag=tag):
    """A breakpoint that doesn't stop had something to say."""

    task: str
    breakpoint: str
    message: str


class InputsChanged(Event, frozen=True, gc=False, tag=tag):
    """Somebody gave a task other arguments than it had: `values` by parameter, {} for its own."""

    task: str
    values: dict[str, Any]


class OutputsChanged(Event, frozen=True, gc=False, tag=tag):
    """A finished task has these outputs now, as somebody gave some of them: all, by port."""

    task: str
    outputs: dict[str, Any]


class RunRewound(Event, frozen=True, gc=False, tag=tag):
    """The run went back, and is paused: what happened after the event `to` counts no more.

    See `runtime.history` for what is left.
    """

    to: int


AnyEvent = (
    RunStarted
    | RunRecovered
    | RunPaused
    | RunContinued
    | RunStalled
    | RunInterrupted
    | RunSucceeded
    | RunFailed
    | RunCancelling
    | RunCancelled
    | TaskStarted
    | TaskFinished
    | TaskReused
    | TaskSkipped
    | TaskRetried
    | TaskFailed
    | TaskDoubted
    | TaskAsked
    | TaskAnswered
    | TaskStreamed
    | TaskProgressed
    | ScopeOpened
    | ScopeClosed
    | ReplayDiverged
    | TaskSpent
    | TaskTraced
    | BreakpointsSet
    | FaultsSet
    | FaultInjected
    | WheelTaken
    | TaskHeld
    | TaskReleased
    | TaskLogged
    | InputsChanged
    | OutputsChanged
    | RunRewound
)
"""Every event there is. A reader that handles all ends in `assert_never`."""

LIVE_ONLY = (TaskStreamed, TaskProgressed, RunInterrupted)
"""Shown to whoever watches, not recorded."""

ENDINGS = (RunSucceeded, RunFailed, RunCancelled)
"""After one of these a run has no further events."""
