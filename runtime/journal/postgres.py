"""A journal on a PostgreSQL server, which several machines may share."""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from runtime.events import AnyEvent
from runtime.journal.contract import Durability, JournalError, JournalFull, JournalGone
from runtime.journal.cursor import Cursor
from runtime.journal.schema import STORED_REVISION, is_current, migrate
from runtime.journal.segments import Segment
from runtime.journal.sql import SqlJournal, opened
from runtime.journal.writing import Append, lost, prepared, settle

if TYPE_CHECKING:
    import sqlalchemy as sa

    from runtime.journal.reader import Reader

T = TypeVar("T")

_COLUMNS = "(run, first, last, at, format, payload)"
_INSERT_SEGMENT = f"INSERT INTO run_events {_COLUMNS} VALUES (%s, %s, %s, %s, %s, %s)"
_SELECT_BEFORE = (
    "SELECT last FROM run_events WHERE run = %s AND first < %s ORDER BY first DESC LIMIT 1"
)
_COPY_SEGMENTS = f"COPY run_events {_COLUMNS} FROM STDIN (FORMAT BINARY)"
_COPY_TYPES = ("text", "int8", "int8", "float8", "int8", "bytea")
_COPY_FROM = 5
"""Segments from which COPY, which takes a round trip more, is the faster way."""

OPTIONS: dict[str, Any] = {
    "application_name": "heddle",
    "connect_timeout": 10,
    # A server that fell off the network is noticed in seconds; the system's default is hours.
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "tcp_user_timeout": 20_000,
}

# The numbers of our advisory locks: any will do, as long as nobody else uses them.
_MIGRATING, _BLOBS = 0x4EDD1E01, 0x4EDD1E02


