"""A SQLite file as a store: one connection in one thread, changes of others by its counter."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from agents.errors import Rejected
from agents.swarm.database_sync.failures import of_sqlite
from agents.swarm.database_sync.shapes import Change, Sync
from agents.swarm.database_sync.stores.contract import News, Rows, Writing, by_key
from agents.swarm.database_sync.tables import Column, Described, Table
from agents.swarm.database_sync.values import KeyKind, plain

T = TypeVar("T")

RHYTHM = 0.2
"""Seconds between two looks whether somebody else changed the file."""

DONE = "heddle_sync_done"
_MANY = 500
"""Keys in one statement."""


class SQLiteStore:
    """See Store. The file is made when it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown = f"sqlite:///{path.name}"
        self._thread = ThreadPoolExecutor(1, "database-sync")
        self._connection: sqlite3.Connection | None = None
        self._alone = asyncio.Lock()
        self._seen = 0

    async def described(self, sync: Sync) -> Described:
        """See Store."""
        if sync.schema not in ("", "main"):
            raise Rejected("SQLite has no schemas.", cure="Leave `schema` empty.")
        columns = await self._all(f"PRAGMA table_xinfo({_quoted(sync.table)})")
        if not columns:
            raise Rejected(
                f"There is no table {sync.table!r}.",
                cure=f"Make it in {self._path}, or name another.",
            )
        described = [
            Column(name, kind or "any", _kind(kind), bool(needed and default is None and not rank))
            for _, name, kind, needed, default, rank, _ in columns
        ]
        primary = frozenset(column[1] for column in columns if column[5])
        unique = (primary, *await self._unique(sync))
        kind = await self._all("SELECT type FROM sqlite_master WHERE name = ?", (sync.table,))
        if kind == [("view",)]:  # nothing is known of its rows but what was said
            unique = (frozenset(sync.key),)
        return Described(sync, tuple(described), unique, self.shown)

    async def _unique(self, sync: Sync) -> list[frozenset[str]]:
        found = await self._all(f"PRAGMA index_list({_quoted(sync.table)})")
        names = [name for _, name, unique, _, partial in found if unique and not partial]
        indexes = [await self._all(f"PRAGMA index_info({_quoted(name)})") for name in names]
        return [frozenset(str(column) for _, _, column in index) for index in indexes]

    async def read(self, table: Table, keys: Sequence[str]) -> Rows:
        """See Store."""
        async with self._alone:
            return await self._read(table, keys)

    async def _read(self, table: Table, keys: Sequence[str]) -> Rows:
        found: Rows = {}
        for first in range(0, len(keys), _MANY):
            some = keys[first : first + _MANY]
            where, values = _among(table, some)
            query = (
                f"SELECT {_listed(table.columns)} FROM {_quoted(table.sync.table)} WHERE {where}"
            )
            found |= _rows(table, await self._run(query, values))
        return found

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """See Store."""
        async with self._alone:
            try:
                await self._run("BEGIN IMMEDIATE")
                yield _Writing(self)
                await self._run("COMMIT")
            except BaseException:  # who is cancelled doesn't know how far the thread got
                await asyncio.shield(self._do(_roll_back))
                raise

    async def ping(self) -> None:
        """See Store. A file that nobody needed yet isn't made for it."""
        if self._connection is not None:
            await self._all("SELECT 1")

    async def watch(self, ready: Callable[[], Awaitable[None]], news: News) -> None:
        """See Store. The file says that others changed it, not what: so all may have changed."""
        await ready()
        while True:
            await asyncio.sleep(RHYTHM)
            if self._connection is not None and (now := await self._counter()) != self._seen:
                self._seen = now
                await news("", None)

    async def _counter(self) -> int:
        return int((await self._all("PRAGMA data_version"))[0][0])

    async def install(self, table: Table) -> None:
        """See Store. There is nothing to install."""

    async def uninstall(self, table: Table) -> None:
        """See Store. There is nothing to take away."""

    async def close(self) -> None:
        """See Store."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, connection.close)
        self._thread.shutdown(wait=False)

    async def _all(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        async with self._alone:
            return await self._run(query, values)

    async def _run(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return await self._do(lambda connection: connection.execute(query, values).fetchall())

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of the work, in the thread that the connection belongs to."""

        def done() -> T:
            if self._connection is None:
                self._connection = self._open()
            return work(self._connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, done)
        except sqlite3.Error as error:
            raise of_sqlite(error) from error
        except (OverflowError, UnicodeError) as error:
            raise Rejected(f"SQLite can't hold it: {error}.") from error

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=5.0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        self._seen = int(connection.execute("PRAGMA data_version").fetchone()[0])
        return connection


