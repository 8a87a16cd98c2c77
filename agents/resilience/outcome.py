"""What an error says of the system that was asked: that it failed, that it is well, or nothing."""

from agents.errors import (
    AgentError,
    BreakerOpen,
    Busy,
    Contended,
    Overdue,
    Refused,
    Rejected,
    Throttled,
    Unavailable,
    Unreachable,
)
from agents.resilience.breaker import Outcome


def outcome_of(error: BaseException, *, throttled_counts: bool) -> Outcome:
    """What a call that raised this says of its system.

    Whoever refuses, rejects, or ends what takes too long answers, so it is well. Being told to
    come later, cancelled, or stopped on our side of the line says nothing of it; neither does a
    fault in our own code.
    """
    match error:
        case Refused() | Rejected() | Contended() | Overdue():
            return "worked"
        case BreakerOpen() | Busy():  # of another guard, around a part of this call
            return "unknown"
        case Throttled():
            return "failed" if throttled_counts else "unknown"
        case Unreachable() | Unavailable() | OSError():
            return "failed"
    return "unknown"


def brief_of(error: BaseException) -> str:
    """The error in a sentence that anybody may see: no word of what was asked or answered."""
    if isinstance(error, AgentError):
        return error.brief
    return f"It ended with {type(error).__name__}."
