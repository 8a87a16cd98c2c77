"""Tables of one's own: in PostgreSQL where one is named, in a file otherwise."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from agents.errors import Rejected, Unavailable

if TYPE_CHECKING:
    import sqlalchemy as sa

T = TypeVar("T")

PATIENCE = 2
"""Seconds that a server of databases may take to accept a connection."""
BUSY = 10.0
"""Seconds to wait for another process to be done with the file."""
MAKING = 0x48454444
"""Names the lock under which tables are made: several processes may start at once."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(:word, 0))"
_POSTGRES = ("postgresql", "postgresql+psycopg", "postgres")


def is_postgres(url: str) -> bool:
    """Whether an address is that of a PostgreSQL."""
    return url.partition("://")[0] in _POSTGRES


class Tables:
    """A few tables, made by `statements` where they are missing: of the SQL that both know."""

    def __init__(
        self, file: Path, database_url: str, statements: Sequence[str], *, outlives: bool = False
    ) -> None:
        """`outlives` says that what was done in the file has to outlive a loss of power, too."""
        self._file = file
        self._outlives = outlives
        self._url = database_url if is_postgres(database_url) else ""
        self._statements = statements
        self._engine: sa.Engine | None = None
        self._made = False
        self._closed = False
        self._opening = threading.Lock()

    @property
    def place(self) -> str:
        """Where they are, without user and password."""
        return _without_user(self._url) if self._url else str(self._file)

    @property
    def is_served(self) -> bool:
        """Whether they are on a server, which may be gone."""
        return bool(self._url)

    async def do(self, work: "Callable[[sa.Connection], T]") -> T:
        """Do the work in one transaction, in a thread.

        Raises Unavailable, Rejected for values that can't be held, and what the work raises.
        """
        return await asyncio.to_thread(self.do_now, work)

    def do_now(self, work: "Callable[[sa.Connection], T]", *, alone: str = "") -> T:
        """The same on the spot. Nobody else who gives the word `alone` works meanwhile."""
        return self._do(work, writes=True, alone=alone)

    def read_now(self, work: "Callable[[sa.Connection], T]") -> T:
        """The same for work that only reads: all of it as it is at one moment."""
        return self._do(work, writes=False)

    def _do(self, work: "Callable[[sa.Connection], T]", *, writes: bool, alone: str = "") -> T:
        # 0.2 s that a process which keeps nothing here need not spend.
        import sqlalchemy as sa  # noqa: PLC0415 - see above

        try:
            with self._as(writes=writes).begin() as connection:
                if alone and self._url:
                    ask(connection, _LOCK, word=alone)
                return work(connection)
        except sa.exc.DataError as error:  # the database is well; what it was given isn't
            raise Rejected(f"The database can't hold it: {_first_line(error.orig)}.") from error
        except (OverflowError, UnicodeEncodeError) as error:  # it isn't even asked to
            raise Rejected(f"The database can't hold it: {error}.") from error
        except (sa.exc.DBAPIError, OSError) as error:
            found = error.orig if isinstance(error, sa.exc.DBAPIError) else error
            raise self._trouble(str(found)) from error

    def close(self) -> None:
        """Let go of the database for good; work under way is done first, and not waited for."""
        with self._opening:
            self._closed = True
            if self._engine is not None:
                retire(self._engine)

    def _trouble(self, said: str) -> Unavailable:
        where = "The database" if self._url else f"The file {self._file}"
        cure = "Is PostgreSQL running there?" if self._url else "See that it may be written."
        return Unavailable(f"{where} can't be used: {_first_line(said)}.", cure=cure)

    def _as(self, *, writes: bool) -> "sa.Engine":
        """Where several read, none waits; who reads in order to write is alone in a file."""
        if not self._url:
            return self._opened().execution_options(writes=writes)
        # What is read after a lock must show what those before wrote.
        level = "READ COMMITTED" if writes else "REPEATABLE READ"
        return self._opened().execution_options(isolation_level=level)

    def _opened(self) -> "sa.Engine":
        with self._opening:
            if self._closed:
                raise Unavailable(f"{self.place} was let go of.")
            if self._engine is None:
                self._engine = (
                    _server(self._url)
                    if self._url
                    else _kept_in(self._file, "FULL" if self._outlives else "NORMAL")
                )
            if not self._made:
                self._make(self._engine)
                self._made = True
            return self._engine

    def _make(self, engine: "sa.Engine") -> None:
        with engine.execution_options(writes=True).begin() as connection:
            if self._url:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MAKING})")
            for statement in self._statements:
                connection.exec_driver_sql(statement)


def ask(connection: "sa.Connection", statement: str, /, **values: Any) -> "sa.CursorResult[Any]":
    """Do a statement that names its values `:so`."""
    import sqlalchemy as sa  # noqa: PLC0415 - see Tables

    return connection.execute(sa.text(statement), values)


def retire(engine: "sa.Engine") -> None:
    """Close the connections of an engine: those that wait now, those at work when they are done."""
    import sqlalchemy as sa  # noqa: PLC0415 - see Tables

    # Disposing of an engine alone forgets the connections at work, and leaves them open.
    sa.event.listen(engine, "checkin", lambda _, record: record.close())
    engine.dispose()


def _server(url: str) -> "sa.Engine":
    import sqlalchemy as sa  # noqa: PLC0415 - see Tables

    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=2,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": PATIENCE},
    )


def _kept_in(file: Path, synchronous: str) -> "sa.Engine":
    """A file that several processes may have open."""
    import sqlalchemy as sa  # noqa: PLC0415 - see Tables

    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: _connection(file, synchronous),
        poolclass=sa.QueuePool,
        hide_parameters=True,
    )

    def begin(one: sa.Connection) -> None:
        writes = one.get_execution_options()["writes"]
        one.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sa.event.listen(engine, "begin", begin)
    return engine


def _connection(file: Path, synchronous: str) -> sqlite3.Connection:
    made = sqlite3.connect(file, timeout=BUSY, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("journal_mode = WAL", f"synchronous = {synchronous}"):
            made.execute(f"PRAGMA {pragma}").close()
    except BaseException:  # as of a file that is no database
        made.close()
        raise
    return made


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _first_line(said: object) -> str:
    return str(said).strip().splitlines()[0]
