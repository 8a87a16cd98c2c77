"""What went wrong with a request, said as an error that knows whether trying again may help."""

import contextlib
import datetime
import email.utils
import ssl
from collections.abc import Iterator, Mapping

import httpcore
import httpx

from agents import errors
from agents.errors import AgentError, Refused, Unreachable
from graph.errors import BadInput

EXCERPT = 300
"""Characters of an answer that an error quotes."""


@contextlib.contextmanager
def saying(what: str, time_limit: float) -> Iterator[None]:
    """Say what httpx and httpcore raise as an AgentError; `what` is `GET https://host/path`."""
    try:
        yield
    except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise Unreachable(
            f"{what}: no complete answer within {time_limit:g} s.",
            cure="Raise `time_limit` if it needs longer.",
        ) from error
    except httpcore.ConnectError as error:
        raise _no_connection(what, error) from error
    except (httpcore.LocalProtocolError, httpx.UnsupportedProtocol) as error:
        raise BadInput(f"{what} can't be sent: {error}.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError) as error:
        reason = str(error).rstrip(".") or "the connection broke"
        raise Unreachable(f"{what}: {reason}.") from error


def of_status(what: str, status: int, headers: Mapping[str, str], text: str) -> AgentError:
    """The error that a status of 400 and above means."""
    phrase = httpx.codes.get_reason_phrase(status)
    excerpt = " ".join(text.split())[:EXCERPT]
    message = f"{what}: {status} {phrase}".rstrip() + (f": {excerpt}" if excerpt else ".")
    return errors.of_status(message, status, wait=seconds_asked(headers.get("retry-after", "")))


def seconds_asked(retry_after: str) -> float | None:
    """The wait that a Retry-After header asks for: seconds, or until a date."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())


def _no_connection(what: str, error: httpcore.ConnectError) -> AgentError:
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return Refused(
            f"{what}: its certificate is not to be trusted: {cause.verify_message}.",
            cure="Check the address; a certificate of your own is trusted by SSL_CERT_FILE.",
        )
    return Unreachable(f"{what}: no connection: {str(error).rstrip('.')}.")
