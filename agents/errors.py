"""How the world outside can fail, and whether trying again may help.

AgentError(BlockError)      carries `retryable`, and `wait` when the other side named a time
├── Unreachable             no connection, no answer in time        retryable
├── Throttled               too many requests                       retryable
├── Unavailable             the other side has trouble (5xx)        retryable
│   └── BreakerOpen         known to have trouble: it wasn't asked  retryable
├── Refused                 wrong credentials or rights
├── Rejected                the other side says the request is wrong
└── NotGranted              the flow was not given this folder, host or database
"""

from graph.errors import BlockError


class AgentError(BlockError):
    """Something outside went wrong. `wait`: seconds the other side asked for, None if it didn't."""

    def __init__(self, message: str, *, cure: str = "", wait: float | None = None) -> None:
        super().__init__(message, cure=cure)
        self.wait = wait


class Unreachable(AgentError):
    """Nobody answered in time."""

    retryable = True


class Throttled(AgentError):
    """Asked too often."""

    retryable = True


class Unavailable(AgentError):
    """The other side has trouble of its own."""

    retryable = True


class BreakerOpen(Unavailable):
    """It failed so often that it isn't asked for a while."""


class Refused(AgentError):
    """Wrong credentials, or no right to do this."""


class Rejected(AgentError):
    """The other side says the request itself is wrong."""


class NotGranted(AgentError):
    """The flow may not touch this."""


def of_status(
    message: str, status: int, *, wait: float | None = None, cure: str = ""
) -> AgentError:
    """The error that an HTTP status of 400 and above means; `wait` as in AgentError."""
    if status == 429 or (status == 403 and wait is not None):
        return Throttled(message, cure=cure, wait=wait)
    if status >= 500 or status in (408, 425):
        return Unavailable(message, cure=cure, wait=wait)
    if status in (401, 403, 407):
        return Refused(message, cure=cure or "Check the credentials and what they allow.")
    return Rejected(message, cure=cure)