class _Writing:
    """See Writing."""

    def __init__(self, store: SQLiteStore) -> None:
        self._store = store

    async def locked(self, table: Table, keys: Sequence[str]) -> Rows:
        return await self._store._read(table, keys)

    async def put(self, table: Table, changes: Sequence[Change], *, fresh: bool) -> Rows:
        await self._store._do(lambda connection: _put(connection, table, changes, fresh=fresh))
        return await self._store._read(table, [change.key for change in changes])

    async def delete(self, table: Table, keys: Sequence[str]) -> None:
        for first in range(0, len(keys), _MANY):
            where, values = _among(table, keys[first : first + _MANY])
            await self._store._run(f"DELETE FROM {_quoted(table.sync.table)} WHERE {where}", values)

    @contextlib.asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        await self._store._run("SAVEPOINT apart")
        try:
            yield
        except BaseException:
            await self._store._run("ROLLBACK TO apart")
            raise
        finally:
            await self._store._run("RELEASE apart")

    async def done(self, journal: str, sync: str) -> int:
        await self._store._run(
            f"CREATE TABLE IF NOT EXISTS {DONE}"
            " (journal TEXT, sync TEXT, number INTEGER NOT NULL, PRIMARY KEY (journal, sync))"
        )
        query = f"SELECT number FROM {DONE} WHERE journal = ? AND sync = ?"
        found = await self._store._run(query, (journal, sync))
        return int(found[0][0]) if found else 0

    async def set_done(self, journal: str, sync: str, number: int) -> None:
        await self._store._run(
            f"INSERT INTO {DONE} VALUES (?, ?, ?)"
            " ON CONFLICT (journal, sync) DO UPDATE SET number = excluded.number",
            (journal, sync, number),
        )


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _put(
    connection: sqlite3.Connection, table: Table, changes: Sequence[Change], *, fresh: bool
) -> None:
    sync = table.sync
    names = [*(changes[0].values or {}), *filter(None, [sync.version])]
    rows = [[*map(_sent, (c.values or {}).values()), *_bumps(table, c)] for c in changes]
    insert = (
        f"INSERT INTO {_quoted(sync.table)} ({_listed(names)})"
        f" VALUES ({', '.join('?' * len(names))})"
    )
    if fresh:
        connection.executemany(insert, rows)
        return
    upsert = f"{insert} ON CONFLICT ({_listed(sync.key)}) DO UPDATE SET {_sets(table, names, True)}"
    if table.required <= set(names):
        connection.executemany(upsert, rows)
        return
    where = " AND ".join(f"{_quoted(name)} = ?" for name in sync.key)
    update = f"UPDATE {_quoted(sync.table)} SET {_sets(table, names, False)} WHERE {where}"
    for row, change in zip(rows, changes, strict=True):
        parts = list(table.parts(change.key).values())
        if not connection.execute(update, [*row, *parts]).rowcount:
            connection.execute(insert, row)


def _bumps(table: Table, change: Change) -> list[int]:
    return [change.bumps] if table.sync.version else []


def _sets(table: Table, names: Sequence[str], excluded: bool) -> str:
    def said(name: str) -> str:
        value = f"excluded.{_quoted(name)}" if excluded else "?"
        counts = name == table.sync.version
        return f"coalesce({_quoted(name)}, 0) + {value}" if counts else value

    return ", ".join(f"{_quoted(name)} = {said(name)}" for name in names)


def _among(table: Table, keys: Sequence[str]) -> tuple[str, list[Any]]:
    parts = [list(table.parts(key).values()) for key in keys]
    one = f"({', '.join('?' * len(table.sync.key))})"
    where = f"({_listed(table.sync.key)}) IN (VALUES {', '.join([one] * len(keys))})"
    return where, [value for values in parts for value in values]


def _rows(table: Table, found: Sequence[tuple[Any, ...]]) -> Rows:
    read = [_reader(table.types[name]) for name in table.columns]
    return by_key(
        table,
        [
            {n: r(v) for n, r, v in zip(table.columns, read, values, strict=True)}
            for values in found
        ],
    )


def _reader(kind: str) -> Callable[[Any], Any]:
    match kind.upper().partition("(")[0].strip():
        case "JSON" | "JSONB":
            return _decoded
        case "BOOLEAN" | "BOOL":
            return lambda value: None if value is None else bool(value)
    return plain


def _decoded(value: Any) -> Any:
    try:
        return None if value is None else msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _sent(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else value


def _kind(declared: str) -> KeyKind | None:
    kind = declared.upper()
    if "INT" in kind:
        return "integer"
    if "UUID" in kind:
        return "uuid"
    if "CHAR" in kind or "TEXT" in kind:
        return "text"
    return {"DATE": "date", "BOOLEAN": "boolean"}.get(kind)  # type: ignore[return-value]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
