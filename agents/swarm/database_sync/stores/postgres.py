"""PostgreSQL as a store: rows by JSON, changes of others by LISTEN."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg

from agents.errors import Contended, Rejected, Unreachable
from agents.swarm.database_sync.failures import of_postgres
from agents.swarm.database_sync.shapes import Change, Sync
from agents.swarm.database_sync.stores import statements
from agents.swarm.database_sync.stores.contract import News, Rows, Writing, by_key
from agents.swarm.database_sync.stores.pool import Connection, Pool
from agents.swarm.database_sync.tables import Column, Described, Table
from agents.swarm.database_sync.values import key_text, record

RHYTHM = 0.5
"""Seconds between two looks whether a silent connection still leads anywhere."""

LOOK_SECONDS = 1.0


class _Told(msgspec.Struct):
    """What a trigger tells."""

    sync: str
    by: str | None = None
    keys: list[list[Any]] | None = None


class PostgresStore:
    """See Store. `by` names who shares our cache: what they change needs no telling."""

    def __init__(self, url: str, by: str) -> None:
        self._pool = Pool(_address(url))
        self._by = by
        self._leaving = set[asyncio.Task[Any]]()
        parts = urlsplit(url)
        self.shown = f"postgresql://{parts.hostname}:{parts.port or 5432}{parts.path}"

    async def described(self, sync: Sync) -> Described:
        """See Store."""
        async with self._pool.connection() as connection:
            named = statements.named(sync).as_string(connection)
            found = await _all(connection, "SELECT to_regclass(%s)::oid", (named,))
            if (oid := found[0][0]) is None:
                raise Rejected(f"There is no table {named}.", cure="Make it, or name another.")
            columns = [
                Column(name, kind, statements.KINDS.get(base), bool(required))
                for name, kind, base, required in await _all(
                    connection, statements.DESCRIBE, (oid,)
                )
            ]
            unique = await _all(connection, statements.UNIQUE, (oid,))
            is_view = (await _all(connection, statements.IS_VIEW, (oid,)))[0][0]
        sets = tuple(frozenset(names) for (names,) in unique)
        if is_view:  # nothing is known of its rows but what was said
            sets = (frozenset(sync.key),)
        return Described(sync, tuple(columns), sets, self.shown)

    async def read(self, table: Table, keys: Sequence[str]) -> Rows:
        """See Store."""
        async with self._pool.connection() as connection:
            if len(keys) == 1:
                values = tuple(table.parts(keys[0]).values())
                return _rows(table, await _all(connection, statements.select_one(table), values))
            given = (statements.keys_parameter(table, keys),)
            query = statements.select_many(table, lock=False)
            return _rows(table, await _all(connection, query, given))

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """See Store."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('heddle.sync_by', %s, true)", (self._by,))
            yield _Writing(connection)

    async def ping(self) -> None:
        """See Store."""
        async with self._pool.connection() as connection:
            await connection.execute("SELECT 1")

    async def watch(self, ready: Callable[[], Awaitable[None]], news: News) -> None:
        """See Store."""
        connection = await self._pool.opened()
        look: asyncio.Task[Any] | None = None
        try:
            await connection.execute(f"LISTEN {statements.CHANNEL}")
            await ready()
            while True:
                async for notice in connection.notifies(timeout=RHYTHM):
                    await self._tell(notice.payload, news)
                look = asyncio.create_task(connection.execute("SELECT 1"))
                if not (await asyncio.wait((look,), timeout=LOOK_SECONDS))[0]:
                    raise Unreachable(f"{self.shown} does not answer.")
                look.result()
        except psycopg.Error as error:
            raise of_postgres(error) from error
        finally:
            self._leave(connection, look)
            self._pool.forget()

    def _leave(self, connection: Connection, look: asyncio.Task[Any] | None) -> None:
        """Give up a connection. The driver may still wait for a server that is silent."""
        if look is None or look.done():
            connection.pgconn.finish()
            return
        look.cancel()
        self._leaving.add(look)

        def over(done: asyncio.Task[Any]) -> None:
            self._leaving.discard(done)
            if not done.cancelled():
                done.exception()  # it was given up, whatever came of it
            connection.pgconn.finish()

        look.add_done_callback(over)

    async def _tell(self, payload: str, news: News) -> None:
        try:
            told = msgspec.json.decode(payload, type=_Told)
        except msgspec.DecodeError:
            return  # anybody may use the channel
        if told.by == self._by:
            return
        if told.keys is None:
            await news(told.sync, None)
        for key in told.keys or ():
            await news(told.sync, key_text(key))

    async def install(self, table: Table) -> None:
        """See Store."""
        await self._run(statements.trigger(table))

    async def uninstall(self, table: Table) -> None:
        """See Store."""
        await self._run(statements.untrigger(table))

    async def _run(self, wanted: Iterable[statements.Statement]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            for statement in wanted:
                await connection.execute(statement)

    async def close(self) -> None:
        """See Store."""
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await self._pool.close()


class _Writing:
    """See Writing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def locked(self, table: Table, keys: Sequence[str]) -> Rows:
        given = (statements.keys_parameter(table, keys),)
        query = statements.select_many(table, lock=True)
        return _rows(table, await self._all(query, given))

    async def put(self, table: Table, changes: Sequence[Change], *, fresh: bool) -> Rows:
        rows = [change.values or {} for change in changes]
        if counted := table.sync.version:
            rows = [
                {**row, counted: change.bumps} for row, change in zip(rows, changes, strict=True)
            ]
        names = tuple(rows[0])
        if fresh:
            return await self._put(table, statements.insert(table, names, upsert=False), rows)
        if table.required <= set(names):
            return await self._put(table, statements.insert(table, names, upsert=True), rows)
        # An insert that lacks what a new row needs is refused, though the row may be there.
        there = await self._put(table, statements.update(table, names), rows)
        made = [row for row in rows if table.key_of(row) not in there]
        if made:
            insert = statements.insert(table, names, upsert=False)
            there |= await self._put(table, insert, made)
        return there

    async def delete(self, table: Table, keys: Sequence[str]) -> None:
        given = (statements.keys_parameter(table, keys),)
        await self._connection.execute(statements.delete(table), given)

    @contextlib.asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        try:
            async with self._connection.transaction():
                yield
        except psycopg.Error as error:
            raise of_postgres(error) from error

    async def done(self, journal: str, sync: str) -> int:
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"heddle: {journal} {sync}",)
        )
        await self._make_done()
        found = await self._all(statements.READ_DONE, (journal, sync))
        return int(found[0][0]) if found else 0

    async def set_done(self, journal: str, sync: str, number: int) -> None:
        await self._connection.execute(statements.WRITE_DONE, (journal, sync, number))

    async def _make_done(self) -> None:
        """Whoever comes first makes the table; only it needs the right to."""
        if (await self._all("SELECT to_regclass(%s)", (statements.DONE,)))[0][0] is None:
            await self._connection.execute("SELECT pg_advisory_xact_lock(4857001)")
            await self._connection.execute(statements.MAKE_DONE)

    async def _put(
        self, table: Table, statement: statements.Statement, rows: Sequence[dict[str, Any]]
    ) -> Rows:
        try:
            return _rows(table, await self._all(statement, (statements.records(rows),)))
        except psycopg.errors.UniqueViolation as error:
            # Either somebody made the row meanwhile, or another row has what must be unique.
            if _of_the_key(table, error):
                raise Contended("Others made the same row just now.") from error
            raise of_postgres(error) from error
        except psycopg.Error as error:
            raise of_postgres(error) from error

    async def _all(self, query: Any, given: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return await _all(self._connection, query, given)


async def _all(connection: Connection, query: Any, given: tuple[Any, ...]) -> list[Any]:
    return await (await connection.execute(query, given)).fetchall()


def _rows(table: Table, found: Iterable[tuple[Any, ...]]) -> Rows:
    names = table.columns
    return by_key(table, [record(dict(zip(names, values, strict=True))) for values in found])


def _of_the_key(table: Table, error: psycopg.errors.UniqueViolation) -> bool:
    detail = error.diag.message_detail or ""
    columns = detail.partition("(")[2].partition(")")[0].replace('"', "")
    return set(columns.split(", ")) == set(table.sync.key)


def _address(url: str) -> str:
    """As libpq reads it: what SQLAlchemy says of its driver is left out."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"
