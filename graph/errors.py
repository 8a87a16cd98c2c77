"""What can be wrong with a flow, and how it is said.

HeddleError                 says what, where and the cure
├── FlowFileError           the file can't be read as a flow
│   └── NewerFormat         it was written by a newer Heddle
├── FlowInvalid             the flow has problems, all of them listed
├── EditRefused             an edit doesn't fit the flow it is applied to
├── UnknownKind             no block of that kind is installed
└── BlockError              a block could not do its work          (raised by blocks)
    └── BadInput            a value doesn't suit the block: trying again won't help
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with a flow: what, where, and what cures it.

    `flow` is the path of embedded flows that leads to the block ("" is the outermost);
    `block`, `port` and `field` name the place, each "" where it doesn't apply.
    """

    code: str
    message: str
    cure: str = ""
    flow: str = ""
    block: str = ""
    port: str = ""
    field: str = ""
    line: int = 0
    column: int = 0
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """Where it is, as a person says it: `orders/parse.text, line 2`."""
        block = f"{self.flow}/{self.block}" if self.flow and self.block else self.block or self.flow
        detail = self.port or self.field
        spot = f"{block}.{detail}" if block and detail else block or detail
        line = f"line {self.line}" if self.line else ""
        return f"{spot}, {line}" if spot and line else spot or line

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.message}" + (f" {self.cure}" if self.cure else "")


class HeddleError(Exception):
    """An error a person can act on: the message says what and where, `cure` what to do."""

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".rstrip()


class FlowFileError(HeddleError):
    """The text is no flow file; the message names every line or place at fault.

    `problems` lists the same one by one, as far as the text could be taken apart.
    """

    def __init__(self, message: str, *, cure: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, cure=cure)
        self.problems = tuple(problems)


class NewerFormat(FlowFileError):
    """The file needs a newer Heddle than this one."""


class FlowInvalid(HeddleError):
    """The flow can't be compiled; `problems` lists everything that is wrong at once.

    The message names the first fifty.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        listing = "\n".join(f"  {problem}" for problem in self.problems[:50])
        rest = f"\n  … and {count - 50} more" if count > 50 else ""
        super().__init__(f"The flow has {count} {noun}:\n{listing}{rest}")


class EditRefused(HeddleError):
    """The edit names something the flow hasn't, or has already."""


class UnknownKind(HeddleError):
    """No block of that kind is installed."""


class BlockError(HeddleError):
    """A block could not do its work. `retryable` says whether another attempt may help."""

    retryable = False


class BadInput(BlockError):
    """A value doesn't suit the block; another attempt would fail the same way."""
