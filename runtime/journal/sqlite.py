"""A journal in a SQLite file: durable before `append` returns."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from runtime.events import AnyEvent
from runtime.journal.contract import Durability, JournalError, JournalFull, JournalGone
from runtime.journal.cursor import Cursor
from runtime.journal.schema import STORED_REVISION, is_current, migrate
from runtime.journal.segments import Segment
from runtime.journal.sql import SqlJournal, opened
from runtime.journal.writing import prepared, settle

if TYPE_CHECKING:
    import sqlalchemy as sa

    from runtime.journal.reader import Reader

T = TypeVar("T")

_INSERT_SEGMENT = "INSERT INTO run_events VALUES (?, ?, ?, ?, ?, ?)"
_CHECKPOINT = 2_000
"""Pages (of 4 kB) of log before they are moved into the file, and the log begun anew.

Measured: no slower than 10,000, while an append meets pauses of 10 ms, not 60. With durability
"full" it halves the cost of small appends, for syncing a log that grows costs twice as much.
"""

_FREED_AT_ONCE = 2_000
"""Pages given back to the disk before others get their turn."""


class SQLiteJournal(SqlJournal):
    """One connection writes, on the caller's thread; another reads. Others may do the same.

    With `durability` "normal" what was appended survives the death of the process, with "full"
    that of the machine, for an fsync per append (about 0.1 to 10 ms). `patience` is how many
    seconds a writer waits while another process writes.
    """

    now = "((julianday('now') - 2440587.5) * 86400.0)"

    def __init__(
        self, path: Path | str, durability: Durability = "normal", *, patience: float = 5.0
    ) -> None:
        super().__init__()
        self.path = Path(path).absolute()
        self._durability = durability
        self._patience = patience
        self._writer: sqlite3.Connection | None = None
        self._file = 0

    async def _connect(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._make_private()
            self._writer = self._new_connection("rwc")
            self._file = self.path.stat().st_ino
            if not is_current(_stored_revision(self._writer)):
                self._migrate(self._writer)
        except OSError as error:
            raise JournalGone(
                f"The journal's folder {self.path.parent} can't be made: {error.strerror}.",
                cure="Choose another place for it.",
            ) from error
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    async def _disconnect(self) -> None:
        self._let_go()

    def append(self, events: Sequence[AnyEvent]) -> None:
        """Record events; they are durable on return.

        Raises JournalFull, JournalGone, Unrecordable or Conflict.
        """
        if not events:
            return
        append = prepared(events)
        try:
            if append.one_row:
                # A statement alone is a transaction of its own, which saves two others.
                self._connection().execute(_INSERT_SEGMENT, append.written.segments[0])
            else:
                self._transact(lambda cursor: self._record(cursor, append))
        except sqlite3.IntegrityError:
            self._transact(lambda cursor: settle(cursor, append.written.segments))
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _insert_segments(self, cursor: Cursor, segments: Sequence[Segment]) -> None:
        cursor.executemany(_INSERT_SEGMENT, segments)

    def _guard_blobs(self, cursor: Cursor, *, alone: bool) -> None:
        """One writes at a time in any case."""

    async def _change(self, work: Callable[[Cursor], T]) -> T:
        try:
            return self._transact(work)
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    async def _look(self, work: Callable[[Cursor], T]) -> T:
        try:
            return self._transact(work, "DEFERRED")
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _transact(
        self, work: Callable[[Cursor], T], kind: Literal["IMMEDIATE", "DEFERRED"] = "IMMEDIATE"
    ) -> T:
        connection = self._connection()
        self._check_file()
        connection.execute(f"BEGIN {kind}")
        try:
            result = work(connection.cursor())
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def _make_private(self) -> None:
        """Make the file, if there is none, for its owner's eyes: what models were told is in it."""
        with contextlib.suppress(OSError):  # it is there, or SQLite says better what is wrong
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def _connection(self) -> sqlite3.Connection:
        """The writing connection, made anew after trouble with it."""
        if self._writer is None:
            opened(self._asking)
            self._writer = self._new_connection("rw")
            self._file = self.path.stat().st_ino
        return self._writer

    def _new_connection(self, mode: Literal["rwc", "rw"]) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            timeout=self._patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # The first only has an effect before the second makes the file.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._durability}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _check_file(self) -> None:
        """See that the file is where it was: SQLite goes on writing to one that was deleted.

        Raises JournalGone. Not asked for every append, but when a run starts or ends and when
        leases are renewed, which is every few seconds.
        """
        try:
            same = self.path.stat().st_ino == self._file
        except FileNotFoundError:
            same = False
        if not same:
            self._let_go()
            opened(self._asking).submit(self._close_reader)
            raise JournalGone(
                f"The file of the journal was moved or deleted: {self.path}.",
                cure="Put it back; what was not yet recorded there is lost.",
            )

    def _let_go(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the tables up to date; of two processes that want to, the second finds it done."""
        engine = _engine(lambda: connection, begin="BEGIN IMMEDIATE")
        with engine.begin() as transaction:
            if not is_current(_stored_revision(connection)):
                migrate(transaction)

    def _new_reader(self) -> "Reader":
        import sqlalchemy as sa  # noqa: PLC0415 - 0.2 s that a run which only writes need not spend

        from runtime.journal.reader import Reader  # noqa: PLC0415 - imports SQLAlchemy

        def connect() -> sqlite3.Connection:
            connection = self._new_connection("rw")
            connection.execute("PRAGMA query_only = 1")
            return connection

        disk = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return Reader(_engine(connect, begin="BEGIN"), self._meaning, sa.text(disk))

    async def _shrink(self) -> None:
        """Cut free pages off the file, some at a time, and empty the log."""
        try:
            while self._connection().execute("PRAGMA freelist_count").fetchone()[0]:
                self._connection().execute(
                    f"PRAGMA incremental_vacuum({_FREED_AT_ONCE})"
                ).fetchall()
                await asyncio.sleep(0)
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.Error) -> JournalError:
        """What an error of the writing connection means; it is made anew unless it is sound."""
        if _code(error) not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self._let_go()
        return self._meaning(error)

    def _meaning(self, error: Exception) -> JournalError:
        return _meaning(_code(error), error, self.path)


def _code(error: Exception) -> int:
    """SQLite's primary code for an error; 0 for one that the driver itself found."""
    extended: int = getattr(error, "sqlite_errorcode", 0)
    return extended & 0xFF


def _stored_revision(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute(STORED_REVISION).fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        return None  # no such table
    return row[0] if row else None


def _engine(connect: Callable[[], sqlite3.Connection], begin: str) -> "sa.Engine":
    """SQLAlchemy over one of our connections; transactions begin as told, not by guess."""
    import sqlalchemy as sa  # noqa: PLC0415 - 0.2 s that a run which only writes need not spend

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.StaticPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _meaning(code: int, error: Exception, path: Path) -> JournalError:
    match code:
        case sqlite3.SQLITE_FULL:
            return JournalFull(f"No room left to write to the journal {path}.", cure=_MAKE_ROOM)
        case sqlite3.SQLITE_IOERR if _is_full(path):
            return JournalFull(f"No room left to write to the journal {path}.", cure=_MAKE_ROOM)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return JournalGone(
                f"Another program keeps the journal {path} locked.", cure="Close that program."
            )
        case sqlite3.SQLITE_CANTOPEN:
            return JournalGone(
                f"The journal {path} can't be opened.",
                cure="See that the file is there and you may read and write it and its folder.",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return JournalError(
                f"The journal {path} may only be read.",
                cure="Allow writing to the file and its folder, or choose another place.",
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return JournalError(
                f"The file {path} is damaged or no journal ({error}).",
                cure="Restore it from a backup, or move it away to begin a new one.",
            )
        case sqlite3.SQLITE_IOERR:
            return JournalGone(
                f"The journal {path} can't be read or written ({error}).", cure="Check the disk."
            )
    return JournalError(f"The journal {path} can't do that: {error}.")


_MAKE_ROOM = "Free some disk space, or prune old runs."


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < 2**20
    except OSError:
        return False
