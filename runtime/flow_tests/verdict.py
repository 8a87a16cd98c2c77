"""What a case comes to: passed, failed with the reasons, or not to be run at all."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from graph.values import shorten
from runtime.events import Failure

State = Literal["passed", "failed", "broken", "skipped"]
"""broken: it can't be run as it is, because the flow or the case has changed."""

About = Literal[
    "flow", "input", "recording", "unrecorded", "unasked", "ending", "output", "block", "property"
]
"""What a finding is about."""


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place in which a value isn't what it should be.

    `expected` or `actual` is unset where there is nothing; `reason` says what a comparison of
    the two can't.
    """

    path: str = ""
    expected: Any = UNSET
    actual: Any = UNSET
    reason: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        if self.reason:
            return f"{where}{self.reason}"
        if self.expected is UNSET:
            return f"{where}{shorten(self.actual)} wasn't there before"
        if self.actual is UNSET:
            return f"{where}{shorten(self.expected)} is missing"
        return f"{where}{shorten(self.actual)} instead of {shorten(self.expected)}"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that isn't as it should be: what about, where, in a sentence, and the cure."""

    about: About
    message: str
    place: str = ""
    cure: str = ""
    differences: Sequence[Difference] = ()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Sequence[str]:
        """The finding as it is printed: the sentence, the differences, the cure."""
        place = f"{self.place}: " if self.place else ""
        told = [f"  {difference}" for difference in self.differences]
        return [f"{place}{self.message}", *told, *([f"  {self.cure}"] if self.cure else ())]


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one case. `notes` are worth knowing and no failure."""

    name: str
    state: State
    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    took: float = 0.0
    outputs: Mapping[str, Any] | None = None
    blocks: Mapping[str, Mapping[str, Any]] = {}
    """The outputs that were looked at of single tasks."""
    failure: Failure | None = None
    """How the run failed, if it did."""
