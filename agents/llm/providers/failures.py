"""What went wrong with a service of models, said as an error that knows if trying again helps."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

from agents.errors import (
    AgentError,
    Refused,
    Rejected,
    Throttled,
    Unavailable,
    Unreachable,
    of_status,
)
from agents.llm.errors import Unsuited
from agents.llm.providers.wires import address
from graph.connections import Connection
from graph.errors import BadInput

EXCERPT = 300
"""Characters of what a service says that an error quotes."""

HIDDEN = "•••"

_TOO_LONG = (
    "context length", "context_length", "context window", "context size", "maximum context",
    "too long", "too many tokens", "exceed_context", "model_not_found", "model not found",
    "does not exist", "no such model", "not a chat model",
)  # fmt: skip
"""What a refusal says that another model may well not say."""

_SPENT = ("insufficient_quota", "billing_error", "credit balance", "spend_limit")
"""What a refusal says when there is no money left: waiting doesn't help."""


@contextlib.contextmanager
def saying(connection: Connection, sdk: type[Exception]) -> Iterator[None]:
    """Say what httpx2 and an SDK raise as an AgentError; `sdk` is the root of the SDK's errors.

    Nothing of the request is kept, since it holds the key.
    """
    try:
        yield
    except sdk as error:
        raise _of_sdk(connection, error) from None
    except httpx2.TimeoutException:
        raise _silent(connection) from None
    except httpx2.InvalidURL as error:
        raise BadInput(f"{connection.name}: the address can't be read: {error}.") from None
    except (httpx2.RequestError, httpx2.StreamError) as error:
        raise _broken(connection, error) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Unavailable(
            f"{connection.name}: what it sent can't be read as JSON: {error}.",
        ) from None


def _of_sdk(connection: Connection, error: Any) -> AgentError:
    cause = error.__cause__
    if isinstance(cause, AgentError):  # the door says it better
        return cause
    status = getattr(error, "status_code", None)
    if isinstance(cause, httpx2.TimeoutException) or "Timeout" in type(error).__name__:
        return _silent(connection)
    if status is None and isinstance(cause, Exception):
        return _broken(connection, cause)
    body = getattr(error, "body", None)
    kind, code, message = _told(body, str(error))
    what = f"{connection.name}: {clean(connection, message)}"
    if any(sign in f"{kind} {code} {message.lower()}" for sign in _SPENT):
        return Refused(what, cure="Look at the plan and the payment of the account.")
    if status is not None and 300 <= status < 400:
        return Rejected(
            f"{connection.name}: it sends elsewhere ({status}).",
            cure="Give the connection the address that it means, if you trust that.",
        )
    if status is None or status < 400:  # said in the middle of an answer
        return _of_kind(kind or code, what)
    if status in (404, 413) or any(sign in f"{code} {message.lower()}" for sign in _TOO_LONG):
        return Unsuited(what, cure="Choose another model, or give it less to read.")
    if status == 402:
        return Refused(what, cure="Look at the plan and the payment of the account.")
    cure = "Check the key of the connection." if status in (401, 403) else ""
    return of_status(f"{what.rstrip('.')} ({status}).", status, wait=_wait(error), cure=cure)


def _told(body: Any, otherwise: str) -> tuple[str, str, str]:
    """The kind, the code and the message of a trouble, as both protocols tell of it."""
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    if not isinstance(inner, Mapping):
        return "", "", inner if isinstance(inner, str) and inner else otherwise
    message = inner.get("message")
    return (
        str(inner.get("type") or ""),
        str(inner.get("code") or ""),
        message if isinstance(message, str) and message else otherwise,
    )


def _of_kind(kind: str, what: str) -> AgentError:
    if "rate_limit" in kind:
        return Throttled(what)
    if "authentication" in kind or "permission" in kind:
        return Refused(what, cure="Check the key of the connection.")
    if "invalid_request" in kind:
        return Rejected(what)
    return Unavailable(what)


def _wait(error: Any) -> float | None:
    """Seconds that the service asks to wait, None when it names none."""
    headers = error.response.headers
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _silent(connection: Connection) -> Unreachable:
    return Unreachable(
        f"{connection.name}: no sign of life in time.",
        cure="If it needs longer, raise the connection's patience.",
    )


def _broken(connection: Connection, error: Exception) -> Unreachable:
    if isinstance(error, httpx2.ConnectError) and "connection attempts failed" in str(error):
        return Unreachable(
            f"{connection.name}: nobody answers at {address(connection).netloc.decode()}.",
            cure="Start the server there, or give the connection another address.",
        )
    reason = clean(connection, str(error)).rstrip(".") or "the connection broke"
    return Unreachable(f"{connection.name}: {reason}.")


def clean(connection: Connection, text: str) -> str:
    """What a service says, in one line and short, without the key it may repeat."""
    key = connection.get("key")
    if key:
        text = text.replace(key, HIDDEN)
    return " ".join(text.split())[:EXCERPT]
