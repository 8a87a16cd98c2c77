"""Watches both sides: notices when one is gone, and mends what was missed once it is back."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from agents.contract import Guard, Health
from agents.errors import AgentError
from agents.swarm.database_sync.book import Book
from agents.swarm.database_sync.shelf import Shelf
from agents.swarm.database_sync.stores.contract import News, Store

RHYTHM = 0.5
"""Seconds between two looks at a side."""

LOOK_SECONDS = 1.0
"""How long a look may take."""

DEEP_SECONDS = 0.8
"""How long a side may take to say that it is well when somebody asks."""

BEHIND = "cache behind"
"""The mark in the book that the cache may lack writes: nothing in it may be used."""


class Watch:
    """What is known of the database and the cache, and who is told of changes.

    `void` makes void what is held: of all tables, or of those whose changes are listened to.
    """

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        book: Book,
        *,
        store_guard: Guard,
        cache_guard: Guard | None,
        there: Callable[[], Awaitable[None]],
        cache_found: Callable[[], Awaitable[None]],
        news: News,
        report: Callable[[Health], None],
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._book = book
        self._store_guard = store_guard
        self._cache_guard = cache_guard
        self._there = there
        self._cache_found = cache_found
        self._news = news
        self._report = report
        self._tasks: list[asyncio.Task[None]] = []
        self._asking = set[asyncio.Task[bool]]()
        self._marking: asyncio.Task[None] | None = None
        self.database_up = self.cache_up = True
        self.first_look = asyncio.Event()

    async def begin(self) -> None:
        """Start to watch. A cache that lacks writes of another time is not used until void."""
        if self._cache_guard is None:
            self._shelf.usable = True
        else:
            self._shelf.usable = not await self._book.marked(BEHIND)
            self._tasks.append(asyncio.create_task(self._watch_cache()))
        self._tasks.append(asyncio.create_task(self._watch_database()))

    def health(self) -> Health:
        """How both sides are, as far as is known."""
        return self._told(self.database_up, self.cache_up)

    async def ask(self) -> Health:
        """How both sides are, asked just now; who doesn't answer soon counts as away."""
        asked = [asyncio.create_task(one()) for one in (self._database_answers, self._ask_cache)]
        _, silent = await asyncio.wait(asked, timeout=DEEP_SECONDS)
        self._asking |= silent
        for task in silent:
            task.cancel()
            task.add_done_callback(self._asking.discard)
        database, cache = (task not in silent and task.result() for task in asked)
        return self._told(database and self.database_up, cache)

    def _told(self, database_up: bool, cache_up: bool) -> Health:
        database, cache = self._store.shown, self._shelf.cache.shown
        if database_up and cache_up:
            return Health("ok")
        if cache_up:
            return Health(
                "degraded",
                f"{database} does not answer: what is cached is given as stale, and writes behind"
                " wait. It is used again as soon as it answers.",
            )
        if database_up:
            return Health(
                "degraded",
                f"{cache} does not answer: reads go to the database."
                " It is used again as soon as it answers.",
            )
        return Health(
            "degraded",
            f"Neither {database} nor {cache} answers: reads fail, and writes behind wait."
            " Start them, or check DATABASE_URL and REDIS_URL.",
        )

    async def cache_lost(self, *_: AgentError) -> None:
        """The cache could not be asked. That it lacks writes is durable before one goes on."""
        if self._cache_guard is None:
            return
        self._cache_is(False)
        if self._marking is None or self._marking.done():
            self._marking = asyncio.create_task(self._mark())
        await asyncio.shield(self._marking)

    async def _mark(self) -> None:
        with contextlib.suppress(AgentError):
            await self._book.mark(BEHIND, True)

    async def _watch_cache(self) -> None:
        while True:
            await self._ask_cache()
            await asyncio.sleep(RHYTHM)

    async def _ask_cache(self) -> bool:
        """Whether the cache answers; one that was away is made void before it is used again."""
        if self._cache_guard is None:
            return True
        try:
            await self._cache_guard.call(self._shelf.cache.ping, within=LOOK_SECONDS, again=False)
            if not self._shelf.usable:
                await self._cache_found()
                await self._book.mark(BEHIND, False)
            self._cache_is(True)
        except AgentError:
            self._shelf.usable = False
            await self.cache_lost()
            return False
        return True

    async def _watch_database(self) -> None:
        """Stay connected, and come back each time that is lost."""
        while True:
            try:
                await self._store_guard.call(self._store.ping, within=LOOK_SECONDS, again=False)
                await self._store.watch(self._database_there, self._news)
            except AgentError:
                self._database_is(False)
                self.first_look.set()
            await asyncio.sleep(RHYTHM)

    async def _database_there(self) -> None:
        self._database_is(True)
        await self._there()
        self.first_look.set()

    async def _database_answers(self) -> bool:
        try:
            await self._store_guard.call(self._store.ping, within=LOOK_SECONDS, again=False)
        except AgentError:
            return False
        return True

    def _database_is(self, up: bool) -> None:
        changed, self.database_up = self.database_up != up, up
        if changed:
            self._report(self.health())

    def _cache_is(self, up: bool) -> None:
        changed, self.cache_up = self.cache_up != up, up
        if changed:
            self._report(self.health())

    async def close(self) -> None:
        """Watch no more."""
        pending: set[asyncio.Task[Any]] = {*self._tasks, *self._asking}
        while pending:
            # redis-py may swallow that it is cancelled while it connects, so once isn't enough.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=RHYTHM / 4)
        if self._marking is not None:
            await asyncio.gather(self._marking, return_exceptions=True)