class PostgresJournal(SqlJournal):
    """One connection writes, in a thread of its own; others read.

    What was appended survives the death of our process with durability "normal", and that of
    the server's machine with "full". After the server was gone, the next call connects anew.
    """

    now = "extract(epoch FROM clock_timestamp())"

    def __init__(self, url: str, durability: Durability = "full") -> None:
        super().__init__()
        self._durability = durability
        self._address = address_of(url)
        self._writing: ThreadPoolExecutor | None = None
        self._writer: psycopg.Connection | None = None
        self._connections = 0
        self._whole: set[str] = set()
        """Runs seen to be whole since the connection was made anew."""

    async def _connect(self) -> None:
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")
        await self._in_writer(self._get_ready)

    async def _disconnect(self) -> None:
        if self._writing is not None:
            await asyncio.get_running_loop().run_in_executor(self._writing, self._let_go)
            self._writing.shutdown(wait=False)
            self._writing = None

    def append(self, events: Sequence[AnyEvent]) -> asyncio.Future[None] | None:
        """Record events; they are durable once the future is done.

        Raises Unrecordable at once; the future raises JournalFull, JournalGone or Conflict.
        """
        if not events:
            return None
        append = prepared(events)
        return self._in_writer(lambda: self._append(append))

    def _append(self, append: Append) -> None:
        self._see_no_gap(append.written.segments)
        try:
            if append.one_row:
                # A statement alone is a transaction of its own: one round trip, not three.
                self._connection().execute(_INSERT_SEGMENT, append.written.segments[0])
            else:
                self._transact(lambda cursor: self._record(cursor, append))
        except errors.UniqueViolation:
            self._transact(lambda cursor: settle(cursor, append.written.segments))

    def _see_no_gap(self, segments: Sequence[Segment]) -> None:
        """See that a server which was gone still has what came before. Raises Conflict.

        With durability "normal" it may have answered and then crashed before its disk knew.
        """
        connection = self._connection()
        if self._connections == 1:
            return
        for segment in segments:
            if segment.first > 1 and segment.run not in self._whole:
                row = connection.execute(_SELECT_BEFORE, segment[:2]).fetchone()
                if row is None or row[0] < segment.first - 1:
                    raise lost(segment, row[0] if row else 0)
            self._whole.add(segment.run)

    def _insert_segments(self, cursor: Cursor, segments: Sequence[Segment]) -> None:
        assert isinstance(cursor, PostgresCursor)
        cursor.insert_segments(segments)

    def _guard_blobs(self, cursor: Cursor, *, alone: bool) -> None:
        """Let none drop a blob between the moments when another finds it and comes to use it."""
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        cursor.execute(f"SELECT {lock}({_BLOBS})")

    async def _change(self, work: Callable[[Cursor], T]) -> T:
        return await self._in_writer(lambda: self._transact(work))

    async def _look(self, work: Callable[[Cursor], T]) -> T:
        return await self._change(work)

    def _in_writer(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Have something done in the writing thread. The future raises JournalError."""

        def told() -> T:
            try:
                return self._tried_twice(work)
            except psycopg.Error as error:
                raise self._trouble(error) from error

        return asyncio.get_running_loop().run_in_executor(opened(self._writing), told)

    def _tried_twice(self, work: Callable[[], T]) -> T:
        """Do it again when the connection turns out to be broken, as after a server's restart.

        All our work may be done again: what an append left behind the first time is found.
        """
        try:
            return work()
        except psycopg.OperationalError:
            if self._writer is None or not self._writer.closed:
                raise
            self._let_go()
            return work()

    def _transact(self, work: Callable[[Cursor], T]) -> T:
        connection = self._connection()
        with connection.transaction(), connection.cursor() as cursor:
            return work(PostgresCursor(cursor))

    def _connection(self) -> psycopg.Connection:
        """The writing connection, made anew when it broke."""
        if self._writer is None or self._writer.closed:
            self._writer = psycopg.connect(self._address, autocommit=True, **OPTIONS)
            self._connections += 1
            self._whole.clear()
            if self._durability == "normal":
                # The server answers before its disk has: as SQLite does with the same setting.
                self._writer.execute("SET synchronous_commit TO off")
        return self._writer

    def _let_go(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _get_ready(self) -> None:
        if not is_current(_stored_revision(self._connection())):
            self._migrate()

    def _migrate(self) -> None:
        """Bring the tables up to date; of two processes that want to, the second finds it done."""
        import sqlalchemy as sa  # noqa: PLC0415 - 0.2 s that most processes need not spend

        engine = self._engine()
        try:
            with engine.begin() as transaction:
                transaction.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
                if not is_current(_stored_revision(self._connection())):
                    migrate(transaction)
        finally:
            engine.dispose()

    def _new_reader(self) -> "Reader":
        import sqlalchemy as sa  # noqa: PLC0415 - 0.2 s that a run which only writes need not spend

        from runtime.journal.reader import Reader  # noqa: PLC0415 - imports SQLAlchemy
        from runtime.journal.tables import metadata  # noqa: PLC0415 - imports SQLAlchemy

        sizes = " + ".join(f"pg_total_relation_size('{name}')" for name in metadata.tables)
        return Reader(self._engine(), self._trouble, sa.text(f"SELECT {sizes}"))

    def _engine(self) -> "sa.Engine":
        import sqlalchemy as sa  # noqa: PLC0415 - 0.2 s that a run which only writes need not spend

        return sa.create_engine(
            self._address.replace("postgresql:", "postgresql+psycopg:", 1),
            connect_args=OPTIONS,
            isolation_level="REPEATABLE READ",
            pool_size=1,
            pool_pre_ping=True,
        )

    async def _shrink(self) -> None:
        """Nothing to do: the server's autovacuum makes free room usable again."""

    def _trouble(self, error: Exception) -> JournalError:
        return _meaning(error, place_of(self._address))


class PostgresCursor:
    """A cursor that takes statements as we write them: `:so`, and text with NUL in it."""

    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        self._cursor = cursor

    def execute(self, statement: str, parameters: dict[str, Any] | None = None, /) -> None:
        self._cursor.execute(_statement(statement), _storable(parameters or {}))

    def executemany(self, statement: str, parameters: Sequence[dict[str, Any]], /) -> None:
        self._cursor.executemany(_statement(statement), [_storable(row) for row in parameters])

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        return self._cursor.fetchall()

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def insert_segments(self, segments: Sequence[Segment]) -> None:
        if len(segments) < _COPY_FROM:
            self._cursor.executemany(_INSERT_SEGMENT, segments)
            return
        with self._cursor.copy(_COPY_SEGMENTS) as copy:
            copy.set_types(_COPY_TYPES)
            for segment in segments:
                copy.write_row(segment)


@cache
def _statement(statement: str) -> bytes:
    return re.sub(r":(\w+)", r"%(\1)s", statement).encode()


def _storable(parameters: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL's text has no place for NUL, which a failure's message may well contain."""
    return {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for name, value in parameters.items()
    }


def _stored_revision(connection: psycopg.Connection) -> str | None:
    try:
        row = connection.execute(STORED_REVISION).fetchone()
    except errors.UndefinedTable:
        return None
    return row[0] if row else None


def address_of(url: str) -> str:
    """The address as the driver wants it, whichever way it names PostgreSQL."""
    return re.sub(r"^[^:]+://", "postgresql://", url)


def place_of(address: str) -> str:
    """Where the database is, as may be shown: without user and password."""
    parts = conninfo_to_dict(address)
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"{parts.get('dbname', 'postgres')} at {parts.get('host', 'localhost')}{port}"


def trouble_of(error: Exception, url: str) -> JournalError:
    """What an error of the driver means for whoever wants the database at an address."""
    return _meaning(error, place_of(address_of(url)))


def _meaning(error: Exception, place: str) -> JournalError:
    said = str(error).strip().split("\n")[0]
    match error:
        case errors.DiskFull():
            return JournalFull(
                f"No room left to write to the database {place}.",
                cure="Free some of its disk space, or prune old runs.",
            )
        case errors.InsufficientPrivilege() | errors.ReadOnlySqlTransaction():
            return JournalError(
                f"The database {place} may not be written ({said}).",
                cure="Give its user the right to, or choose another.",
            )
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return JournalGone(
                f"The database {place} doesn't answer ({said}).",
                cure="See that the server runs and the address and password are right.",
            )
    return JournalError(f"The database {place} can't do that: {said}.")
