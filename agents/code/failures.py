"""What an error of the interpreter means to whoever wrote the code."""

import re

import msgspec
from pydantic_monty import (
    Frame,
    MontyConversionError,
    MontyCrashedError,
    MontyRuntimeError,
    MontySyntaxError,
)

from agents.code.errors import (
    CodeFailed,
    CodeOutOfMemory,
    CodeRefused,
    CodeTimedOut,
    OutputTooLarge,
    SandboxError,
    ValueRefused,
    WorkerLost,
)
from agents.code.prelude import SEPARATOR
from agents.code.values import DEEPEST, of_kind
from agents.code.workers import Limits, Session
from agents.code.wrapping import Function, Span
from graph.expressions import CodeProblem

_OVER_TIME = re.compile(r"(feed|turn) time limit exceeded|sleep limit exceeded")
_OVER_MEMORY = re.compile(r"memory limit exceeded|the worker exceeded its memory limit")
_ONE_TEXT = "exceptions can only be called with zero or one string argument"


def meaning(
    error: Exception, function: Function, session: Session, limits: Limits, item: int | None
) -> SandboxError:
    """What it means that a call of the function, or defining it, ended in this error."""
    if isinstance(error, MontyCrashedError) and error.timed_out:
        return CodeTimedOut(limits.seconds, item)
    if not isinstance(error, MontyRuntimeError | MontySyntaxError):
        return _outside(error)
    kind, detail = _said(error)
    if kind == "TimeoutError" and _OVER_TIME.match(detail):
        return CodeTimedOut(limits.seconds, item)
    if kind == "MemoryError" and _OVER_MEMORY.match(detail):
        return CodeOutOfMemory(limits.memory_bytes)
    frames = error.traceback()
    if not session.knows(function):
        return _unreadable(detail, function, frames)
    own = _own(frames, function)
    if frames and not own:
        return _refused_inside(kind, detail, limits)
    if kind == "UnicodeEncodeError" and not frames:
        cure = "Clean it with `.encode(errors='replace').decode()`."
        return ValueRefused("A text that goes in", "broken (half of a surrogate pair)", cure)
    return _failed(kind, detail, _place(function, own), item)


def _outside(error: Exception) -> SandboxError:
    """The call never came to an end inside, or never began."""
    if isinstance(error, MontyConversionError):
        return ValueRefused("A value", f"not fit to travel ({error})", "Make it plain first.")
    return WorkerLost(f"The process that ran the code is gone ({error}).")


def _said(error: MontyRuntimeError | MontySyntaxError) -> tuple[str, str]:
    """The type and the text of the exception inside."""
    detail = error.display("msg")
    whole = error.display("type-msg")
    return whole.removesuffix(detail).removesuffix(": "), detail


def _own(frames: list[Frame], function: Function) -> list[Frame]:
    """The frames in the user's own code: it is all in one file, with the function's name once."""
    files = {frame.filename for frame in frames if frame.function_name == function.name}
    return [frame for frame in frames if frame.filename in files]


def _place(function: Function, own: list[Frame]) -> CodeProblem:
    """Where the code itself was, however deep in the prelude the exception came up."""
    if not own:
        return CodeProblem("", 0, 0, 0)
    frame = own[-1]
    return function.place(Span(frame.line, frame.column, frame.end_line, frame.end_column))


def _unreadable(detail: str, function: Function, own: list[Frame]) -> CodeRefused:
    """Python reads it, and the interpreter doesn't."""
    message = f"The sandbox can't read this: {detail.removeprefix('The monty syntax parser ')}."
    return CodeRefused((msgspec.structs.replace(_place(function, own), message=message),))


def _refused_inside(kind: str, detail: str, limits: Limits) -> SandboxError:
    """The prelude found that the value can't come out."""
    path, _, python_type = detail.partition(SEPARATOR)
    where = f"value{path}"
    match kind:
        case "OverflowError":
            return OutputTooLarge("gave back", limits.value_bytes)
        case "RecursionError":
            return ValueRefused("value", f"nested more than {DEEPEST} deep", "Flatten it.")
        case "ValueError":
            what = "a whole number of more than 64 bits"
            return ValueRefused(where, what, "Give `float(…)` or `str(…)` of it.")
    return ValueRefused(where, *of_kind(python_type or kind))


def _failed(kind: str, detail: str, place: CodeProblem, item: int | None) -> CodeFailed:
    if detail.endswith(_ONE_TEXT):
        kind, detail = "TypeError", "an exception takes one text here"
        cure = 'Put everything into it: `ValueError(f"… {value}")`.'
        return CodeFailed(kind, detail, place=place, item=item, cure=cure)
    return CodeFailed(kind, detail, place=place, item=item)
