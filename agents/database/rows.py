"""What a statement gives: rows as they come, bounded, and as records."""

import contextlib
import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from sqlalchemy.engine import Connection, CursorResult

from agents.database.failures import USE_EXECUTE
from agents.database.statement import Statement
from agents.database.values import Decimals, from_driver
from agents.errors import Rejected
from graph.errors import BadInput


class Table(NamedTuple):
    """Rows as they came, and what their columns are called."""

    names: list[str]
    rows: Sequence[Sequence[Any]]


def asked(connection: Connection, statement: Statement, limit: int) -> Table:
    """What a query gives. Raises Rejected when it is none, psycopg's and SQLAlchemy's errors."""
    if connection.dialect.name == "postgresql":
        return _streamed(connection, statement, limit)
    result = run(connection, statement)
    if not result.returns_rows:
        raise _no_rows()
    return fetched(result, limit)


def _streamed(connection: Connection, statement: Statement, limit: int) -> Table:
    """Rows as they come over the wire: however many the server has, few are held here."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        stream = cursor.stream(statement.text, statement.values)
        with contextlib.closing(stream):
            try:
                rows = list(itertools.islice(stream, limit + 1))
            except psycopg.ProgrammingError as error:
                if error.sqlstate is None:  # what psycopg says itself: there is nothing to stream
                    raise _no_rows() from error
                raise
        return Table([column.name for column in cursor.description or ()], rows)


def _no_rows() -> Rejected:
    return Rejected("The statement gives no rows.", cure=USE_EXECUTE)


def run(connection: Connection, statement: Statement) -> CursorResult[Any]:
    """Run a statement for what it does. Raises SQLAlchemy's errors."""
    return connection.exec_driver_sql(statement.text, statement.values or None)


def fetched(result: CursorResult[Any], limit: int) -> Table:
    """The rows of a result, one more than `limit` at most."""
    with contextlib.closing(result):
        return Table(list(result.keys()), result.fetchmany(limit + 1))


def records(table: Table, limit: int, decimals: Decimals) -> list[dict[str, Any]]:
    """The rows as records. Raises BadInput for columns of one name, Rejected for too many rows."""
    names = table.names
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise BadInput(f"Two columns are called {double!r}.", cure="Name one with AS.")
    if len(table.rows) > limit:
        raise Rejected(
            f"The statement gives more than {limit:,} rows.",
            cure="Use LIMIT, or raise `row_limit`.",
        )
    return [
        {name: from_driver(value, decimals) for name, value in zip(names, row, strict=True)}
        for row in table.rows
    ]
