"""Reads: from the cache while it is fresh, else from the database, by one reader for all."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from agents.contract import Guard
from agents.errors import AgentError, Unavailable, Unreachable
from agents.swarm.database_sync.figures import Figures
from agents.swarm.database_sync.shapes import Change, Got
from agents.swarm.database_sync.shelf import Entry, Seen, Shelf, is_fresh
from agents.swarm.database_sync.stores.contract import Store
from agents.swarm.database_sync.tables import Table

FIRST_LOOK, LONGEST_LOOK = 0.002, 0.05
"""Seconds between two looks whether another process has put the row."""

PATIENCE = 2.0
"""Seconds after which nobody waits for another process any more, and asks by himself."""

Overlay = Callable[[str, str], Change | None]
"""The write of a sync and key that is on its way to the database."""


class Reader:
    """Reads rows for everybody; `up` says whether the database is known to answer."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        guard: Guard,
        overlay: Overlay,
        up: Callable[[], bool],
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._guard = guard
        self._overlay = overlay
        self._up = up
        self._under_way = dict[tuple[str, str], asyncio.Task[Got]]()
        self._refreshing = set[tuple[str, str]]()
        self._beside = set[asyncio.Task[Any]]()

    async def get(self, table: Table, key: str, figures: Figures) -> Got:
        """The row of a key. Raises AgentError where neither can be asked."""
        figures.reads += 1
        waiting = self._overlay(table.name, key)
        if waiting is not None and (whole := _whole(table, waiting)) is not None:
            figures.hits += 1
            return whole
        got = await self._settled(table, key, figures)
        return got if waiting is None else _laid_over(table, got, waiting)

    async def _settled(self, table: Table, key: str, figures: Figures) -> Got:
        seen = await self._shelf.look(table, key)
        entry = seen.entry
        if entry is not None:
            now = time.time()
            if is_fresh(table, entry, now):
                figures.hits += 1
                figures.absent += entry.row is None
                self._refresh_ahead(table, key, seen, now, figures)
                return self._from_cache(table, entry, now, figures)
        figures.misses += 1
        return await self._once(table, key, seen, figures)

    def _from_cache(self, table: Table, entry: Entry, now: float, figures: Figures) -> Got:
        stale = not self._up()
        figures.stale += stale
        return _held(table, entry, now, stale)

    async def _once(self, table: Table, key: str, seen: Seen, figures: Figures) -> Got:
        """The row by one load, whoever asks for it meanwhile; being cancelled leaves it to them."""
        at = (table.space, key)
        loading = self._under_way.get(at)
        if loading is None:
            loading = asyncio.create_task(self._load(table, key, seen, figures))
            self._under_way[at] = loading
            loading.add_done_callback(lambda task: self._over(at, task))
        else:
            figures.shared += 1
        return await asyncio.shield(loading)

    def _over(self, at: tuple[str, str], task: asyncio.Task[Got]) -> None:
        self._under_way.pop(at, None)
        if not task.cancelled():
            task.exception()  # it was said to whoever waited, if anybody did

    async def _load(self, table: Table, key: str, seen: Seen, figures: Figures) -> Got:
        try:
            return await self._loaded(table, key, seen, figures)
        except (Unreachable, Unavailable):
            if seen.entry is None:
                raise
            figures.stale += 1
            return _held(table, seen.entry, time.time(), True)

    async def _loaded(self, table: Table, key: str, seen: Seen, figures: Figures) -> Got:
        if seen.entry is not None and not self._up():
            raise Unreachable("The database is known not to answer.")  # so nobody waits for it
        if seen.epoch is None or (seen.raw or b"").startswith(b"W"):
            return _got(table, await self._read(table, key, figures))
        token = None
        if not (seen.raw or b"").startswith(b"L"):
            token = await self._shelf.lease(table, key, seen)
        if token is None:
            return await self._from_others(table, key, figures)
        try:
            row = await self._read(table, key, figures)
        except BaseException:
            await asyncio.shield(self._shelf.give_back(table, key, token, seen))
            raise
        await self._shelf.put(table, key, token, row)
        return _got(table, row)

    async def _from_others(self, table: Table, key: str, figures: Figures) -> Got:
        """What another process is about to put, or, when that takes too long, what we read."""
        until, pause = time.monotonic() + PATIENCE, FIRST_LOOK
        while time.monotonic() < until:
            seen = await self._shelf.look(table, key)
            now = time.time()
            if seen.entry is not None and is_fresh(table, seen.entry, now):
                figures.shared += 1
                return self._from_cache(table, seen.entry, now, figures)
            if not (seen.raw or b"").startswith(b"L"):
                break
            await asyncio.sleep(pause)
            pause = min(LONGEST_LOOK, pause * 2)
        return _got(table, await self._read(table, key, figures))

    async def _read(self, table: Table, key: str, figures: Figures) -> dict[str, Any] | None:
        began = time.perf_counter()
        rows = await self._guard.call(lambda: self._store.read(table, (key,)))
        figures.loads.append(time.perf_counter() - began)
        return rows.get(key)

    def _refresh_ahead(
        self, table: Table, key: str, seen: Seen, now: float, figures: Figures
    ) -> None:
        entry, share, at = seen.entry, table.sync.refresh_ahead, (table.space, key)
        if not share or entry is None or entry.row is None or at in self._refreshing:
            return
        if now - entry.at >= share * table.sync.ttl and self._up():
            self._refreshing.add(at)
            figures.refreshes += 1
            self._do_beside(self._refresh(table, key, seen, figures))

    async def _refresh(self, table: Table, key: str, seen: Seen, figures: Figures) -> None:
        try:
            row = await self._read(table, key, figures)
            await self._shelf.put(table, key, seen.raw or b"", row)
        except AgentError:
            pass  # what is there is fresh for a while
        finally:
            self._refreshing.discard((table.space, key))

    def _do_beside(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def close(self) -> None:
        """End what is under way."""
        tasks = [*self._beside, *self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _held(table: Table, entry: Entry, now: float, stale: bool) -> Got:
    version = table.version(entry.row) if entry.version is None else entry.version
    age = max(0.0, now - entry.at)
    return Got(entry.row, entry.row is not None, version, "cache", stale, age)


def _got(table: Table, row: Mapping[str, Any] | None) -> Got:
    held = None if row is None else dict(row)
    return Got(held, row is not None, table.version(row), "database")


def _whole(table: Table, change: Change) -> Got | None:
    """What a waiting write says of its row by itself; None where it says some columns only."""
    if change.values is None:
        return Got(None, False, 0, "waiting")
    row = waiting_row(table, change)
    return None if row is None else Got(row, True, table.version(row), "waiting")


def _laid_over(table: Table, got: Got, change: Change) -> Got:
    """A row with the columns that a waiting write changes; its version isn't known yet."""
    row = {**(got.row or {}), **(change.values or {})}
    return Got(row, True, None, "waiting", got.stale, got.age)


def waiting_row(table: Table, change: Change) -> dict[str, Any] | None:
    """The row that a write makes, where that can be told beforehand."""
    if change.values is None or not table.is_whole(change.values):
        return None
    if not (counted := table.sync.version):
        return dict(change.values)
    if not isinstance(change.expected, int):
        return None
    return {**change.values, counted: change.expected + change.bumps}
