"""Exceptions as failures: what a person is told, and whether trying again may help."""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

from graph.context import ScopeFailed
from graph.errors import BlockError, HeddleError
from runtime.events import Failure

LONGEST = 2_000
"""Characters of a message; what comes after is of no use to a person."""

_READ = 1_000_000
"""Characters of a message looked at before its secrets are taken out and it is cut."""

T = TypeVar("T")

Cleaned = Callable[[str], str]
"""A text without the secrets in it."""


class TimedOut(BlockError):
    """A task took longer than it may."""

    retryable = True


def failure_of(error: BaseException, task: str, cleaned: Cleaned = str) -> Failure:
    """The failure that an exception raised in a task means.

    Errors that Heddle knows say themselves whether they are retryable; any other may be a
    passing one. Whatever the exception is made of, the failure is plain text that can be kept.
    """
    error = _innermost(error)
    if isinstance(error, ScopeFailed):
        return _of_scope(error, task)
    message, cure = _told(error)
    return Failure(
        type=_kind(error),
        message=legible(cleaned(message[:_READ])),
        cure=legible(cleaned(cure[:_READ])),
        task=task,
        line=_position(error, "line"),
        column=_position(error, "column"),
        retryable=_is_retryable(error),
    )


def wait_asked_by(error: BaseException) -> float | None:
    """Seconds that the other side asked to wait before the next attempt, None if it didn't."""
    wait = _said(_innermost(error), "wait", None) if isinstance(error, HeddleError) else None
    if isinstance(wait, int | float) and 0 <= wait < math.inf:
        return float(wait)
    return None


def legible(text: str, longest: int = LONGEST) -> str:
    """The text without half characters, which no journal can keep, and not too long."""
    whole = text.encode(errors="replace").decode()
    return whole if len(whole) <= longest else f"{whole[:longest]}…"


MOST_MEMBERS = 200
"""Members of a list or record in what is told of a task beside its values."""


def bounded(value: Any) -> Any:
    """Plain data with its texts made legible and short, and its lists too.

    For after the secrets were taken out: half of one would not be known any more.
    """
    match value:
        case str():
            return legible(value, 2 * LONGEST)
        case Mapping():
            return {legible(str(n), LONGEST): bounded(one) for n, one in _few(value.items())}
        case list() | tuple():
            return [bounded(one) for one in _few(value)]
        case None | bool() | int() | float():
            return value
    return legible(str(value), LONGEST)


def _few(members: Iterable[T]) -> Iterable[T]:
    return islice(members, MOST_MEMBERS)


def _innermost(error: BaseException) -> BaseException:
    """What went wrong itself: a group of exceptions is known by its first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _told(error: BaseException) -> tuple[str, str]:
    """What happened, and its cure."""
    match error:
        case HeddleError():
            return _text(error.message), _text(error.cure)
        case MemoryError():
            return "It ran out of memory.", "Give it less at a time."
        case RecursionError():
            return "It called itself too often, or its value is nested too deep.", "Flatten it."
        case SystemExit():
            return f"It asked for the whole program to end (code {_text(error.code)}).", _NO_EXIT
    return f"{type(error).__name__}: {_text(error)}", ""


_NO_EXIT = "A block says that it failed by raising an error."


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001  (how an exception tells itself is code of its own)
        return "what it says can't be told"


def _kind(error: BaseException) -> str:
    """The type of the error; of one raised in another process, that which it had there."""
    kind = _said(error, "type", None) if isinstance(error, BlockError) else None
    return kind if isinstance(kind, str) else type(error).__name__


def _is_retryable(error: BaseException) -> bool:
    if isinstance(error, MemoryError | RecursionError | SystemExit):
        return False
    return bool(_said(error, "retryable", not isinstance(error, HeddleError)))


def _of_scope(error: ScopeFailed, task: str) -> Failure:
    cause = Failure(
        type=str(error.error.get("type", "")),
        message=str(error.error.get("message", "")),
        cure=str(error.error.get("cure", "")),
        task=str(error.error.get("task", "")),
    )
    return Failure(type=cause.type, message=str(error), cure=cause.cure, task=task, cause=cause)


def _position(error: BaseException, name: str) -> int:
    value = _said(error, name, 0)
    return value if type(value) is int and 0 <= value < 2**31 else 0


def _said(error: BaseException, name: str, otherwise: Any) -> Any:
    """An attribute of an error that may be anybody's."""
    try:
        return getattr(error, name, otherwise)
    except Exception:  # noqa: BLE001  (a property is code of its own)
        return otherwise
