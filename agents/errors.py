"""How the world outside can fail, and whether trying again may help.

AgentError(BlockError)      carries `retryable`, and `wait` when the other side named a time
├── Unreachable             no connection, no answer in time        retryable
│   └── Overdue             it answers, but the work took too long  retryable
├── Throttled               too many requests                       retryable
├── Unavailable             the other side has trouble (5xx)        retryable
│   ├── BreakerOpen         known to have trouble: it wasn't asked  retryable
│   ├── Busy                asked too much by us: it wasn't asked   retryable
│   └── Contended           others are at the same data just now    retryable
├── Refused                 wrong credentials or rights
├── Rejected                the other side says the request is wrong
├── FlowFailed              a flow that was run for an agent gave no result
└── NotGranted              the flow was not given this folder, host or database
"""

from graph.errors import BlockError


class AgentError(BlockError):
    """Something outside went wrong. `wait`: seconds the other side asked for, None if it didn't.

    `brief` says what happened without a word of what was asked or answered, so that it may be
    shown to everybody; by default it is what the kind of error means.
    """

    means = "Something outside went wrong."

    def __init__(
        self, message: str, *, cure: str = "", wait: float | None = None, brief: str = ""
    ) -> None:
        super().__init__(message, cure=cure)
        self.wait = wait
        self.brief = brief or self.means


class Unreachable(AgentError):
    """There was no connection, or no answer in time."""

    means = "It could not be reached."
    retryable = True


class Overdue(Unreachable):
    """It answers, but what it was asked to do wasn't done in the time for that."""

    means = "What it was asked to do took too long."


class Throttled(AgentError):
    """Asked too often."""

    means = "It was asked too often."
    retryable = True


class Unavailable(AgentError):
    """The other side has trouble of its own."""

    means = "It has trouble of its own."
    retryable = True


class BreakerOpen(Unavailable):
    """It failed so often that it isn't asked for a while."""

    means = "It failed so often that it isn't asked for a while."


class Busy(Unavailable):
    """So many calls to it are under way or waiting already that it wasn't asked."""

    means = "Too many calls to it are under way."


class Contended(Unavailable):
    """Others are at the same data just now; the system itself is well."""

    means = "Others were at the same data."


class Refused(AgentError):
    """Wrong credentials, or no right to do this."""

    means = "It refuses the credentials, or what they are used for."


class Rejected(AgentError):
    """The other side says the request itself is wrong."""

    means = "It says that the request is wrong."


INTERRUPTED = "Interrupted"


class FlowFailed(AgentError):
    """A flow that was run for an agent came to no result; `run` is where that can be seen.

    `reason` is the kind of error that it failed with, such as BadInput; INTERRUPTED says that it
    was only left where it is, and can be gone on with.
    """

    means = "The flow gave no result."

    def __init__(
        self, message: str, *, run: str, cure: str = "", retryable: bool = False, reason: str = ""
    ) -> None:
        super().__init__(message, cure=cure)
        self.run = run
        self.reason = reason
        self.retryable = retryable


class NotGranted(AgentError):
    """The flow may not touch this."""

    means = "The flow may not touch it."


def of_status(
    message: str, status: int, *, wait: float | None = None, cure: str = ""
) -> AgentError:
    """The error that an HTTP status of 400 and above means; `wait` as in AgentError."""
    brief = f"It answered with status {status}."
    if status == 429 or (status == 403 and wait is not None):
        return Throttled(message, cure=cure, wait=wait, brief=brief)
    if status >= 500 or status in (408, 425):
        return Unavailable(message, cure=cure, wait=wait, brief=brief)
    if status in (401, 403, 407):
        cure = cure or "Check the credentials and what they allow."
        return Refused(message, cure=cure, brief=brief)
    return Rejected(message, cure=cure, brief=brief)
