"""Exceptions as failures: what a person is told, and whether trying again may help."""

from typing import Any

from graph.context import ScopeFailed
from graph.errors import BlockError, HeddleError
from runtime.events import Failure


class TimedOut(BlockError):
    """A task took longer than it may."""

    retryable = True


def failure_of(error: BaseException, task: str) -> Failure:
    """The failure that an exception raised in a task means.

    Errors that Heddle knows say themselves whether they are retryable; any other may be a
    passing one.
    """
    if isinstance(error, ScopeFailed):
        return _of_scope(error, task)
    if isinstance(error, HeddleError):
        return Failure(
            type=type(error).__name__,
            message=error.message,
            cure=error.cure,
            task=task,
            line=_position(error, "line"),
            column=_position(error, "column"),
            retryable=bool(getattr(error, "retryable", False)),
        )
    return Failure(
        type=type(error).__name__,
        message=f"{type(error).__name__}: {error}"[:2000],
        task=task,
        line=_position(error, "line"),
        column=_position(error, "column"),
        retryable=bool(getattr(error, "retryable", True)),
    )


def _of_scope(error: ScopeFailed, task: str) -> Failure:
    cause = Failure(
        type=str(error.error.get("type", "")),
        message=str(error.error.get("message", "")),
        cure=str(error.error.get("cure", "")),
        task=str(error.error.get("task", "")),
    )
    return Failure(type=cause.type, message=str(error), cure=cause.cure, task=task, cause=cause)


def _position(error: BaseException, name: str) -> int:
    value: Any = getattr(error, name, 0)
    return value if isinstance(value, int) else 0
