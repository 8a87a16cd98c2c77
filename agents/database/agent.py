"""Speaks SQL: a transaction at a time, in a thread, ended in time or when nobody waits for it."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeVar

import psycopg
import sqlalchemy.exc
from sqlalchemy.engine import Connection, Engine

from agents.contract import Grants, Health, Means
from agents.database.address import Target, target_of
from agents.database.engines import THREADS, Engines
from agents.database.failures import failure
from agents.database.rows import asked, fetched, records, run
from agents.database.statement import Statement
from agents.database.stop import Stop
from agents.database.tables import forget, insert, once
from agents.database.values import Decimals
from agents.database.work import Executed, Insert
from agents.errors import AgentError, Unreachable
from agents.folders import Folders
from agents.worker import Worker, capability

T = TypeVar("T")

GRACE_SECONDS = 2.0
"""How long after its time limit a statement may still be ending before nobody waits for it."""


class DatabaseAgent(Worker):
    """Works on the granted databases. Every method raises AgentError, and BadInput for bad SQL.

    Around each call to a server stands the guard of its address, `database:postgresql://…`. As
    it is set it tries nothing again, since blocks say how often they do; what changes something
    it never does. A file is no outside system, and has none.
    """

    kind: ClassVar[str] = "database"
    title: ClassVar[str] = "Databases"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._folders = Folders(grants)
        self._engines = Engines()
        self._threads: ThreadPoolExecutor | None = None
        self._tidied = set[str]()
        self._running = dict[asyncio.Future[Any], Stop]()

    async def connect(self) -> None:
        """Get threads; databases are connected to when they are first used."""
        self._threads = self._threads or ThreadPoolExecutor(THREADS, "database")

    async def close(self) -> None:
        """End what still runs, and let go of every connection and thread."""
        threads, self._threads = self._threads, None
        if running := dict(self._running):
            await asyncio.gather(*(asyncio.to_thread(stop.now) for stop in running.values()))
            await asyncio.wait(running, timeout=GRACE_SECONDS)
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._engines.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: connected or not. Deep: whether the servers used lately answer."""
        if self._threads is None:
            return Health("down", "It is not connected.")
        silent = await asyncio.to_thread(self._silent) if deep else []
        return (
            Health("degraded", f"No answer from {', '.join(silent)}.") if silent else Health("ok")
        )

    @capability("read")
    async def query(
        self,
        database: str,
        sql: str,
        values: Mapping[str, Any],
        *,
        row_limit: int,
        time_limit: float,
        decimals: Decimals = "number",
    ) -> list[dict[str, Any]]:
        """The rows that a statement gives, which may change nothing."""
        target = target_of(database, self.grants, self._folders, write=False)
        statement = Statement(sql, values, target.dialect)

        def work(stop: Stop) -> list[dict[str, Any]]:
            with self._transaction(target, stop, statement, write=False) as connection:
                return records(asked(connection, statement, row_limit), row_limit, decimals)

        return await self._guarded(work, target, time_limit, again=True)

    @capability("write")
    async def execute(
        self,
        database: str,
        sql: str,
        values: Mapping[str, Any],
        *,
        row_limit: int,
        time_limit: float,
        decimals: Decimals = "number",
    ) -> Executed:
        """Run one statement that may change the database."""
        target = target_of(database, self.grants, self._folders, write=True)
        statement = Statement(sql, values, target.dialect)

        def work(stop: Stop) -> Executed:
            with self._transaction(target, stop, statement, write=True) as connection:
                result = run(connection, statement)
                if not result.returns_rows:
                    return Executed(max(0, result.rowcount), [])
                rows = records(fetched(result, row_limit), row_limit, decimals)
                return Executed(len(rows), rows)

        return await self._guarded(work, target, time_limit, again=False)

    @capability("write")
    async def insert(
        self, database: str, wanted: Insert, *, time_limit: float, once_key: str = ""
    ) -> int:
        """Put rows into a table; gives how many. A key makes sure it is done once only."""
        target = target_of(database, self.grants, self._folders, write=True)

        def work(stop: Stop) -> int:
            with self._transaction(target, stop, None, write=True) as connection:
                if once_key and not self._first_time(connection, target, once_key):
                    return len(wanted.rows)
                return insert(connection, wanted)

        return await self._guarded(work, target, time_limit, again=False)

    def _first_time(self, connection: Connection, target: Target, key: str) -> bool:
        now = time.time()
        if target.shown not in self._tidied:
            forget(connection, now)
            self._tidied.add(target.shown)
        return once(connection, key, now)

    @contextlib.contextmanager
    def _transaction(
        self, target: Target, stop: Stop, statement: Statement | None, *, write: bool
    ) -> Iterator[Connection]:
        """A transaction that is committed at the end, and ends early when `stop` says so."""
        engine = self._engines.engine(target, write=write)
        try:
            with engine.connect() as connection, stop.watching(_driver(connection)):
                _limit(connection, stop, target, write=write)
                with connection.begin():
                    stop.check()
                    _limit_transaction(connection, stop, target)
                    yield connection
                    stop.check()
        except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error, TimeoutError) as error:
            raise failure(error, target, stop, statement) from error

    async def _guarded(
        self, work: Callable[[Stop], T], target: Target, time_limit: float, *, again: bool
    ) -> T:
        if target.dialect == "sqlite":
            return await self._apart(work, target, time_limit)
        guard = self.means.guards.of(f"database:{target.shown}")

        def guarded() -> Awaitable[T]:
            # The work ends itself in time, and knows better how than by being cancelled.
            return guard.call(lambda: self._apart(work, target, time_limit), within=0, again=again)

        return await (guard.hedged(guarded) if again else guarded())

    async def _apart(self, work: Callable[[Stop], T], target: Target, time_limit: float) -> T:
        """Do the work in a thread; when cancelled, end it and wait a moment until it has."""
        assert self._threads is not None, "connect before use"
        stop = Stop(time_limit)
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, stop)
        self._running[running] = stop
        running.add_done_callback(self._done)
        try:
            # `wait_for` of Python 3.11 may lose a cancellation.
            async with asyncio.timeout(time_limit + GRACE_SECONDS):
                return await asyncio.shield(running)
        except TimeoutError:
            await asyncio.to_thread(stop.now)
            raise Unreachable(f"{target.shown}: no answer in time.") from None
        except asyncio.CancelledError:
            await asyncio.to_thread(stop.now)
            await asyncio.wait([running], timeout=GRACE_SECONDS)
            raise

    def _done(self, running: asyncio.Future[Any]) -> None:
        """Nobody may wait for it any more; its error was said already, or is of no interest."""
        del self._running[running]
        if not running.cancelled():
            running.exception()

    def _silent(self) -> list[str]:
        return [str(engine.url.host) for engine in self._engines.servers() if not _answers(engine)]


def _limit(connection: Connection, stop: Stop, target: Target, *, write: bool) -> None:
    """Before the transaction: how long to wait for a lock, and whether anything may change."""
    if target.dialect == "sqlite":
        _driver(connection).execute(f"PRAGMA busy_timeout = {_milliseconds(stop)}")
    elif not write:
        connection.execution_options(postgresql_readonly=True)


def _limit_transaction(connection: Connection, stop: Stop, target: Target) -> None:
    if target.dialect == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_milliseconds(stop)}")


def _milliseconds(stop: Stop) -> int:
    return max(1, min(int(stop.left * 1000), 2**31 - 1))


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (sqlalchemy.exc.SQLAlchemyError, AgentError):
        return False
    return True
