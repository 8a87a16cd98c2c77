"""A store in a loop of its own, in a thread: for a driver that the loop here doesn't suit."""

import asyncio
import contextlib
import functools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from agents.swarm.database_sync.shapes import Change, Sync
from agents.swarm.database_sync.stores.contract import News, Rows, Store, Writing
from agents.swarm.database_sync.tables import Described, Table

T = TypeVar("T")


def suits(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a loop can watch a driver's sockets; that of Windows can't."""
    return type(loop).add_reader is not asyncio.AbstractEventLoop.add_reader


class There:
    """A loop in a thread, where others have something done."""

    def __init__(self) -> None:
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="database-sync-store", daemon=True
        )
        self._thread.start()

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work; who is cancelled cancels that."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    @contextlib.asynccontextmanager
    async def inside(self, of: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
        """Enter and leave there."""
        entering = asyncio.ensure_future(self.do(of.__aenter__()))
        try:
            entered = await asyncio.shield(entering)
        except asyncio.CancelledError as error:  # what is entered all the same is to be left
            with contextlib.suppress(Exception):
                await entering
                await self.do(of.__aexit__(type(error), error, error.__traceback__))
            raise
        try:
            yield entered
        except BaseException as error:
            leaving = self.do(of.__aexit__(type(error), error, error.__traceback__))
            if not await asyncio.shield(leaving):
                raise
        else:
            await self.do(of.__aexit__(None, None, None))

    async def close(self) -> None:
        """Wait for what ends there, and end the thread."""
        await self.do(_over())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()


class StoreApart:
    """See Store: all of it is done there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.shown = store.shown

    @functools.cached_property
    def _there(self) -> There:
        return There()

    async def described(self, sync: Sync) -> Described:
        return await self._there.do(self._store.described(sync))

    async def read(self, table: Table, keys: Sequence[str]) -> Rows:
        return await self._there.do(self._store.read(table, keys))

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        async with self._there.inside(self._store.writing()) as writing:
            yield _WritingApart(writing, self._there)

    async def ping(self) -> None:
        await self._there.do(self._store.ping())

    async def watch(self, ready: Callable[[], Awaitable[None]], news: News) -> None:
        here = asyncio.get_running_loop()

        async def ready_here() -> None:
            await _done_in(here, ready())

        async def news_here(sync: str, key: str | None) -> None:
            await _done_in(here, news(sync, key))

        await self._there.do(self._store.watch(ready_here, news_here))

    async def install(self, table: Table) -> None:
        await self._there.do(self._store.install(table))

    async def uninstall(self, table: Table) -> None:
        await self._there.do(self._store.uninstall(table))

    async def close(self) -> None:
        await self._there.do(self._store.close())
        await self._there.close()


class _WritingApart:
    """See Writing: what is done there of a transaction."""

    def __init__(self, writing: Writing, there: There) -> None:
        self._writing = writing
        self._there = there

    async def locked(self, table: Table, keys: Sequence[str]) -> Rows:
        return await self._there.do(self._writing.locked(table, keys))

    async def put(self, table: Table, changes: Sequence[Change], *, fresh: bool) -> Rows:
        return await self._there.do(self._writing.put(table, changes, fresh=fresh))

    async def delete(self, table: Table, keys: Sequence[str]) -> None:
        await self._there.do(self._writing.delete(table, keys))

    def apart(self) -> AbstractAsyncContextManager[None]:
        return self._there.inside(self._writing.apart())

    async def done(self, journal: str, sync: str) -> int:
        return await self._there.do(self._writing.done(journal, sync))

    async def set_done(self, journal: str, sync: str, number: int) -> None:
        await self._there.do(self._writing.set_done(journal, sync, number))


async def _over() -> None:
    """Wait until nothing else is under way in this loop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


async def _done_in(loop: asyncio.AbstractEventLoop, work: Awaitable[None]) -> None:
    async def awaited() -> None:
        await work

    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(awaited(), loop))
