"""The statements for a table in PostgreSQL. Names are quoted here and nowhere else.

Rows travel as one JSON parameter, and the database reads it by the table's own types: no value
is ever part of a statement, and no type has to be guessed.
"""

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import msgspec
from psycopg import sql

from agents.swarm.database_sync.shapes import Sync
from agents.swarm.database_sync.tables import Table
from agents.swarm.database_sync.values import KeyKind

CHANNEL = "heddle_sync"
DONE = "heddle_sync_done"
"""The table that says how far the writes of each journal are in the database."""

_TRIGGER = "heddle_sync_notify"
_SENT_AS_THEY_ARE = {type(None), bool, int, str, dict, list}
_encoder = msgspec.json.Encoder()

DESCRIBE = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), t.typname,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
IS_VIEW = "SELECT relkind = 'v' FROM pg_class WHERE oid = %s"
UNIQUE = """
SELECT array_agg(a.attname::text) FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
WHERE i.indrelid = %s AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
  AND i.indimmediate
GROUP BY i.indexrelid
"""
KINDS: dict[str, KeyKind] = {
    "int2": "integer", "int4": "integer", "int8": "integer", "text": "text", "varchar": "text",
    "uuid": "uuid", "date": "date", "bool": "boolean",
}  # fmt: skip

MAKE_DONE = sql.SQL(
    "CREATE TABLE IF NOT EXISTS {} (journal text, sync text, number bigint NOT NULL,"
    " PRIMARY KEY (journal, sync))"
).format(sql.Identifier(DONE))
READ_DONE = sql.SQL("SELECT number FROM {} WHERE journal = %s AND sync = %s").format(
    sql.Identifier(DONE)
)
WRITE_DONE = sql.SQL(
    "INSERT INTO {} VALUES (%s, %s, %s)"
    " ON CONFLICT (journal, sync) DO UPDATE SET number = excluded.number"
).format(sql.Identifier(DONE))

Statement = bytes

_kept = functools.lru_cache(maxsize=1_000)
"""A table is made once for each definition of a sync, and its statements are asked for often."""


def named(sync: Sync) -> sql.Identifier:
    """The table's name, quoted."""
    return sql.Identifier(*([sync.schema] if sync.schema else []), sync.table)


def relation(table: Table) -> sql.Identifier:
    """The table's name, quoted."""
    return named(table.sync)


@_kept
def select_one(table: Table) -> Statement:
    """The row of one key, whose parts are the parameters."""
    return _said(
        sql.SQL("SELECT {} FROM {} WHERE {}").format(
            _columns(table), _relation(table), _is_one(table)
        )
    )


@_kept
def select_many(table: Table, *, lock: bool) -> Statement:
    """The rows of keys, which are the parameter as records; in the order of their keys."""
    return _said(
        sql.SQL("SELECT {} FROM {} AS t WHERE {} ORDER BY {}{}").format(
            _columns(table, "t"),
            _relation(table),
            _among(table),
            _joined(_name("t", name) for name in table.sync.key),
            sql.SQL(" FOR UPDATE" if lock else ""),
        )
    )


@_kept
def delete(table: Table) -> Statement:
    """Deletes the rows of keys, which are the parameter as records."""
    return _said(sql.SQL("DELETE FROM {} AS t WHERE {}").format(_relation(table), _among(table)))


@_kept
def insert(table: Table, names: tuple[str, ...], *, upsert: bool) -> Statement:
    """Inserts records of these columns, instead of those of the same key where `upsert`."""
    listed = _joined(map(_name, names))
    made = sql.SQL("INSERT INTO {} AS t ({}) SELECT {} FROM {}").format(
        _relation(table), listed, listed, _records(table)
    )
    if upsert:
        made += sql.SQL(" ON CONFLICT ({}) DO UPDATE SET {}").format(
            _joined(map(_name, table.sync.key)), _assignments(table, names, "excluded")
        )
    return _said(made + _returning(table))


@_kept
def update(table: Table, names: tuple[str, ...]) -> Statement:
    """Changes the rows that there are, of records of these columns."""
    same = _anded(
        sql.SQL("{} = {}").format(_name("t", name), _name("r", name)) for name in table.sync.key
    )
    made = sql.SQL("UPDATE {} AS t SET {} FROM {} AS r WHERE {}").format(
        _relation(table), _assignments(table, names, "r"), _records(table), same
    )
    return _said(made + _returning(table))


def trigger(table: Table) -> list[Statement]:
    """Has the database tell of every change of the table: its function, and the triggers.

    A row's key goes as JSON; a change of the key tells of both. What is too long to be told, or
    concerns the whole table, is told without a key.
    """
    function = _function(table)
    made = sql.SQL("CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS {}").format(
        function, sql.Literal(_BODY)
    )
    arguments = _joined(sql.Literal(word) for word in (table.name, *table.sync.key))
    rows = sql.SQL(
        "CREATE OR REPLACE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {}"
        " FOR EACH ROW EXECUTE FUNCTION {}({})"
    ).format(_trigger(table), relation(table), function, arguments)
    whole = sql.SQL(
        "CREATE OR REPLACE TRIGGER {} AFTER TRUNCATE ON {}"
        " FOR EACH STATEMENT EXECUTE FUNCTION {}({})"
    ).format(_trigger(table, "_all"), relation(table), function, arguments)
    return [_said(each) for each in (made, rows, whole)]


