"""All that enters the runtime: wishes, in the imperative."""

from typing import Any, Literal

import msgspec

from graph.context import Through
from graph.flow import Bound
from runtime.breakpoints import Breakpoint, Fault
from runtime.events import tag


class Command(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="command", tag=tag):
    """Something the runtime is asked to do."""


class StoreFlow(Command, frozen=True, tag=tag):
    """Keep a flow, given as the text of its file. Answered with its content hash.

    `name` is what its runs are called when it has no name itself: that of its file, usually.
    """

    text: str
    name: str = ""


class StartRun(Command, frozen=True, tag=tag):
    """Run a stored flow. `run` may name the run; an id is made otherwise.

    `grants` are the fields of `agents.contract.Grants` that differ from the runtime's own.
    `paused` stops it before its first block; `client` is who steers it, as in `TakeWheel`.
    `budget` is what it may use up, in place of what the flow says of each run.
    """

    flow: str
    inputs: dict[str, Any] = {}
    run: str = ""
    grants: dict[str, Any] = {}
    breakpoints: list[Breakpoint] = []
    faults: list[Fault] = []
    paused: bool = False
    client: str = ""
    budget: Bound | None = None


class CancelRun(Command, frozen=True, tag=tag):
    """End a run. What it did is undone first, where a block Compensate says how.

    Meanwhile nothing else begins; what is changing something comes to its end, all else that is
    under way is stopped. With `force`, or when it is said again, all ends at once.
    """

    run: str
    reason: str = ""
    force: bool = False


class PauseRun(Command, frozen=True, tag=tag):
    """Start nothing new in a run, or hold one branch: what comes to the block of that place."""

    run: str
    block: str = ""
    client: str = ""


class ContinueRun(Command, frozen=True, tag=tag):
    """Let a paused run go on, or one held task alone; `until` a block is reached."""

    run: str
    task: str = ""
    until: str = ""
    client: str = ""


class ResumeRun(Command, frozen=True, tag=tag):
    """Take over a run whose owner is gone and finish it."""

    run: str


class ReplayRun(Command, frozen=True, tag=tag):
    """Run again from `begin_at`, with `changes` ("block.field" to value); the rest is reused.

    Effects whose inputs and fields are what they were are taken from the recording. `flow` is
    the hash of a changed flow to use instead of the recorded one ("" for that one). `grants` are
    those of StartRun, {} for what the recorded run was granted; `budget` as there.
    """

    run: str
    begin_at: str = ""
    changes: dict[str, Any] = {}
    flow: str = ""
    grants: dict[str, Any] = {}
    breakpoints: list[Breakpoint] = []
    faults: list[Fault] = []
    paused: bool = False
    client: str = ""
    budget: Bound | None = None


class SettleTask(Command, frozen=True, tag=tag):
    """Say what became of an effect that was interrupted: do it again, or take it as done."""

    run: str
    task: str
    verdict: Literal["again", "done", "failed"]
    outputs: dict[str, Any] = {}


class AnswerTask(Command, frozen=True, tag=tag):
    """Answer what a task asks: the `values` of its form, given `by` somebody.

    "" as the task is the one that asks, as the label the question that is open. A run that
    nobody drives is taken over. The first answer counts.
    """

    run: str
    values: dict[str, Any]
    task: str = ""
    label: str = ""
    by: str = ""
    through: Through = "api"


class SetBreakpoints(Command, frozen=True, tag=tag):
    """Stop a run at these from now on, and at no others."""

    run: str
    breakpoints: list[Breakpoint]


class SetFaults(Command, frozen=True, tag=tag):
    """Have these go wrong in a run from now on, and no others."""

    run: str
    faults: list[Fault]


class StepRun(Command, frozen=True, tag=tag):
    """Go a little further in a run that stands still, or a little back.

    over   do the task, rounds and all, and stop before the one that follows; with `block`, all
           of the sub-flow of that place
    into   do the task and stop before the first one inside it
    out    finish what the task is in, a sub-flow or a loop, and stop after that
    back   undo what was done last, and stand before it

    `task` is the held one that is meant, "" for the one that was held last.
    """

    run: str
    kind: Literal["over", "into", "out", "back"]
    task: str = ""
    block: str = ""
    client: str = ""


class RewindRun(Command, frozen=True, tag=tag):
    """Go back in a run to where it was after the event `to`, and stay there, paused.

    Effects aren't undone. Done again with the same inputs, they answer from the recording.
    """

    run: str
    to: int
    client: str = ""


class ChangeInputs(Command, frozen=True, tag=tag):
    """Give a task that hasn't started other arguments: by parameter; {} drops the change."""

    run: str
    task: str
    values: dict[str, Any]
    client: str = ""


class ChangeOutputs(Command, frozen=True, tag=tag):
    """Give a task held after it finished other outputs: by port; {} drops the change."""

    run: str
    task: str
    outputs: dict[str, Any]
    client: str = ""


class SkipTask(Command, frozen=True, tag=tag):
    """Don't do a held task: it counts as done with these outputs, or without any as left out."""

    run: str
    task: str
    outputs: dict[str, Any] = {}
    client: str = ""


class RetryTask(Command, frozen=True, tag=tag):
    """Do a task again that is held after it finished, or as its error is about to be raised."""

    run: str
    task: str
    client: str = ""


class TakeWheel(Command, frozen=True, tag=tag):
    """Steer a run from now on: others' steps are refused. With `client` "" anybody may."""

    run: str
    client: str


class ImportRun(Command, frozen=True, tag=tag):
    """Keep the run that a bundle holds. Answered with the id it has here.

    It is marked as done elsewhere, and is over: it can be shown, compared and replayed.
    """

    bundle: bytes


class PruneRuns(Command, frozen=True, tag=tag):
    """Forget ended runs older than `days`, then the oldest until at most `megabytes` are kept."""

    days: float | None = None
    megabytes: float | None = None


AnyCommand = (
    StoreFlow
    | StartRun
    | CancelRun
    | PauseRun
    | ContinueRun
    | ResumeRun
    | ReplayRun
    | SettleTask
    | AnswerTask
    | SetBreakpoints
    | SetFaults
    | StepRun
    | RewindRun
    | ChangeInputs
    | ChangeOutputs
    | SkipTask
    | RetryTask
    | TakeWheel
    | ImportRun
    | PruneRuns
)


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a command: the run or flow it concerns, how many were pruned."""

    run: str = ""
    flow: str = ""
    count: int = 0
