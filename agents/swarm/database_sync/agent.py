"""Keeps rows of a database and a cache of them in step, whichever of the two is there."""

import asyncio
import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from agents.contract import Grants, Health, Means
from agents.errors import Unavailable
from agents.swarm.database_sync.behind import AT_ONCE, Behind
from agents.swarm.database_sync.book import Book
from agents.swarm.database_sync.caches.contract import Cache
from agents.swarm.database_sync.caches.memory import MemoryCache
from agents.swarm.database_sync.conflicts import Choice, Conflicts
from agents.swarm.database_sync.deciding import Deciding
from agents.swarm.database_sync.granting import look_at
from agents.swarm.database_sync.reading import Reader
from agents.swarm.database_sync.shapes import (
    Conflict,
    Got,
    Put,
    Standing,
    Stored,
    Sync,
    SyncStats,
    Version,
    Written,
)
from agents.swarm.database_sync.shelf import Shelf
from agents.swarm.database_sync.stores.apart import StoreApart, suits
from agents.swarm.database_sync.stores.contract import Store
from agents.swarm.database_sync.syncs import Syncs
from agents.swarm.database_sync.through import Through
from agents.swarm.database_sync.watching import Watch
from agents.tables import is_postgres
from agents.worker import Worker, capability
from graph.errors import BadInput

FLUSH_SECONDS = 3.0
"""How long it may take to bring what waits to the database when the agent is closed."""


