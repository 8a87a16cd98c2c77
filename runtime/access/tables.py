"""The tables of who may come in and of what they did: the same in SQLite and PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.tables import Tables

if TYPE_CHECKING:
    import sqlalchemy as sa

FILE = "access.db"
"""The file in the home, where no PostgreSQL is named."""

STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS heddle_users (
        tenant TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT NOT NULL,
        enabled INTEGER NOT NULL, made DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (tenant, name))""",
    """CREATE TABLE IF NOT EXISTS heddle_sessions (
        id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL,
        made DOUBLE PRECISION NOT NULL, until DOUBLE PRECISION NOT NULL,
        revoked DOUBLE PRECISION)""",
    """CREATE TABLE IF NOT EXISTS heddle_refreshes (
        hash TEXT PRIMARY KEY, session TEXT NOT NULL, until DOUBLE PRECISION NOT NULL,
        used DOUBLE PRECISION)""",
    "CREATE INDEX IF NOT EXISTS heddle_refreshes_by_session ON heddle_refreshes (session)",
    """CREATE TABLE IF NOT EXISTS heddle_keys (
        id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
        role TEXT NOT NULL, hash TEXT NOT NULL, made DOUBLE PRECISION NOT NULL,
        until DOUBLE PRECISION, revoked DOUBLE PRECISION, used DOUBLE PRECISION)""",
    """CREATE TABLE IF NOT EXISTS heddle_guesses (
        tenant TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, failures INTEGER NOT NULL,
        last DOUBLE PRECISION NOT NULL, locked DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (tenant, name, address))""",
    """CREATE TABLE IF NOT EXISTS heddle_addresses (
        tenant TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
        last DOUBLE PRECISION NOT NULL, PRIMARY KEY (tenant, name, address))""",
    """CREATE TABLE IF NOT EXISTS heddle_tenants (
        name TEXT PRIMARY KEY, made DOUBLE PRECISION NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS heddle_trail (
        seq BIGINT PRIMARY KEY, at DOUBLE PRECISION NOT NULL, who TEXT NOT NULL,
        tenant TEXT NOT NULL, what TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL,
        request TEXT NOT NULL, address TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS heddle_trail_of_tenant ON heddle_trail (tenant, seq)",
    "CREATE INDEX IF NOT EXISTS heddle_trail_of_somebody ON heddle_trail (who, seq)",
)


def kept(text: str) -> str:
    """A text as every database keeps it: without NUL and half characters."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def access_tables(folder: Path, database_url: str, *, durable: bool = False) -> Tables:
    """The tables of a home, in PostgreSQL if that is where runs are kept."""
    return Tables(folder / FILE, database_url, STATEMENTS, outlives=durable)


def rows(connection: "sa.Connection", statement: str, **values: Any) -> list[dict[str, Any]]:
    """What a statement gives, by the names of its columns."""
    return [dict(one) for one in _executed(connection, statement, values).mappings()]


def row(connection: "sa.Connection", statement: str, **values: Any) -> dict[str, Any] | None:
    """The first row that a statement gives, None when it gives none."""
    found = _executed(connection, statement, values).mappings().first()
    return None if found is None else dict(found)


def done(connection: "sa.Connection", statement: str, **values: Any) -> int:
    """Do what a statement says; gives how many rows it changed."""
    return _executed(connection, statement, values).rowcount


def _executed(
    connection: "sa.Connection", statement: str, values: Mapping[str, Any]
) -> "sa.CursorResult[Any]":
    import sqlalchemy as sa  # noqa: PLC0415 - whoever has a connection has it loaded by now

    storable = {name: kept(one) if isinstance(one, str) else one for name, one in values.items()}
    return connection.execute(sa.text(statement), storable)
