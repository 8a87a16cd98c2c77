"""The syncs there are: defined, changed and removed while others use them."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from agents.errors import AgentError, Rejected
from agents.swarm.database_sync.behind import Behind
from agents.swarm.database_sync.book import Book
from agents.swarm.database_sync.conflicts import Conflicts
from agents.swarm.database_sync.definitions import look_at
from agents.swarm.database_sync.figures import Figures
from agents.swarm.database_sync.shapes import Sync, SyncStats
from agents.swarm.database_sync.shelf import Shelf
from agents.swarm.database_sync.stores.contract import Store
from agents.swarm.database_sync.tables import Described, Table
from graph.errors import BadInput
from graph.values import did_you_mean


class Syncs:
    """Every sync with its table and its figures."""

    def __init__(
        self, book: Book, store: Store, shelf: Shelf, behind: Behind, conflicts: Conflicts
    ) -> None:
        self._book = book
        self._store = store
        self._shelf = shelf
        self._behind = behind
        self._conflicts = conflicts
        self._tables = dict[str, Table]()
        self._figures = dict[str, Figures]()
        self._elsewhere = dict[str, Described]()
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Take up what is kept. What was defined for another database isn't used with this one."""
        for described in await self._book.syncs():
            if described.database == self._store.shown:
                await self._begin(Table(described))
            else:
                self._elsewhere[described.sync.name] = described

    def names(self) -> list[str]:
        """The names of all syncs that can be used."""
        return list(self._tables)

    def table(self, name: str) -> Table:
        """The table of a sync. Raises BadInput, Rejected."""
        if (found := self._tables.get(name)) is not None:
            return found
        if name in self._elsewhere:
            raise Rejected(
                f"{name!r} was defined for {self._elsewhere[name].database}, and this is"
                f" {self._store.shown}.",
                cure="Define it again for this database, or set DATABASE_URL back.",
            )
        raise BadInput(
            f"There is no sync {name!r}.",
            cure=did_you_mean(name, self._tables) or "Define it first.",
        )

    def figures(self, name: str) -> Figures:
        """The figures of a sync that there is."""
        return self._figures[name]

    async def define(self, sync: Sync, within: Mapping[str, Any] | None) -> None:
        """Keep a sync, instead of the one of that name. Raises AgentError, BadInput."""
        look_at(sync)
        async with self._changing:
            bounds = self._bounds(sync, within)
            table = Table(replace(await self._store.described(sync), within=bounds))
            before = self._tables.get(sync.name)
            if before is not None:
                await self._behind.flush(sync.name)  # by the definition that they were made under
            elif sync.name in self._elsewhere and await self._book.is_waiting(sync.name):
                raise Rejected(
                    f"Writes of {sync.name!r} wait for {self._elsewhere[sync.name].database}.",
                    cure="Set DATABASE_URL back until they are there, or take another name.",
                )
            if sync.notify:
                await self._store.install(table)
            elif before is not None and before.sync.notify:
                await self._store.uninstall(before)
            await self._book.keep(table.described)
            self._elsewhere.pop(sync.name, None)
            if before is None:
                await self._begin(table)
            else:
                self._change(table)
            await self._shelf.void(table)

    def _bounds(self, sync: Sync, within: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """What its flow may touch, which people leave as it is who change something else."""
        table = self._tables.get(sync.name)
        before = table.described if table is not None else self._elsewhere.get(sync.name)
        if within is None and before is not None and before.sync.merge_flow == sync.merge_flow:
            return before.within
        return within if sync.merge_flow else None

    async def remove(self, name: str) -> None:
        """Forget a sync of which nothing waits. Raises AgentError, BadInput."""
        async with self._changing:
            if name in self._elsewhere:
                del self._elsewhere[name]
            else:
                table = self.table(name)
                await self._behind.remove(name)
                if table.sync.notify:
                    with contextlib.suppress(AgentError):  # or it tells what nobody hears
                        await self._store.uninstall(table)
                await self._shelf.void(table)
                del self._tables[name], self._figures[name]
            await self._book.remove(name)

    async def install(self, name: str) -> None:
        """Have the database tell of changes, and heed what it tells. Raises AgentError."""
        await self._notified(name, True)

    async def uninstall(self, name: str) -> None:
        """Have the database tell no more. Raises AgentError."""
        await self._notified(name, False)

    async def _notified(self, name: str, wanted: bool) -> None:
        async with self._changing:
            table = self.table(name)
            await (self._store.install(table) if wanted else self._store.uninstall(table))
            changed = Table(replace(table.described, sync=replace(table.sync, notify=wanted)))
            await self._book.keep(changed.described)
            self._change(changed)
            await self._shelf.void(changed)

    async def invalidate(self, table: Table, keys: Sequence[str] | None) -> None:
        """Hold some rows no more, or none."""
        self.figures(table.name).invalidated += 1 if keys is None else len(keys)
        if keys is None:
            await self._shelf.void(table)
        else:
            await self._shelf.drop(table, keys)

    async def news(self, name: str, key: str | None) -> None:
        """Others changed a row: of one sync, or, for "", anything of those that listen."""
        for table in list(self._tables.values()):
            if table.sync.notify and name in ("", table.name):
                await self.invalidate(table, None if key is None else [key])

    async def cache_found(self) -> None:
        """The cache answers again. Raises AgentError."""
        await self._shelf.found(list(self._tables.values()))

    async def database_there(self) -> None:
        """The database answers again: what it would have told meanwhile isn't known."""
        await self.news("", None)
        async with self._changing:
            for table in list(self._tables.values()):
                await self._look_again(table)

    async def _look_again(self, table: Table) -> None:
        """Its columns may be others than they were."""
        try:
            within = table.described.within
            described = replace(await self._store.described(table.sync), within=within)
            if described != table.described:
                self._change(Table(described))
                await self._book.keep(described)
            self._figures[table.name].trouble = ""
        except (AgentError, BadInput) as error:
            self._figures[table.name].trouble = str(error)

    def stats(self, name: str) -> SyncStats:
        """What a sync came to."""
        told = self._figures[name].told(self._tables[name].sync)
        return replace(
            told,
            waiting=self._behind.count(name),
            coalesced=self._behind.coalesced(name),
            oldest=self._behind.oldest(name),
            conflicts=len(self._conflicts.all(name)),
            bound=self._tables[name].described.within is not None,
        )

    def all_stats(self) -> list[SyncStats]:
        """What every sync came to; those of another database say so."""
        elsewhere = [
            SyncStats(sync=one.sync, trouble=f"It was defined for {one.database}.")
            for one in self._elsewhere.values()
        ]
        return [*map(self.stats, sorted(self._tables)), *elsewhere]

    async def _begin(self, table: Table) -> None:
        self._tables[table.name] = table
        self._figures[table.name] = figures = Figures()
        await self._behind.begin(table, figures)

    def _change(self, table: Table) -> None:
        self._tables[table.name] = table
        self._behind.change_table(table)
