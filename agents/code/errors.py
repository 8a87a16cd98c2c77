"""How sandboxed code can fail, and whether trying again may help.

SandboxError(BlockError)
├── CodeRefused         it never ran: it doesn't parse, or asks for what the sandbox hasn't
├── CodeFailed          it raised an exception, at this line and column
├── CodeTimedOut        it ran longer than it may
├── CodeOutOfMemory     it took more memory than it may
├── OutputTooLarge      it printed or gave back more than it may
├── ValueRefused        a value going in or coming out is of a kind that can't cross
└── WorkerLost          the process it ran in is gone, or can't be started     retryable
"""

from collections.abc import Sequence

from graph.errors import BlockError
from graph.expressions import CodeProblem


class SandboxError(BlockError):
    """Sandboxed code gave no value. `printed` is what it had printed by then."""

    printed = ""
    session_is_whole = False  # whether others may go on in the session where this happened


class CodeRefused(SandboxError):
    """The code was not run; `problems` lists everything that is wrong, by place."""

    session_is_whole = True

    def __init__(self, problems: Sequence[CodeProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"Line {first.line}, column {first.column}: {first.message}{more}")


class CodeFailed(SandboxError):
    """The code raised an exception.

    `kind` and `detail` are its type and text; `line`, `column` and `end_column` count characters
    of the code as it was given, from 1 (0: unknown); `item` is the index of the item it was
    working on, None when it wasn't going through items.
    """

    session_is_whole = True

    def __init__(
        self, kind: str, detail: str, *, place: CodeProblem, item: int | None = None, cure: str = ""
    ) -> None:
        self.kind, self.detail, self.item = kind, detail, item
        self.line, self.column, self.end_column = place.line, place.column, place.end_column
        what = f"{kind}: {detail}" if detail else kind
        code = f" in `{place.message}`" if place.message else ""
        where = f" (line {self.line}, column {self.column}{_at_item(item)})" if self.line else ""
        super().__init__(f"{what}{code}{where}.", cure=cure)


class CodeTimedOut(SandboxError):
    """The code ran longer than its limit allows."""

    def __init__(self, seconds: float, item: int | None = None) -> None:
        self.item = item
        message = f"The code ran longer than {seconds:g} seconds{_at_item(item)}."
        super().__init__(message, cure="Give it less to do, or a higher limit.")


class CodeOutOfMemory(SandboxError):
    """The code took more memory than its limit allows."""

    def __init__(self, limit: int) -> None:
        message = f"The code took more than {in_megabytes(limit)} of memory."
        super().__init__(message, cure="Give it less at a time, or a higher limit.")


class OutputTooLarge(SandboxError):
    """The code printed, or gave back, more than its limit allows."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"The code {what} more than {in_megabytes(limit)}.", cure="Make it less.")


class ValueRefused(SandboxError):
    """A value is of a kind that can't go into the sandbox or come out of it; `where` names it."""

    session_is_whole = True

    def __init__(self, where: str, what: str, cure: str) -> None:
        self.where = where
        super().__init__(f"{where} is {what}, which can't go in or out of the sandbox.", cure=cure)


class WorkerLost(SandboxError):
    """The process that ran the code is gone. Another takes its place for the next call."""

    retryable = True


def _at_item(item: int | None) -> str:
    return "" if item is None else f", at item {item}"


def in_megabytes(count: int) -> str:
    """The number of bytes as a person says it."""
    return f"{count / 1e6:g} MB" if count >= 100_000 else f"{count:,} bytes"
