"""What a database or a cache says went wrong, as an error that knows whether to try again."""

import sqlite3

import psycopg
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from agents.errors import (
    AgentError,
    Contended,
    Overdue,
    Refused,
    Rejected,
    Unavailable,
    Unreachable,
)

DATABASE = "The database"
CACHE = "The cache"


def of_postgres(error: psycopg.Error) -> AgentError:
    """The error to raise for what psycopg raised."""
    said, state = _said(error), error.sqlstate or ""
    if state == "57014":
        return Overdue(f"{DATABASE} took too long.", cure="Look what holds the rows.")
    match state[:2]:
        case "" if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return _no_connection(said)
        case "08" | "57":
            return Unreachable(f"{DATABASE} went away: {said}.", cure=_START)
        case "28":
            return Refused(f"{DATABASE}: {said}.", cure="Check DATABASE_URL.")
        case "53" | "58" | "XX":
            return Unavailable(f"{DATABASE}: {said}.")
        case "40" | "55":
            return Contended(f"{DATABASE}: {said}.")
    if state == "42501":
        return Refused(f"{DATABASE}: {said}.", cure="Give the user of DATABASE_URL that right.")
    return Rejected(f"{DATABASE} refuses it: {said}.")


def of_sqlite(error: sqlite3.Error) -> AgentError:
    """The error to raise for what SQLite raised."""
    said = str(error).rstrip(".")
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Contended(f"{DATABASE} is in use by somebody else.")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            return Unavailable(f"{DATABASE}: {said}.", cure="Look whether its disk has room.")
        case _:
            return Rejected(f"{DATABASE} refuses it: {said}.")


def of_redis(error: RedisError | OSError) -> AgentError:
    """The error to raise for what redis-py raised."""
    if isinstance(error, AuthenticationError):
        return Refused(f"{CACHE} lets nobody in so.", cure="Check REDIS_URL.")
    if isinstance(error, ResponseError):
        return Unavailable(f"{CACHE}: {str(error).rstrip('.')}.")
    return Unreachable(f"{CACHE} does not answer.", cure="Start Redis, or check REDIS_URL.")


_START = "Start PostgreSQL, or check DATABASE_URL."


def _no_connection(said: str) -> AgentError:
    if "password authentication failed" in said or "no password supplied" in said:
        return Refused(f"{DATABASE} lets nobody in so.", cure="Check DATABASE_URL.")
    if "does not exist" in said:
        return Rejected(f"{DATABASE}: {said}.", cure="Check DATABASE_URL.")
    return Unreachable(f"{DATABASE} does not answer.", cure=_START)


def _said(error: psycopg.Error) -> str:
    primary = error.diag.message_primary or str(error).strip().partition("\n")[0]
    detail = f" ({error.diag.message_detail.rstrip('.')})" if error.diag.message_detail else ""
    return f"{primary}{detail}".rstrip(".")


class Outdated(Rejected):
    """The row changed since the one that a write was based on, and nothing says what then."""

    means = "The row has changed since."
