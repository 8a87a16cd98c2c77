"""What the answers of a server that won't are raised as, here.

HeddleError
├── ServerGone              nobody answers at the address any more
├── ServerRefused           the server won't; `status` is that of its answer
│   └── Unwelcome           it doesn't let us in
└── …                       whatever the runtime raises, raised here
"""

import contextlib

import msgspec

from agents.manager.manager import NoSuchAgent
from graph.errors import (
    EditRefused,
    FlowFileError,
    FlowInvalid,
    HeddleError,
    NewerFormat,
    UnknownKind,
)
from runtime.answering import Unasked
from runtime.bundle.contents import BadBundle
from runtime.changes import NoSuchField
from runtime.connections.contents import (
    BadConnection,
    BookUnreadable,
    NoConnection,
    NotAgreed,
)
from runtime.engine.points import BadBreakpoint
from runtime.inputs import BadInputs
from runtime.journal.contract import Conflict, JournalError, JournalFull, JournalGone, UnknownRun
from runtime.lookup import NoSuchValue
from runtime.metrics.series import NoSuchMetric
from runtime.metrics.store import MetricsGone
from runtime.projections.tasks import NoSuchTask
from runtime.secrets.environment import NoSecret
from runtime.secrets.keep import Damaged, Exposed, KeepError, KeyGone, KeyringFailed
from runtime.steering import NotPossible, NotYourWheel, WrongValue
from runtime.wire import PROBLEM, Refusal


class ServerGone(HeddleError):
    """Nobody answers at the address."""


class ServerRefused(HeddleError):
    """The server won't do it, for a reason that is its own."""

    status = 500


class Unwelcome(ServerRefused):
    """The server doesn't let us in."""


_KNOWN: dict[str, type[HeddleError]] = {
    kind.__name__: kind
    for kind in (
        BadBreakpoint, BadBundle, BadConnection, BadInputs, BookUnreadable, Conflict, Damaged,
        Exposed, KeepError, KeyGone, KeyringFailed, NoConnection, NoSecret, NotAgreed,
        EditRefused, FlowFileError, FlowInvalid,
        JournalError, JournalFull, JournalGone, MetricsGone, NewerFormat, NoSuchAgent,
        NoSuchField, NoSuchMetric, NoSuchTask, NoSuchValue, NotPossible, NotYourWheel, Unasked,
        UnknownKind, UnknownRun, WrongValue,
    )
}  # fmt: skip


def error_of(status: int, body: bytes, kind: str) -> HeddleError:
    """The error that an answer means."""
    refusal = Refusal("", status, f"The server answered with status {status}.")
    if kind.startswith(PROBLEM):
        with contextlib.suppress(msgspec.DecodeError):
            refusal = msgspec.json.decode(body, type=Refusal)
    known = _KNOWN.get(refusal.title)
    if known is not None:
        return _raised_there(known, refusal)
    error = (Unwelcome if status in (401, 403) else ServerRefused)(
        refusal.detail, cure=refusal.cure
    )
    error.status = status
    return error


def _raised_there(kind: type[HeddleError], refusal: Refusal) -> HeddleError:
    """An error of the runtime's, put together without what its kind is usually made from."""
    error = kind.__new__(kind)
    HeddleError.__init__(error, refusal.detail, cure=refusal.cure)
    if isinstance(error, (FlowInvalid, FlowFileError)):
        error.problems = refusal.problems
    return error
