"""All about one task of a run: what it was given, how it is set, what it gave, how long it took."""

from typing import Any, Literal

import msgspec

from runtime.events import Failure, TaskAnswered, TaskAsked, TaskHeld

State = Literal[
    "waiting", "running", "retrying", "asking", "doubted",
    "finished", "reused", "skipped", "failed", "caught", "cancelled",
]  # fmt: skip

Origin = Literal["set", "default", "expression", "changed"]


class Attempt(msgspec.Struct, omit_defaults=True):
    """One attempt. Times are seconds since the epoch; `wait` came before the next one."""

    number: int
    began: float
    ended: float | None = None
    failure: Failure | None = None
    wait: float = 0.0


class Trace(msgspec.Struct, frozen=True):
    """What passed between the task and the outside in an attempt (see `TaskTraced`)."""

    kind: str
    at: float
    attempt: int
    detail: dict[str, Any]


class Field(msgspec.Struct, omit_defaults=True):
    """A parameter that no link fills: its value, and where that comes from.

    Of an expression, the value is what it comes to with the task's inputs, or `trouble` says
    why that can't be told. A secret stays its name: `{"$secret": "github"}`.
    """

    value: Any = None
    origin: Origin = "set"
    expression: str = ""
    trouble: str = ""
    was: Any = None
    """What it was before somebody changed it in this run."""


class TaskData(msgspec.Struct, omit_defaults=True):
    """One task. `sources` says by input which port it came from: `parse.items`.

    `ready` is when all that it waits for was there. `trouble` is why its inputs didn't suit.
    Where somebody changed something while it was held, `came` and `gave` have the inputs and
    outputs as they were before. `held` says where it stands still now, `stood` for how long it
    did in sum, in seconds. `asked` is what it asks people now, `answers` what they answered.
    `logged` is what breakpoints said.
    """

    task: str
    kind: str = ""
    state: State = "waiting"
    inputs: dict[str, Any] = {}
    sources: dict[str, str] = {}
    fields: dict[str, Field] = {}
    outputs: dict[str, Any] = {}
    attempts: list[Attempt] = []
    failure: Failure | None = None
    ready: float | None = None
    began: float | None = None
    ended: float | None = None
    trouble: str = ""
    came: dict[str, Any] = {}
    gave: dict[str, Any] = {}
    held: TaskHeld | None = None
    stood: float = 0.0
    traces: list[Trace] = []
    logged: list[str] = []
    asked: TaskAsked | None = None
    answers: list[TaskAnswered] = []

    @property
    def waited(self) -> float:
        """Seconds from being ready to the first attempt."""
        if self.ready is None or self.began is None:
            return 0.0
        return max(0.0, self.began - self.ready)

    @property
    def worked(self) -> float:
        """Seconds that its attempts took in sum."""
        return sum(one.ended - one.began for one in self.attempts if one.ended is not None)

    @property
    def paused(self) -> float:
        """Seconds between its attempts."""
        return sum(one.wait for one in self.attempts)
