"""Decides conflicts: as a person says, or as a flow does, and writes what comes of it."""

import asyncio
from typing import Any

from agents.swarm.database_sync.conflicts import CHANGED, Choice, Conflicts, conflict_id
from agents.swarm.database_sync.failures import Outdated
from agents.swarm.database_sync.shapes import Change, Conflict, Written
from agents.swarm.database_sync.syncs import Syncs
from agents.swarm.database_sync.tables import Table
from agents.swarm.database_sync.through import Through
from agents.swarm.database_sync.writing import Theirs
from graph.errors import HeddleError

ATTEMPTS = 3
"""How often a flow merges before a person is to, while the row changes each time."""


class Deciding:
    """What is decided is written through, if the row is still as it was shown."""

    def __init__(self, conflicts: Conflicts, through: Through, syncs: Syncs) -> None:
        self._conflicts = conflicts
        self._through = through
        self._syncs = syncs
        self._merging = dict[str, asyncio.Task[Written | None]]()

    async def resolve(self, id: str, keep: Choice, row: dict[str, Any] | None) -> Written:
        """Do as a person decided. Raises Outdated when the row changed again, BadInput."""
        conflict = self._conflicts.one(id)
        table = self._syncs.table(conflict.sync)
        if keep == "theirs":
            await self._conflicts.resolved(conflict)
            return Written("written", conflict.theirs, conflict.version)
        if keep == "merged":
            return await self._write(table, conflict, self._conflicts.change(table, conflict, row))
        mine = Change(key=conflict.key, values=conflict.mine, expected=conflict.version)
        return await self._write(table, conflict, mine)

    async def parked(self, table: Table, change: Change) -> Written:
        """What to tell of a write that was put aside; a flow that merges it is waited for."""
        id = conflict_id(table, change)
        merging = self._merging.get(id)
        merged = await asyncio.shield(merging) if merging is not None else None
        return merged or Written("parked", conflict=id)

    def merge_later(self, table: Table, conflict: Conflict) -> None:
        """Have a flow merge a conflict; where it fails, that waits for a person."""
        if conflict.id not in self._merging:
            task = asyncio.create_task(self._merge(table, conflict))
            self._merging[conflict.id] = task
            task.add_done_callback(lambda _: self._merging.pop(conflict.id, None))

    async def _merge(self, table: Table, conflict: Conflict) -> Written | None:
        try:
            for _ in range(ATTEMPTS):
                change = await self._conflicts.by_flow(table, conflict)
                try:
                    return await self._write(table, conflict, change)
                except Outdated:
                    conflict = self._conflicts.one(conflict.id)
        except HeddleError as error:
            told = f"{CHANGED} The flow {table.sync.merge_flow!r} can't merge it: {error}"
            await self._conflicts.shown_anew(conflict, reason=told)
        return None

    async def _write(self, table: Table, conflict: Conflict, change: Change) -> Written:
        async def changed_again(table: Table, change: Change, theirs: Theirs) -> Change | None:
            await self._conflicts.shown_anew(conflict, theirs=theirs, version=table.version(theirs))
            raise Outdated(
                f"{table.name} {change.key}: the row changed again.",
                cure="Look at it as it is now, and decide anew.",
            )

        done = await self._through.write([(table, change)], changed_again)
        await self._conflicts.resolved(conflict)
        row = done[table.name][change.key]
        return Written("written", row, table.version(row))

    async def close(self) -> None:
        """Leave to another time, or to a person, what flows are merging."""
        tasks = list(self._merging.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
