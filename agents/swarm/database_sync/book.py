"""What has to outlive a crash: the syncs, the writes on their way, and the conflicts.

Writes of one moment are kept by one commit, so that many cost one fsync.
"""

import asyncio
import contextlib
import os
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from agents.errors import Unavailable
from agents.swarm.database_sync.shapes import Change, Conflict
from agents.swarm.database_sync.tables import Described

T = TypeVar("T")

_TABLES = """
CREATE TABLE IF NOT EXISTS syncs (name TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    sync TEXT, number INTEGER, content BLOB NOT NULL, PRIMARY KEY (sync, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conflicts (
    id TEXT PRIMARY KEY, sync TEXT NOT NULL, at REAL NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value NOT NULL);
INSERT OR IGNORE INTO facts VALUES ('last', 0);
"""

_changes = msgspec.msgpack.Decoder(list[Change] | Change)
_encoder = msgspec.msgpack.Encoder()


class Waiting(NamedTuple):
    """Writes on their way, kept together in so many bytes; numbers grow in the order of writes."""

    number: int
    changes: list[Change]
    size: int


class Book:
    """A SQLite file in the agent's folder. Processes of one home may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "database-sync-book")
        self._connection: sqlite3.Connection | None = None
        self.journal = ""

    async def open(self) -> None:
        """Make the file where it is missing, and learn its journal's name."""

        def read(connection: sqlite3.Connection) -> str:
            made = ("journal", uuid.uuid4().hex)
            connection.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", made)
            found = connection.execute("SELECT value FROM facts WHERE name = 'journal'")
            return str(found.fetchone()[0])

        self.journal = await self._do(read)

    async def syncs(self) -> list[Described]:
        """All syncs with what their tables are like, by name."""
        rows = await self._all("SELECT content FROM syncs ORDER BY name")
        return [msgspec.msgpack.decode(content, type=Described) for (content,) in rows]

    async def keep(self, described: Described) -> None:
        """Keep a sync, instead of the one of that name."""
        row = (described.sync.name, encoded(described))
        await self._all("INSERT OR REPLACE INTO syncs VALUES (?, ?)", *row)

    async def remove(self, name: str) -> None:
        """Forget a sync."""
        await self._all("DELETE FROM syncs WHERE name = ?", name)

    async def add(self, writes: Mapping[str, Sequence[bytes]]) -> list[int]:
        """Make writes durable, by sync and each `encoded`; gives a number for those of each."""
        contents = [(sync, _together(some)) for sync, some in writes.items()]

        def work(connection: sqlite3.Connection) -> list[int]:
            last = connection.execute("SELECT value FROM facts WHERE name = 'last'").fetchone()[0]
            numbers = list(range(last + 1, last + 1 + len(contents)))
            connection.executemany(
                "INSERT INTO waiting VALUES (?, ?, ?)",
                [(sync, n, content) for n, (sync, content) in zip(numbers, contents, strict=True)],
            )
            connection.execute("UPDATE facts SET value = ? WHERE name = 'last'", (numbers[-1],))
            return numbers

        return await self._do(work)

    async def waiting(self, sync: str, most: int, *, after: int = 0) -> list[Waiting]:
        """The writes of a sync that wait longest, of those after a number; about so many."""
        query = "SELECT number, content FROM waiting WHERE sync = ? AND number > ? ORDER BY number"

        def work(connection: sqlite3.Connection) -> list[Waiting]:
            found, count = list[Waiting](), 0
            with contextlib.closing(connection.execute(query, (sync, after))) as rows:
                while count < most and (row := rows.fetchone()) is not None:
                    found.append(_read(*row))
                    count += len(found[-1].changes)
            return found

        return await self._do(work)

    async def is_waiting(self, sync: str) -> bool:
        """Whether any write of a sync waits."""
        return bool(await self._all("SELECT 1 FROM waiting WHERE sync = ? LIMIT 1", sync))

    async def written(self, sync: str, number: int) -> None:
        """The writes of a sync up to that number are in the database."""
        await self._all("DELETE FROM waiting WHERE sync = ? AND number <= ?", sync, number)

    async def park(self, conflict: Conflict) -> None:
        """Keep a conflict; the same again is the same."""
        row = (conflict.id, conflict.sync, conflict.at, encoded(conflict))
        await self._all("INSERT OR REPLACE INTO conflicts VALUES (?, ?, ?, ?)", *row)

    async def conflicts(self) -> list[Conflict]:
        """All conflicts, the oldest first."""
        rows = await self._all("SELECT content FROM conflicts ORDER BY at")
        return [msgspec.msgpack.decode(content, type=Conflict) for (content,) in rows]

    async def resolved(self, id: str) -> None:
        """Forget a conflict."""
        await self._all("DELETE FROM conflicts WHERE id = ?", id)

    async def marked(self, name: str) -> bool:
        """Whether a mark is set."""
        return bool(await self._all("SELECT 1 FROM facts WHERE name = ?", name))

    async def mark(self, name: str, there: bool) -> None:
        """Set a mark, or take it away."""
        if there:
            await self._all("INSERT OR REPLACE INTO facts VALUES (?, 1)", name)
        else:
            await self._all("DELETE FROM facts WHERE name = ?", name)

    async def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, connection.close)
        self._thread.shutdown(wait=False)

    async def _all(self, query: str, *values: object) -> list[tuple[bytes]]:
        return await self._do(lambda connection: connection.execute(query, values).fetchall())

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of the work, durable, done in the thread that the connection belongs to."""

        def done() -> T:
            if self._connection is None:
                self._connection = self._opened()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            return result

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, done)
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(
                f"What is kept in {self._path.parent} can't be reached: {error}.",
                cure="Look whether the folder may be written to, and its disk has room.",
            ) from error

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=10.0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
        return connection


def _together(writes: Sequence[bytes]) -> bytes:
    """Encoded values as an encoded list of them."""
    return b"\xdd%b%b" % (len(writes).to_bytes(4), b"".join(writes))


def _read(number: int, content: bytes) -> Waiting:
    changes = _changes.decode(content)
    # Books of before kept each write by itself.
    return Waiting(number, changes if isinstance(changes, list) else [changes], len(content))


def encoded(value: msgspec.Struct) -> bytes:
    """A struct as it is kept."""
    return _encoder.encode(value)
