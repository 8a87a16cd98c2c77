"""One block of a run as a person follows it: the one word for its state, counts and time."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from runtime.events import Failure

BlockState = Literal[
    "waiting", "running", "retrying", "asking", "doubted",
    "finished", "reused", "skipped", "failed", "caught", "cancelled",
]  # fmt: skip

Way = Literal["running", "retrying", "doubted", "asking"]
"""How a task is under way."""


class StandIn(msgspec.Struct, frozen=True):
    """A model answers in place of the one that was `wanted`, which failed: `why`.

    `model` is "" as long as none of the others has answered.
    """

    wanted: str
    why: str
    model: str = ""


class BlockView(msgspec.Struct):
    """All tasks of one block, over every round of the loops it is in.

    `began` and `ended` are seconds since the epoch: the first start and the last settling;
    `took` is the time its tasks took in sum, `longest` the longest of them, in seconds.
    `caught` counts the failures among `failed` that didn't end their scope. `rounds` are those
    of its own body. `total` is 0 as long as nobody said how much there is to do.
    """

    block: str
    running: int = 0
    retrying: int = 0
    doubted: int = 0
    asking: int = 0
    finished: int = 0
    reused: int = 0
    skipped: int = 0
    failed: int = 0
    caught: int = 0
    cancelled: int = 0
    retries: int = 0
    rounds: int = 0
    rounds_done: int = 0
    rounds_failed: int = 0
    began: float | None = None
    ended: float | None = None
    took: float = 0.0
    longest: float = 0.0
    done: float = 0.0
    total: float = 0.0
    note: str = ""
    streamed: int = 0
    tokens: int = 0
    cost: float = 0.0
    stand_in: StandIn | None = None
    failure: Failure | None = None

    @property
    def state(self) -> BlockState:
        """The one word for it: what needs somebody first, then what goes on, then what was."""
        if self.doubted:
            return "doubted"
        if self.asking:
            return "asking"
        if self.running:
            return "running"
        if self.retrying:
            return "retrying"
        if self.failed:
            return "failed" if self.failed > self.caught else "caught"
        if self.cancelled:
            return "cancelled"
        if self.finished:
            return "finished"
        if self.reused:
            return "reused"
        return "skipped" if self.skipped else "waiting"

    @property
    def so_far(self) -> float:
        """How much of `total` is done: what it said of itself, or the rounds of its body."""
        return max(self.done, float(self.rounds_done))

    @property
    def tasks(self) -> int:
        """How many of its tasks have come up."""
        return self.running + self.retrying + self.doubted + self.asking + self.settled

    @property
    def settled(self) -> int:
        """How many of its tasks are over, one way or another."""
        return self.finished + self.reused + self.skipped + self.failed + self.cancelled


class UnderWay(msgspec.Struct):
    """A task that has begun and isn't settled, as its block counts it."""

    block: BlockView
    began: float
    state: Way = "running"

    def count(self, by: int) -> None:
        """Count it in its block, or not any more."""
        block = self.block
        match self.state:
            case "running":
                block.running += by
            case "retrying":
                block.retrying += by
            case "doubted":
                block.doubted += by
            case "asking":
                block.asking += by

    def move(self, state: Way) -> None:
        """It is under way in another manner from now on."""
        self.count(-1)
        self.state = state
        self.count(1)


def stand_in(before: StandIn | None, asked: Mapping[str, Any]) -> StandIn | None:
    """Who stands in for whom once a model was asked (see `agents/llm/asking.py`)."""
    model = f"{asked.get('connection', '')}/{asked.get('model', '')}"
    failed_before: Sequence[str] = asked.get("fell_back_from") or ()
    if error := str(asked.get("error") or ""):
        return before if failed_before else StandIn(model, error)
    if not failed_before:
        return None
    wanted = failed_before[0]
    why = before.why if before is not None and before.wanted == wanted else ""
    return StandIn(wanted, why, model)
