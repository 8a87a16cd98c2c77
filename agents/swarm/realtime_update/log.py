"""What was said and what is still to be taken outside, in a database of its own."""

import contextlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from agents.errors import Busy, Unavailable
from agents.swarm.realtime_update.shapes import Event, Wanted, WebhookTarget

KEPT = 50_000
"""Events that are kept, and known again when they are said twice."""
TIDIED_EVERY = 1_000
MOST_WAITING = 100_000
"""Events that may wait to be taken outside."""
REFUSED_KEPT = 1_000

_TABLES = """
CREATE TABLE IF NOT EXISTS events (
    offset INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, name TEXT NOT NULL,
    data TEXT NOT NULL, id TEXT, at REAL NOT NULL, socket_id TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (id, channel) WHERE id IS NOT NULL;
CREATE TABLE IF NOT EXISTS waiting (
    offset INTEGER PRIMARY KEY, lane INTEGER NOT NULL, channel TEXT NOT NULL, name TEXT NOT NULL,
    data TEXT NOT NULL, id TEXT NOT NULL, socket_id TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS waiting_by_lane ON waiting (lane, offset);
CREATE TABLE IF NOT EXISTS refused (
    offset INTEGER PRIMARY KEY, channel TEXT NOT NULL, name TEXT NOT NULL, why TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Kept(NamedTuple):
    """An event with its place, and whether it had been said before."""

    event: Event
    known: bool


class Due(NamedTuple):
    """An event to be delivered, and the connection that isn't to get it, "" for none."""

    event: Event
    but: str


class Parcel(NamedTuple):
    """An event on its way outside."""

    offset: int
    channel: str
    name: str
    data: str
    id: str
    socket_id: str


class Past(NamedTuple):
    """What the database held when it was opened."""

    epoch: str
    begins: int
    events: list[Event]


