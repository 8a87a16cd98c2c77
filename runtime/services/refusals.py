"""What a service answers when it won't: every error as a problem document (RFC 9457)."""

import logging
import re
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from agents.errors import AgentError, FlowFailed, NotGranted, Rejected
from agents.manager.manager import NoSuchAgent
from graph.errors import EditRefused, FlowFileError, FlowInvalid, HeddleError
from runtime.access.errors import (
    BadLogin,
    BadToken,
    LockedOut,
    NotThere,
    Taken,
    TooBusy,
    Unfit,
)
from runtime.bundle.contents import BadBundle
from runtime.connections.contents import BadConnection, NoConnection, NotAgreed
from runtime.engine.points import BadBreakpoint
from runtime.inputs import BadInputs
from runtime.journal.contract import JournalFull, JournalGone, UnknownRun
from runtime.lookup import NoSuchValue
from runtime.metrics.series import NoSuchMetric
from runtime.metrics.store import MetricsGone
from runtime.projections.tasks import NoSuchTask
from runtime.secrets.environment import NoSecret
from runtime.secrets.keep import KeepError
from runtime.services.registry.registry import NoSuchService
from runtime.steering import NotPossible, WrongValue
from runtime.wire import PROBLEM, Refusal, refusal_of

log = logging.getLogger("heddle.server")

_SERVICE = re.compile(r"/api/v\d+/[a-z]+(?=/)")
_AMISS = {400, 404, 405}
"""What a look at the description cures."""


class ServiceError(HeddleError):
    """A service's own reason to refuse; `status` is that of the answer."""

    status: ClassVar[int] = 400


STATUS: dict[type[HeddleError], int] = {
    BadLogin: 401,
    BadToken: 401,
    LockedOut: 429,
    TooBusy: 503,
    NotThere: 404,
    Taken: 409,
    Unfit: 422,
    UnknownRun: 404,
    NoSuchTask: 404,
    NoSuchValue: 404,
    NoSuchMetric: 404,
    NoSuchAgent: 404,
    NoConnection: 404,
    NoSecret: 404,
    NotAgreed: 409,
    BadConnection: 422,
    KeepError: 503,
    NoSuchService: 503,
    Rejected: 422,
    FlowFailed: 422,
    NotGranted: 403,
    AgentError: 503,
    MetricsGone: 503,
    NotPossible: 409,
    BadBundle: 422,
    BadInputs: 422,
    BadBreakpoint: 422,
    WrongValue: 422,
    EditRefused: 422,
    FlowFileError: 422,
    FlowInvalid: 422,
    JournalFull: 507,
    JournalGone: 503,
}


def _refused(_: Request[Any, Any, Any], error: HeddleError) -> Response[bytes]:
    if isinstance(error, ServiceError):
        return _problem(refusal_of(error, error.status))
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    answer = _problem(refusal_of(error, status))
    if isinstance(error, LockedOut | TooBusy):
        answer.headers["Retry-After"] = str(error.wait)
    return answer


def _malformed(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return _problem(Refusal("Malformed", 400, f"That is no command: {error}."))


def _too_deep(_: Request[Any, Any, Any], error: RecursionError) -> Response[bytes]:
    return _problem(Refusal("Malformed", 400, "What was sent is nested too deeply."))


def _http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework found wrong with a request."""
    found = error.extra if isinstance(error.extra, list) else []
    flaws = [f"{flaw['key']}: {flaw['message']}" for flaw in found if "key" in flaw]
    path = request.scope["path"]
    detail = "; ".join(flaws) or error.detail
    if detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"Nothing is at {path}."
    cure = _described(path) if error.status_code in _AMISS else ""
    return _problem(Refusal(type(error).__name__, error.status_code, detail, cure))


def _described(path: str) -> str:
    """Where it stands what a service takes; "" for paths of none."""
    if (service := _SERVICE.match(path)) is None:
        return ""
    return f"{service[0]}/schema/openapi.json says what there is, and what it takes."


def _unexpected(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.error("A request met something unexpected.", exc_info=error)
    return _problem(Refusal("Unexpected", 500, "Something unexpected happened in the server.",
                            "The server's own output says what."))  # fmt: skip


def _problem(refusal: Refusal) -> Response[bytes]:
    return Response(msgspec.json.encode(refusal), status_code=refusal.status, media_type=PROBLEM)


HANDLERS: dict[int | type[Exception], Any] = {
    HeddleError: _refused,
    msgspec.ValidationError: _malformed,
    msgspec.DecodeError: _malformed,
    RecursionError: _too_deep,
    HTTPException: _http_error,
    Exception: _unexpected,
}
"""What becomes of errors in every service."""