def untrigger(table: Table) -> list[Statement]:
    """Takes the triggers of the sync away; the function stays, others may use it."""
    return [
        _said(
            sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(_trigger(table, end), relation(table))
        )
        for end in ("", "_all")
    ]


def trigger_name(table: Table, end: str = "") -> str:
    """What the triggers of a sync are called; names have 63 bytes at most."""
    return f"{_TRIGGER}_{table.name}"[:55] + end


def records(rows: Sequence[Mapping[str, Any]]) -> str:
    """Records as the JSON that a statement takes."""
    if not {type(value) for row in rows for value in row.values()} <= _SENT_AS_THEY_ARE:
        rows = [{name: sent(value) for name, value in row.items()} for row in rows]
    return _encoder.encode(rows).decode()


def sent(value: Any) -> Any:
    """A value as PostgreSQL reads it out of JSON."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


_BODY = """
DECLARE
  told jsonb := jsonb_build_object(
    'sync', TG_ARGV[0], 'by', current_setting('heddle.sync_by', true));
  keys jsonb := '[]';
  row jsonb;
  key jsonb;
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    FOREACH row IN ARRAY ARRAY[
      CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
      CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END]
    LOOP
      CONTINUE WHEN row IS NULL;
      key := '[]';
      FOR position IN 1 .. TG_NARGS - 1 LOOP
        key := key || jsonb_build_array(row -> TG_ARGV[position]);
      END LOOP;
      IF keys -> 0 IS DISTINCT FROM key THEN
        keys := keys || jsonb_build_array(key);
      END IF;
    END LOOP;
    IF octet_length(keys::text) < 7000 THEN
      told := told || jsonb_build_object('keys', keys);
    END IF;
  END IF;
  PERFORM pg_notify('heddle_sync', told::text);
  RETURN NULL;
END
"""


def _function(table: Table) -> sql.Identifier:
    schema = table.sync.schema
    return sql.Identifier(*([schema] if schema else []), _TRIGGER)


def _trigger(table: Table, end: str = "") -> sql.Identifier:
    return sql.Identifier(trigger_name(table, end))


def _relation(table: Table) -> sql.Identifier:
    sync = table.sync
    return _name(*([sync.schema] if sync.schema else []), sync.table)


def _name(*parts: str) -> sql.Identifier:
    """A quoted name, for statements with parameters: there a % would begin a place for one."""
    return sql.Identifier(*(part.replace("%", "%%") for part in parts))


def _columns(table: Table, of: str = "") -> sql.Composed:
    return _joined(_name(*([of] if of else []), name) for name in table.columns)


def _returning(table: Table) -> sql.Composed:
    return sql.SQL(" RETURNING {}").format(_columns(table, "t"))


def _records(table: Table) -> sql.Composed:
    return sql.SQL("json_populate_recordset(NULL::{}, %s::json)").format(_relation(table))


def _among(table: Table) -> sql.Composed:
    """Whether a row's key is among the records that are the parameter."""
    names = table.sync.key
    if len(names) == 1:
        return sql.SQL("{} = ANY (%s::{}[])").format(
            _name("t", names[0]), sql.SQL(_type(table, names[0]))
        )
    return sql.SQL("({}) IN (SELECT {} FROM {})").format(
        _joined(_name("t", name) for name in names),
        _joined(map(_name, names)),
        _records(table),
    )


def keys_parameter(table: Table, keys: Sequence[str]) -> Any:
    """The parameter of `select_many` and `delete`."""
    parts = [table.parts(key) for key in keys]
    if len(table.sync.key) == 1:
        return [each[table.sync.key[0]] for each in parts]
    return records(parts)


def _is_one(table: Table) -> sql.Composed:
    return _anded(
        sql.SQL("{} = %s::{}").format(_name(name), sql.SQL(_type(table, name)))
        for name in table.sync.key
    )


def _type(table: Table, name: str) -> LiteralString:
    """What a key's value is compared as: never narrower than its column, and the index serves."""
    return _COMPARED[table.kinds[name] or "text"]


_COMPARED: dict[str, LiteralString] = {
    "integer": "int8", "text": "text", "uuid": "uuid", "date": "date", "boolean": "bool",
}  # fmt: skip


def _assignments(table: Table, names: Sequence[str], source: str) -> sql.Composed:
    """A version's column grows by as much as the record says."""
    counted = table.sync.version
    return _joined(
        sql.SQL("{} = coalesce({}, 0) + {}").format(
            _name(name), _name("t", name), _name(source, name)
        )
        if name == counted
        else sql.SQL("{} = {}").format(_name(name), _name(source, name))
        for name in names
    )


def _said(statement: sql.Composed) -> Statement:
    return statement.as_bytes(None)


def _joined(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def _anded(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(" AND ").join(parts)