class Log:
    """One file for all processes of a home. Calls block: make them in a thread.

    What is said waits to be taken outside on one of so many `lanes`; without any it doesn't. A
    killed process loses nothing that was said; what `flushes` loses nothing at a power cut either.
    Raises Unavailable when the file can't be used.
    """

    def __init__(self, folder: Path, lanes: int = 0, *, flushes: bool = False) -> None:
        self._folder = folder
        self._lanes = lanes
        self._synchronous = "FULL" if flushes else "NORMAL"
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._until_tidied = TIDIED_EVERY

    def open(self, most: int) -> Past:
        """Make the file where it is missing, and read the last `most` events."""
        with self._using() as database:
            database.executescript(_TABLES)
            self._grow(database)
            database.execute(
                "INSERT OR IGNORE INTO facts VALUES ('epoch', ?)", (secrets.token_hex(8),)
            )
            epoch = self._facts(database)["epoch"]
            self._assign_lanes(database)
            rows = database.execute(
                "SELECT * FROM (SELECT offset, channel, name, data, id, at FROM events"
                " ORDER BY offset DESC LIMIT ?) ORDER BY offset",
                (most,),
            ).fetchall()
            last = database.execute("SELECT seq FROM sqlite_sequence").fetchone()
        events = [_event(row) for row in rows]
        begins = events[0].offset - 1 if events else int(last[0]) if last else 0
        return Past(epoch, begins, events)

    def append(self, wanted: Sequence[Wanted]) -> list[Kept]:
        """Give events their place, for good.

        One whose id is known on its channel stays what it was. Raises Busy when too many wait.
        """
        now = time.time()
        with self._using(writes=True) as database:
            if self._lanes and self._count(database) + len(wanted) > MOST_WAITING:
                raise Busy(
                    f"{MOST_WAITING:,} events wait to be taken to Pusher already.",
                    cure="Look in the Channels dock why it can't be reached.",
                )
            kept = [self._append(database, one, now) for one in wanted]
            self._until_tidied -= len(wanted)
            if self._until_tidied <= 0:
                self._until_tidied = TIDIED_EVERY
                self._tidy(database)
        return kept

    def after(self, offset: int) -> list[Due]:
        """Events after an offset, whoever said them."""
        with self._using() as database:
            rows = database.execute(
                "SELECT offset, channel, name, data, id, at, socket_id FROM events"
                " WHERE offset > ? ORDER BY offset",
                (offset,),
            ).fetchall()
        return [Due(_event(row[:-1]), row[-1]) for row in rows]

    def version(self) -> int:
        """Changes when another process has written."""
        with self._using() as database:
            return int(database.execute("PRAGMA data_version").fetchone()[0])

    def parcels(self, lane: int, most: int) -> list[Parcel]:
        """What is to be taken outside next on a lane, in its order."""
        with self._using() as database:
            rows = database.execute(
                "SELECT offset, channel, name, data, id, socket_id FROM waiting WHERE lane = ?"
                " ORDER BY offset LIMIT ?",
                (lane, most),
            ).fetchall()
        return [Parcel(*row) for row in rows]

    def taken(self, parcels: Sequence[Parcel], refused: Mapping[int, str]) -> None:
        """Parcels that are outside, or by `refused` will never be, and why."""
        now = time.time()
        with self._using(writes=True) as database:
            database.executemany(
                "DELETE FROM waiting WHERE offset = ?", [(one.offset,) for one in parcels]
            )
            database.executemany(
                "INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?)",
                [
                    (one.offset, one.channel, one.name, refused[one.offset], now)
                    for one in parcels
                    if one.offset in refused
                ],
            )

    def waiting(self) -> tuple[int, float, int]:
        """How many wait to be taken outside, since when the oldest, and how many were refused."""
        with self._using() as database:
            count, oldest = database.execute("SELECT count(*), min(at) FROM waiting").fetchone()
            refused = database.execute("SELECT count(*) FROM refused").fetchone()[0]
        return count, oldest or 0.0, refused

    def claim(self, who: str, seconds: float) -> bool:
        """Whether it is on `who` to take events outside for so long; one process at a time."""
        now = time.time()
        with self._using(writes=True) as database:
            owner, _, until = self._facts(database).get("courier", "").partition(" ")
            if owner != who and until and now < float(until) < now + 10 * seconds:
                return False
            self._set(database, "courier", f"{who} {now + seconds}")
        return True

    def release(self, who: str) -> None:
        """Let another process take events outside."""
        with self._using(writes=True) as database:
            if self._facts(database).get("courier", "").startswith(f"{who} "):
                self._set(database, "courier", "")

    def webhooks(self) -> list[WebhookTarget]:
        """Who is told what happens."""
        with self._using() as database:
            kept = self._facts(database).get("webhooks", "[]")
        return msgspec.json.decode(kept, type=list[WebhookTarget])

    def set_webhooks(self, targets: Sequence[WebhookTarget]) -> None:
        """Tell these from now on, and nobody else."""
        with self._using(writes=True) as database:
            self._set(database, "webhooks", msgspec.json.encode(targets).decode())

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    @contextlib.contextmanager
    def _using(self, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                database = self._opened()
                if not writes:
                    yield database
                    return
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield database
                except BaseException:
                    database.execute("ROLLBACK")
                    raise
                database.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                raise Unavailable(
                    f"The events in {self._folder} can't be reached: {error}.",
                    cure="Look whether the folder may be written to, and its disk has room.",
                ) from error

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._folder / "events.db"
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            database = sqlite3.connect(
                file,
                timeout=10,
                isolation_level=None,
                check_same_thread=False,
            )
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(f"PRAGMA synchronous = {self._synchronous}")
            self._database = database
        return self._database

    def _grow(self, database: sqlite3.Connection) -> None:
        """A file may be from before it was kept whom an event is not for."""
        columns = {row[1] for row in database.execute("PRAGMA table_info(events)")}
        if "socket_id" not in columns:
            database.execute("ALTER TABLE events ADD COLUMN socket_id TEXT NOT NULL DEFAULT ''")

    def _assign_lanes(self, database: sqlite3.Connection) -> None:
        """What was left may be from a time with more lanes, or fewer."""
        if self._lanes:
            database.create_function("lane_of", 1, lambda name: lane_of(name, self._lanes))
            database.execute("UPDATE waiting SET lane = lane_of(channel)")

    def _append(self, database: sqlite3.Connection, one: Wanted, now: float) -> Kept:
        done = database.execute(
            "INSERT OR IGNORE INTO events (channel, name, data, id, at, socket_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (one.channel, one.name, one.data, one.id or None, now, one.except_socket),
        )
        if not done.rowcount:
            row = database.execute(
                "SELECT offset, channel, name, data, id, at FROM events"
                " WHERE id = ? AND channel = ?",
                (one.id, one.channel),
            ).fetchone()
            return Kept(_event(row), True)
        offset = int(done.lastrowid or 0)
        if self._lanes:
            lane = lane_of(one.channel, self._lanes)
            database.execute(
                "INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (offset, lane, one.channel, one.name, one.data, one.id, one.except_socket, now),
            )
        event = Event(
            channel=one.channel, name=one.name, data=one.data, offset=offset, id=one.id, at=now
        )
        return Kept(event, False)

    def _tidy(self, database: sqlite3.Connection) -> None:
        database.execute(
            "DELETE FROM events WHERE offset <= (SELECT max(offset) FROM events) - ?", (KEPT,)
        )
        database.execute(
            "DELETE FROM refused WHERE offset NOT IN"
            " (SELECT offset FROM refused ORDER BY offset DESC LIMIT ?)",
            (REFUSED_KEPT,),
        )

    @staticmethod
    def _count(database: sqlite3.Connection) -> int:
        return int(database.execute("SELECT count(*) FROM waiting").fetchone()[0])

    @staticmethod
    def _facts(database: sqlite3.Connection) -> dict[str, str]:
        return dict(database.execute("SELECT name, value FROM facts"))

    @staticmethod
    def _set(database: sqlite3.Connection, name: str, value: str) -> None:
        database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def lane_of(channel: str, lanes: int) -> int:
    """The lane on which a channel's events go outside, one after the other."""
    return sum(channel.encode()) % lanes


def _event(row: Sequence[Any]) -> Event:
    offset, channel, name, data, id, at = row
    return Event(channel=channel, name=name, data=data, offset=offset, id=id or "", at=at)
