"""Records into a table, which is made when missing: added, instead of all others, or by key."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from agents.database.values import Dialect, fits_integer, to_driver
from agents.database.work import Insert, Record, check_name
from agents.errors import Rejected
from graph.blocks.formats import format_json
from graph.errors import BadInput
from graph.values import did_you_mean


def insert(connection: Connection, wanted: Insert) -> int:
    """Put the rows into the table, inside the transaction that is open; gives how many.

    A column that a row lacks is empty in it. Raises BadInput, Rejected, and SQLAlchemy's errors.
    """
    check_name(wanted.table, "table")
    columns = wanted.columns()
    rows = _by_key(wanted, columns) if wanted.mode == "upsert" else list(wanted.rows)
    types = _existing(connection, wanted)
    if types is None:
        if not columns:
            return 0
        types = _made(connection, wanted, columns)
    for name in columns:
        if name not in types:
            raise BadInput(
                f"The table {wanted.table!r} has no column {name!r}.",
                cure=did_you_mean(name, list(types)),
            )
    table = sa.table(
        wanted.table, *(sa.column(name) for name in columns), schema=wanted.schema or None
    )
    if wanted.mode == "replace":
        connection.execute(sa.delete(table))
    if rows:
        dialect: Any = connection.dialect.name
        ready = [_ready(row, columns, types, dialect) for row in rows]
        connection.execute(_statement(table, wanted, columns, dialect), ready)
    return len(rows)


def once(connection: Connection, key: str, now: float) -> bool:
    """Whether the work of that key is still to be done; if so, it counts as done from now on.

    The note of it stands in the same transaction as the work, so one is never without the other.
    Notes are forgotten after `REMEMBERED` days.
    """
    columns = (sa.Column("key", sa.Text, primary_key=True), sa.Column("at", sa.Double))
    notes = sa.Table(NOTES, sa.MetaData(), *columns)
    if not sa.inspect(connection).has_table(NOTES):
        _alone(connection, NOTES)
        notes.create(connection, checkfirst=True)
    dialect: Any = connection.dialect.name
    note = _insert_of(dialect, notes).values(key=key, at=now).on_conflict_do_nothing()
    return connection.execute(note.returning(notes.c.key)).first() is not None


def forget(connection: Connection, now: float) -> None:
    """Let go of notes that nobody will ask for any more."""
    if sa.inspect(connection).has_table(NOTES):
        old = sa.column("at", sa.Double) < now - REMEMBERED * 86_400
        connection.execute(sa.delete(sa.table(NOTES)).where(old))


NOTES = "heddle_inserts"
REMEMBERED = 30


def type_for(values: Iterable[Any], dialect: Dialect) -> TypeEngine[Any]:
    """The column type that holds all of the values; text when nothing narrower does."""
    kinds = {_kind(value) for value in values if value is not None}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    kind = kinds.pop() if len(kinds) == 1 else "json" if "json" in kinds else "text"
    match kind:
        case "boolean":
            return sa.Boolean()
        case "integer":
            return sa.BigInteger()
        case "number":
            return sa.Double()
        case "bytes":
            return sa.LargeBinary()
        case "datetime" | "instant":
            return sa.DateTime(timezone=kind == "instant")
        case "date":
            return sa.Date()
        case "json" if dialect == "postgresql":
            return postgresql.JSONB()
        case _:
            return sa.Text()


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer" if fits_integer(value) else "text"
        case float():
            return "number"
        case bytes() | bytearray():
            return "bytes"
        case datetime.datetime():
            return "instant" if value.tzinfo else "datetime"
        case datetime.date():
            return "date"
        case Mapping() | list() | tuple():
            return "json"
        case _:
            return "text"


def _existing(connection: Connection, wanted: Insert) -> dict[str, TypeEngine[Any]] | None:
    inspector = sa.inspect(connection)
    schema = wanted.schema or None
    if not inspector.has_table(wanted.table, schema=schema):
        return None
    found = inspector.get_columns(wanted.table, schema=schema)
    return {column["name"]: column["type"] for column in found}


def _made(
    connection: Connection, wanted: Insert, columns: Sequence[str]
) -> dict[str, TypeEngine[Any]]:
    """Make the table, unless somebody did so while we waited for our turn."""
    if not wanted.create:
        raise Rejected(f"There is no table {wanted.table!r}.", cure="Make it, or set `create`.")
    _alone(connection, wanted.table)
    types = _existing(connection, wanted)
    if types is not None:
        return types
    dialect: Any = connection.dialect.name
    types = {name: type_for((row.get(name) for row in wanted.rows), dialect) for name in columns}
    key = set(wanted.key)
    sa.Table(
        wanted.table,
        sa.MetaData(),
        *(
            sa.Column(name, kind, primary_key=name in key, autoincrement=False)
            for name, kind in types.items()
        ),
        schema=wanted.schema or None,
    ).create(connection)
    return types


def _alone(connection: Connection, name: str) -> None:
    """Wait until no other transaction is making that table; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        connection.execute(lock, {"name": f"heddle: {name}"})


def _by_key(wanted: Insert, columns: Sequence[str]) -> list[Record]:
    """The rows, of each key the last one: a statement may not touch a row twice."""
    if not wanted.key:
        raise BadInput("An upsert needs a key.", cure="Name in `key` what tells rows apart.")
    last = dict[str, Record]()
    for number, row in enumerate(wanted.rows):
        for name in wanted.key:
            if row.get(name) is None:
                cure = did_you_mean(name, columns)
                raise BadInput(f"Row {number} has no {name!r}, which is its key.", cure=cure)
        last[format_json([row[name] for name in wanted.key])] = row
    return list(last.values())


def _statement(
    table: sa.TableClause, wanted: Insert, columns: Sequence[str], dialect: Dialect
) -> Any:
    made = _insert_of(dialect, table)
    if wanted.mode != "upsert":
        return made
    others = {name: made.excluded[name] for name in columns if name not in wanted.key}
    if not others:
        return made.on_conflict_do_nothing(index_elements=list(wanted.key))
    return made.on_conflict_do_update(index_elements=list(wanted.key), set_=others)


def _insert_of(dialect: Dialect, table: Any) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _ready(
    row: Record, columns: Sequence[str], types: Mapping[str, TypeEngine[Any]], dialect: Dialect
) -> dict[str, Any]:
    return {name: _suited(row.get(name), types[name], dialect) for name in columns}


def _suited(value: Any, kind: TypeEngine[Any], dialect: Dialect) -> Any:
    """A value as a column of that type takes it: JSON as text, numbers as text where text is."""
    if value is None:
        return None
    if isinstance(kind, (sa.JSON, postgresql.JSON)):
        return format_json(value)
    if isinstance(value, (Mapping, list, tuple)) and not isinstance(kind, sa.ARRAY):
        return format_json(value)
    if isinstance(kind, sa.String) and not isinstance(value, (str, bytes, bytearray)):
        return value.isoformat() if isinstance(value, datetime.date) else str(value)
    return to_driver(value, dialect)