class SyncAgent(Worker):
    """One for all flows of this home. Every method raises AgentError and BadInput."""

    kind: ClassVar[str] = "database_sync"
    title: ClassVar[str] = "Database sync"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._is_connected = False

    def admit(self, grants: Grants) -> None:
        """Raises NotGranted for a flow that may not use the database of the house."""
        url = self.means.outside.database_url
        look_at(grants, url, None if is_postgres(url) else file_of(url, self.means.folder))

    async def connect(self) -> None:
        """Take up what is kept. Neither the database nor the cache needs to be there for it."""
        means, outside = self.means, self.means.outside
        self._store = store = store_of(outside.database_url, outside.redis_url, means.folder)
        self._book = Book(means.folder / "sync.db")
        await self._book.open()
        cache = cache_of(outside.redis_url)
        store_guard = means.guards.of(f"database_sync:{_kind(store)}")
        cache_guard = means.guards.of("database_sync:redis") if cache.shared else None
        self._shelf = Shelf(cache, cache_guard, lambda error: self._watch.cache_lost(error))
        self._conflicts = Conflicts(
            self._book, means.evaluate, means.flows, lambda *one: self._deciding.merge_later(*one)
        )
        await self._conflicts.open()
        self._behind = Behind(
            self._book,
            store,
            self._shelf,
            store_guard,
            self._conflicts.settle_later,
            self._conflicts.refused,
        )
        self._syncs = Syncs(self._book, store, self._shelf, self._behind, self._conflicts)
        self._through = Through(store, self._shelf, store_guard, self._behind)
        self._deciding = Deciding(self._conflicts, self._through, self._syncs)
        self._watch = Watch(
            store,
            self._shelf,
            self._book,
            store_guard=store_guard,
            cache_guard=cache_guard,
            there=self._database_there,
            cache_found=self._syncs.cache_found,
            news=self._syncs.news,
            report=means.report,
        )
        self._reader = Reader(
            store, self._shelf, store_guard, self._behind.overlay, lambda: self._watch.database_up
        )
        await self._syncs.open()
        await self._watch.begin()
        self._is_connected = True

    async def close(self) -> None:
        """Bring what waits to the database if that can be done soon, and let go of all."""
        if not self._is_connected:
            return
        self._is_connected = False
        await self._deciding.close()
        await self._reader.close()
        await self._behind.close(FLUSH_SECONDS)
        await self._watch.close()
        await asyncio.gather(self._store.close(), self._shelf.cache.close(), self._book.close())

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: as far as is known. Deep: whether the database and the cache answer."""
        if not self._is_connected:
            return Health("down", "It is not connected.")
        return await self._watch.ask() if deep else self._watch.health()

    @capability("write")
    async def define(self, sync: Sync, *, within: Mapping[str, Any] | None = None) -> SyncStats:
        """Define a sync, or change it while it runs.

        The flow that merges may touch what this home grants, and of that only what `within`
        allows, if given; where the sync keeps its flow, only what it was allowed before.
        """
        await self._syncs.define(sync, within)
        return self._syncs.stats(sync.name)

    @capability("write")
    async def remove(self, sync: str) -> None:
        """Remove a sync; its table stays as it is."""
        await self._syncs.remove(sync)

    @capability("read")
    async def syncs(self) -> list[SyncStats]:
        """All syncs, with what they came to."""
        return self._syncs.all_stats()

    @capability("read")
    async def stats(self) -> Standing:
        """How the database, the cache, every sync and every conflict are."""
        return Standing(
            database=self._store.shown,
            cache=self._shelf.cache.shown,
            database_up=self._watch.database_up,
            cache_up=self._watch.cache_up,
            syncs=self._syncs.all_stats(),
            conflicts=self._conflicts.all(),
        )

    @capability("read")
    async def get(self, sync: str, key: Any) -> Got:
        """Read a row: its key is a record of the key's columns, or the value of the only one."""
        table = self._syncs.table(sync)
        return await self._reader.get(table, table.key(key), self._syncs.figures(sync))

    @capability("read")
    async def get_many(self, sync: str, keys: list[Any]) -> list[Got]:
        """Read rows, in the order of their keys."""
        table, figures = self._syncs.table(sync), self._syncs.figures(sync)
        wanted = [table.key(key) for key in keys]
        return list(
            await asyncio.gather(*(self._reader.get(table, key, figures) for key in wanted))
        )

    @capability("write")
    async def put(
        self,
        sync: str,
        row: dict[str, Any],
        *,
        version: Version | None = None,
        base: dict[str, Any] | None = None,
    ) -> Written:
        """Write some columns of a row, or a new row."""
        return await self._put(Put(sync=sync, row=row, version=version, base=base))

    @capability("write")
    async def delete(self, sync: str, key: Any, *, version: Version | None = None) -> Written:
        """Delete a row."""
        table = self._syncs.table(sync)
        row = table.parts(table.key(key))
        return await self._put(Put(sync=sync, row=row, delete=True, version=version))

    @capability("write")
    async def put_many(self, writes: list[Put]) -> list[Written]:
        """Do several writes in one transaction: all of them, or none."""
        tables = [self._syncs.table(one.sync) for one in writes]
        changes = [table.change(one) for table, one in zip(tables, writes, strict=True)]
        for table in tables:
            self._syncs.figures(table.name).writes += 1
        done = await self._through.write(
            list(zip(tables, changes, strict=True)), self._conflicts.settle_all
        )
        return [
            _written(done[table.name][change.key], table.version(done[table.name][change.key]))
            for table, change in zip(tables, changes, strict=True)
        ]

    @capability("write")
    async def put_rows(self, sync: str, rows: list[dict[str, Any]]) -> Stored:
        """Write rows of one sync, answered as one: all of them are kept, or none."""
        table = self._syncs.table(sync)
        if len(rows) > AT_ONCE:
            raise BadInput(
                f"{len(rows):,} rows are more than {AT_ONCE:,}.", cure="Write them in parts."
            )
        changes = table.changes(rows)
        self._syncs.figures(sync).writes += len(rows)
        if table.sync.mode == "behind":
            await self._behind.accept(table, changes)
            return Stored("waiting", len(rows))
        await self._through.write([(table, one) for one in changes], self._conflicts.settle_all)
        return Stored("written", len(rows))

    @capability("write")
    async def invalidate(self, sync: str, *, keys: list[Any] | None = None) -> None:
        """Hold some rows no more, or none of the whole table."""
        table = self._syncs.table(sync)
        wanted = None if keys is None else [table.key(key) for key in keys]
        await self._syncs.invalidate(table, wanted)

    @capability("write")
    async def flush(self, sync: str = "") -> None:
        """Bring what waits of a sync, or of all, to the database now."""
        names = [sync] if sync else self._syncs.names()
        for name in names:
            self._syncs.table(name)
        await asyncio.gather(*(self._behind.flush(name) for name in names))

    @capability("read")
    async def conflicts(self, sync: str = "") -> list[Conflict]:
        """The writes that wait for somebody to decide."""
        return self._conflicts.all(sync)

    @capability("write")
    async def resolve(
        self, conflict: str, keep: Choice, *, row: dict[str, Any] | None = None
    ) -> Written:
        """Decide a conflict: by mine, by theirs, or by a row merged of both (null deletes it)."""
        return await self._deciding.resolve(conflict, keep, row)

    @capability("write")
    async def install_triggers(self, sync: str) -> None:
        """Have PostgreSQL tell of every change to the table, and listen to it."""
        await self._syncs.install(sync)

    @capability("write")
    async def remove_triggers(self, sync: str) -> None:
        """Have PostgreSQL tell no more of changes to the table."""
        await self._syncs.uninstall(sync)

    async def _put(self, put: Put) -> Written:
        table = self._syncs.table(put.sync)
        change = table.change(put)
        figures = self._syncs.figures(put.sync)
        figures.writes += 1
        if table.sync.mode == "behind":
            await self._behind.accept(table, [change])
            return Written("waiting", change.values, _predicted(change.expected))
        done = await self._through.write([(table, change)], self._conflicts.settle_at_once)
        if change.key not in done[table.name]:
            return await self._deciding.parked(table, change)
        row = done[table.name][change.key]
        return _written(row, table.version(row))

    async def _database_there(self) -> None:
        await self._syncs.database_there()
        self._behind.try_now()


