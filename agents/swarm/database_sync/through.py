"""Writes through: one transaction for all of them, and the cache follows once it is committed."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from agents.contract import Guard
from agents.errors import Contended
from agents.swarm.database_sync.behind import Behind
from agents.swarm.database_sync.shapes import Change
from agents.swarm.database_sync.shelf import Shelf
from agents.swarm.database_sync.stores.contract import Store
from agents.swarm.database_sync.tables import Table
from agents.swarm.database_sync.writing import Done, Settle, rounds, write

ATTEMPTS = 4
"""How often a transaction is tried that others got in the way of."""


class Through:
    """Writes that are in the database when they are answered."""

    def __init__(self, store: Store, shelf: Shelf, guard: Guard, behind: Behind) -> None:
        self._store = store
        self._shelf = shelf
        self._guard = guard
        self._behind = behind

    async def write(
        self, changes: Sequence[tuple[Table, Change]], settle: Settle
    ) -> dict[str, Done]:
        """Do all of these, or none. Gives the rows by sync and key. Raises AgentError."""
        by_table = defaultdict[Table, list[Change]](list)
        for table, change in changes:
            by_table[table].append(change)
        for table in by_table:
            if any(self._behind.overlay(table.name, one.key) for one in by_table[table]):
                await self._behind.flush(table.name)  # what was written before comes before
        tokens = {
            table: await self._shelf.claim(table, list({one.key for one in some}))
            for table, some in by_table.items()
        }
        done: dict[str, Done] = {}
        try:
            done = await self._tried(by_table, settle)
        finally:
            # Where it isn't known what became of it, the rows are held no more.
            for table, held in tokens.items():
                rows = done.get(table.name, {})
                await asyncio.shield(self._shelf.finish(table, held, rows))
        return done

    async def _tried(self, by_table: dict[Table, list[Change]], settle: Settle) -> dict[str, Done]:
        for attempt in range(ATTEMPTS):
            try:
                return await self._guard.call(lambda: self._once(by_table, settle), again=False)
            except Contended:
                if attempt + 1 == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt gives or raises")

    async def _once(self, by_table: dict[Table, list[Change]], settle: Settle) -> dict[str, Done]:
        done: dict[str, Done] = {}
        async with self._store.writing() as writing:
            for table in sorted(by_table, key=lambda each: each.name):
                done[table.name] = {}
                for each in rounds(by_table[table]):
                    done[table.name] |= await write(writing, table, each, settle)
        return done
