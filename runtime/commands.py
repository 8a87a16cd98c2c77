"""All that enters the runtime: wishes, in the imperative."""

from typing import Any, Literal

import msgspec

from runtime.events import tag


class Command(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="command", tag=tag):
    """Something the runtime is asked to do."""


class StoreFlow(Command, frozen=True, tag=tag):
    """Keep a flow, given as the text of its file. Answered with its content hash."""

    text: str


class StartRun(Command, frozen=True, tag=tag):
    """Run a stored flow. `run` may name the run; an id is made otherwise.

    `grants` are the fields of `agents.contract.Grants` that differ from the runtime's own.
    """

    flow: str
    inputs: dict[str, Any] = {}
    run: str = ""
    grants: dict[str, Any] = {}


class CancelRun(Command, frozen=True, tag=tag):
    """End a run; what is running is stopped at once."""

    run: str
    reason: str = ""


class PauseRun(Command, frozen=True, tag=tag):
    """Start nothing new in a run."""

    run: str


class ContinueRun(Command, frozen=True, tag=tag):
    """Let a paused run go on."""

    run: str


class ResumeRun(Command, frozen=True, tag=tag):
    """Take over a run whose owner is gone and finish it."""

    run: str


class ReplayRun(Command, frozen=True, tag=tag):
    """Run again from `begin_at`, with `changes` ("block.field" to value); the rest is reused.

    Effects whose inputs and fields are what they were are taken from the recording. `flow` is
    the hash of a changed flow to use instead of the recorded one ("" for that one). `grants` are
    those of StartRun, {} for what the recorded run was granted.
    """

    run: str
    begin_at: str = ""
    changes: dict[str, Any] = {}
    flow: str = ""
    grants: dict[str, Any] = {}


class SettleTask(Command, frozen=True, tag=tag):
    """Say what became of an effect that was interrupted: do it again, or take it as done."""

    run: str
    task: str
    verdict: Literal["again", "done", "failed"]
    outputs: dict[str, Any] = {}


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
    | PruneRuns
)


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a command: the run or flow it concerns, how many were pruned."""

    run: str = ""
    flow: str = ""
    count: int = 0