def store_of(database_url: str, redis_url: str, folder: Path) -> Store:
    """The database at an address, or a SQLite file of this home."""
    if is_postgres(database_url):
        # psycopg takes a while to import, and who has no PostgreSQL need not spend it.
        from agents.swarm.database_sync.stores.postgres import (  # noqa: PLC0415 - see above
            PostgresStore,
        )

        store = PostgresStore(database_url, shared_by(redis_url))
        return store if suits(asyncio.get_running_loop()) else StoreApart(store)
    from agents.swarm.database_sync.stores.sqlite import SQLiteStore  # noqa: PLC0415 - as above

    return SQLiteStore(file_of(database_url, folder))


def file_of(database_url: str, folder: Path) -> Path:
    """The SQLite file at an address, or the one of this home. Raises Unavailable."""
    scheme, _, rest = database_url.partition("://")
    match scheme.partition("+")[0]:
        case "sqlite":
            return Path(rest.removeprefix("/"))
        case "" | "memory:":  # runs may be kept in memory, and rows are not
            return folder / "data.db"
        case _:
            raise Unavailable(f"Database sync speaks no {scheme!r}.", cure="Mend DATABASE_URL.")


def cache_of(redis_url: str) -> Cache:
    """The Redis at an address, or the memory of this process."""
    if not redis_url:
        return MemoryCache()
    from agents.swarm.database_sync.caches.redis import RedisCache  # noqa: PLC0415 - as above

    return RedisCache(redis_url)


def shared_by(redis_url: str) -> str:
    """Who shares a cache: whoever has the same Redis, or else this agent alone."""
    return hashlib.sha256(redis_url.encode()).hexdigest()[:16] if redis_url else uuid.uuid4().hex


def _kind(store: Store) -> str:
    return "sqlite" if store.shown.startswith("sqlite") else "postgres"


def _predicted(expected: Version | None) -> Version | None:
    return expected + 1 if isinstance(expected, int) else None


def _written(row: dict[str, Any] | None, version: Version) -> Written:
    return Written("written", row, version)
