"""What a database says went wrong, as an error that knows whether trying again may help."""

import re
import sqlite3
from typing import Any

import psycopg
import sqlalchemy.exc

from agents.database.address import Target
from agents.database.statement import Statement
from agents.database.stop import Stop
from agents.errors import (
    AgentError,
    Contended,
    NotGranted,
    Overdue,
    Refused,
    Rejected,
    Unavailable,
    Unreachable,
)

_NO_ENTRY = re.compile(r"password authentication failed|no password supplied|pg_hba\.conf")
_NOT_THERE = re.compile(r'(database|role) "[^"]*" does not exist')
_QUOTED = re.compile(r'near "([^"]+)"|no such (?:column|table|function): (\S+)')
_READ_ONLY = "This statement changes the database."
USE_EXECUTE = "Use the block `sql.execute` for it."


def failure(
    error: sqlalchemy.exc.SQLAlchemyError | psycopg.Error | TimeoutError,
    target: Target,
    stop: Stop,
    statement: Statement | None = None,
) -> AgentError:
    """The error to raise for what SQLAlchemy, psycopg or `Stop` raised."""
    if stop.expired:
        # A server that ended the statement itself, as it was told to, is well.
        kind = Overdue if _was_ended(error) else Unreachable
        return kind(
            f"{target.shown}: no answer in time.",
            cure="Raise `time_limit` if it needs longer.",
        )
    match getattr(error, "orig", error):
        case sqlite3.Error() as original:
            return _of_sqlite(original, target, statement)
        case psycopg.Error() as original:
            return _of_postgresql(original, target, statement)
        case _:
            return Rejected(f"{target.shown}: {_first_line(error)}.")


def _was_ended(error: Exception) -> bool:
    return getattr(getattr(error, "orig", error), "sqlstate", None) == "57014"


def _of_sqlite(error: sqlite3.Error, target: Target, statement: Statement | None) -> AgentError:
    said = _first_line(error)
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_AUTH:
            return NotGranted(
                f"{target.shown}: the statement does what no flow may do: {said}.",
                cure="ATTACH, load_extension and pragmas that set something are refused.",
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Contended(f"{target.shown} is in use by somebody else.")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return Unavailable(f"{target.shown}: {said}.")
        case sqlite3.SQLITE_READONLY:
            return Rejected(f"{target.shown}: {_READ_ONLY}", cure=USE_EXECUTE)
        case sqlite3.SQLITE_CANTOPEN:
            return Rejected(f"There is no database {target.shown}.")
        case _:
            return Rejected(f"{target.shown}: {said}{_spot_in(said, statement)}.")


def _of_postgresql(error: psycopg.Error, target: Target, statement: Statement | None) -> AgentError:
    said, state = _said(error), error.sqlstate or ""
    match state[:2]:
        case "" if not isinstance(error, psycopg.OperationalError):
            return Rejected(f"{target.shown}: {said}.")
        case "":
            return _no_connection(said, target)
        case "08" | "57":
            if state == "57014":
                return Unavailable(f"{target.shown}: {said}.")
            return Unreachable(f"{target.shown}: {said}.")
        case "28":
            return Refused(f"{target.shown}: {said}.", cure="Check user and password.")
        case "53" | "58" | "XX":
            return Unavailable(f"{target.shown}: {said}.")
        case "40" | "55":
            return Contended(f"{target.shown}: {said}.")
    if state == "25006":
        return Rejected(f"{target.shown}: {_READ_ONLY}", cure=USE_EXECUTE)
    if state == "42501":
        return Refused(f"{target.shown}: {said}.", cure="Give the database's user that right.")
    return Rejected(f"{target.shown}: {said}{_position(error, statement)}.")


def _no_connection(said: str, target: Target) -> AgentError:
    if _NO_ENTRY.search(said):
        return Refused(
            f"{target.shown} lets nobody in with that name and password.",
            cure="Check user and password.",
        )
    if found := _NOT_THERE.search(said):
        return Rejected(f"{target.shown}: {found[0]}.")
    return Unreachable(f"{target.shown} does not answer: {said}.")


def _said(error: psycopg.Error) -> str:
    """The server's message with its detail, on one line."""
    primary = error.diag.message_primary or _first_line(error)
    return " ".join(f"{primary} {_in_brackets(error.diag.message_detail)}".split()).rstrip(".")


def _in_brackets(detail: str | None) -> str:
    return f"({detail.rstrip('.')})" if detail else ""


def _position(error: psycopg.Error, statement: Statement | None) -> str:
    position: Any = error.diag.statement_position
    if statement is None or not position:
        return ""
    spot = statement.spot(int(position))
    return f" ({spot})" if spot else ""


def _spot_in(said: str, statement: Statement | None) -> str:
    """SQLite names the word, not the place; a word that stands there once is a place."""
    found = _QUOTED.search(said)
    if statement is None or not found:
        return ""
    spot = statement.spot_of(found[1] or found[2])
    return f" ({spot})" if spot else ""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
