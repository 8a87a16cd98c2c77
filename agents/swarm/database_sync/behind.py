"""Writes behind: durable in the book before the answer, in the database a little later.

Writes of a moment are made durable by one commit, and those of a delay are put into the database
by one transaction, in which stands how far it got: so a crash loses none and repeats none.
"""

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from agents.contract import Guard
from agents.errors import AgentError, Busy, Rejected
from agents.swarm.database_sync.backlog import Backlog
from agents.swarm.database_sync.book import Book, Waiting, encoded
from agents.swarm.database_sync.figures import Figures
from agents.swarm.database_sync.overlay import Overlay, Pending
from agents.swarm.database_sync.reading import waiting_row
from agents.swarm.database_sync.shapes import Change
from agents.swarm.database_sync.shelf import Shelf
from agents.swarm.database_sync.stores.contract import Store
from agents.swarm.database_sync.tables import Table
from agents.swarm.database_sync.writing import Done, Refused, Settle, rounds, write_each
from graph.errors import BadInput, HeddleError

MOST_WAITING = 100_000
"""Rows of one sync that may wait; further writes are refused until some are in the database."""

MOST_BYTES = 2**30
"""The same of the writes that are kept: many may wait for one row."""

AT_ONCE = 10_000
"""Writes in one transaction."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before writes are tried again, doubled each time."""


class Accepted(NamedTuple):
    """Writes of one sync that ask to be made durable, all or none; each with what is kept of it."""

    table: Table
    changes: Sequence[Change]
    contents: Sequence[bytes]
    told: asyncio.Future[None]


class Queue:
    """What waits of one sync, and whoever brings it to the database."""

    def __init__(self, table: Table, figures: Figures, overlay: Overlay) -> None:
        self.table = table
        self.figures = figures
        self.overlay = overlay
        self.backlog = Backlog()
        self.hurry = asyncio.Event()
        self.alone = asyncio.Lock()
        self.closed = False
        self.work: asyncio.Task[None] | None = None

    def add(
        self, number: int, changes: Sequence[Change], size: int, since: float | None = None
    ) -> None:
        """More writes wait, kept in so many bytes."""
        self.overlay.add(number, changes, since)
        self.backlog.add(number, size)

    def written(self, number: int) -> dict[str, Pending]:
        """See Overlay."""
        self.backlog.written(number)
        return self.overlay.written(number)

    def look_for_room(self) -> None:
        """Raises Busy where as much waits as may."""
        rows, size = len(self.overlay), self.backlog.size
        if rows >= MOST_WAITING or size >= MOST_BYTES:
            raise Busy(
                f"Too many writes of {self.table.name!r} wait already: {size / 2**20:,.0f} MB,"
                f" rows: {rows:,}.",
                cure="Look why the database takes none.",
            )

    async def rest(self, seconds: float) -> None:
        """Wait for so long, or until somebody is in a hurry."""
        self.hurry.clear()
        with contextlib.suppress(TimeoutError):
            # `wait_for` of Python 3.11 may lose a cancellation.
            async with asyncio.timeout(seconds):
                await self.hurry.wait()


class Behind:
    """The queues of all syncs."""

    def __init__(
        self,
        book: Book,
        store: Store,
        shelf: Shelf,
        guard: Guard,
        settle: Settle,
        refused: Refused,
    ) -> None:
        self._book = book
        self._store = store
        self._shelf = shelf
        self._guard = guard
        self._settle = settle
        self._refused = refused
        self._queues = dict[str, Queue]()
        self._asked = list[Accepted]()
        self._keeping: asyncio.Task[None] | None = None

    async def begin(self, table: Table, figures: Figures) -> None:
        """Take up what waits of a sync since another time."""
        queue = Queue(table, figures, Overlay())
        now = time.time()
        while some := await self._book.waiting(table.name, AT_ONCE, after=queue.overlay.newest):
            for number, changes, size in some:
                queue.add(number, changes, size, now)
        self._queues[table.name] = queue
        if len(queue.overlay):
            self._start(queue)

    def change_table(self, table: Table) -> None:
        """A sync was defined anew; nothing of it waits."""
        self._queues[table.name].table = table

    def overlay(self, sync: str, key: str) -> Change | None:
        """The write that waits for a row."""
        queue = self._queues.get(sync)
        return None if queue is None else queue.overlay.get(key)

    def count(self, sync: str) -> int:
        """How many rows wait."""
        return len(self._queues[sync].overlay)

    def coalesced(self, sync: str) -> int:
        """How many writes became one with another of their row."""
        return self._queues[sync].overlay.coalesced

    def oldest(self, sync: str) -> float:
        """How many seconds the oldest write has waited."""
        return max(0.0, time.time() - self._queues[sync].overlay.oldest)

    async def accept(self, table: Table, changes: Sequence[Change]) -> None:
        """Come back when all of these are durable. Raises AgentError; then none is done."""
        queue = self._queues.get(table.name)
        if queue is None or queue.closed:
            raise Rejected(f"The sync {table.name!r} is being removed.")
        if not changes:  # an entry of nothing would wait, and wake nobody to take it out
            return
        queue.look_for_room()
        contents = [_kept(table, change) for change in changes]
        told = asyncio.get_running_loop().create_future()
        self._asked.append(Accepted(table, changes, contents, told))
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep())
        await told  # what was taken on is done, even where nobody waits for it any more

    async def _keep(self) -> None:
        """Make durable what was asked for meanwhile, by one commit each time."""
        while self._asked:
            group, self._asked = self._asked, []
            by_sync = defaultdict[str, list[Accepted]](list)
            for one in group:
                by_sync[one.table.name].append(one)
            try:
                numbers = await self._book.add(
                    {
                        sync: [content for one in some for content in one.contents]
                        for sync, some in by_sync.items()
                    }
                )
            except AgentError as error:
                for one in group:
                    if not one.told.done():
                        one.told.set_exception(error)
                        one.told.exception()  # or nobody may have waited, which is no fault
                continue
            await self._show(by_sync, numbers)
            for one in group:
                if not one.told.done():
                    one.told.set_result(None)

    async def _show(self, by_sync: Mapping[str, list[Accepted]], numbers: list[int]) -> None:
        """Have readers see what is durable now: here by the overlay, elsewhere by the cache."""
        changed = dict[str, list[Change]]()
        for (sync, some), number in zip(by_sync.items(), numbers, strict=True):
            changed[sync] = changes = [change for one in some for change in one.changes]
            size = sum(len(content) for one in some for content in one.contents)
            self._queues[sync].add(number, changes, size)
        for sync, number in zip(changed, numbers, strict=True):
            keys = dict.fromkeys(change.key for change in changed[sync])
            await self._announce(self._queues[sync], number, keys)

    async def _announce(self, queue: Queue, number: int, keys: Iterable[str]) -> None:
        whole = dict[str, dict[str, Any] | None]()
        others = list[str]()
        for key in keys:
            change = queue.overlay.get(key)
            row = None if change is None else waiting_row(queue.table, change)
            if row is not None or (change is not None and change.values is None):
                whole[key] = row
            else:
                others.append(key)
        held = await self._shelf.announce(queue.table, whole)
        await self._shelf.drop(queue.table, others)
        queue.overlay.hold(number, held)
        if len(queue.overlay) >= queue.table.sync.batch:
            queue.hurry.set()
        self._start(queue)

    async def flush(self, sync: str) -> None:
        """Put all that waits of a sync into the database now. Raises AgentError."""
        queue = self._queues[sync]
        while await self._book.is_waiting(sync):
            await self._flush(queue)

    def _start(self, queue: Queue) -> None:
        if queue.work is None or queue.work.done():
            queue.work = asyncio.create_task(self._bring(queue))

    async def _bring(self, queue: Queue) -> None:
        """Until nothing waits any more: wait for the delay, then write; after a failure, pause."""
        pause = FIRST_PAUSE
        while len(queue.overlay):
            left = queue.overlay.oldest + queue.table.sync.delay - time.time()
            if left > 0 and len(queue.overlay) < queue.table.sync.batch:
                await queue.rest(left)
            try:
                await self._flush(queue)
                pause = FIRST_PAUSE
            except HeddleError as error:
                queue.figures.retries += 1
                queue.figures.trouble = str(error)
                await queue.rest(pause * (0.75 + random.random() / 2))
                pause = min(LONGEST_PAUSE, pause * 2)

    def try_now(self) -> None:
        """The database answers again: nobody needs to sit out a pause."""
        for queue in self._queues.values():
            queue.hurry.set()

    async def _flush(self, queue: Queue) -> None:
        async with queue.alone:
            newest = queue.overlay.newest
            waiting = await self._book.waiting(queue.table.name, AT_ONCE)
            if not waiting:
                gone = queue.written(newest)  # another process of this home wrote them
                await self._settle_cache(queue.table, gone, {})
                return
            done = await self._guard.call(
                lambda: self._write(queue, waiting), within=0, again=False
            )
            queue.figures.trouble = ""
            queue.figures.flushed += sum(len(one.changes) for one in waiting)
            number = waiting[-1].number
            await self._book.written(queue.table.name, number)
            await self._settle_cache(queue.table, queue.written(number), done)

    async def _write(self, queue: Queue, waiting: list[Waiting]) -> Done:
        table = queue.table
        done: Done = {}
        async with self._store.writing() as writing:
            reached = await writing.done(self._book.journal, table.name)
            changes = [change for one in waiting if one.number > reached for change in one.changes]
            if not changes:  # another process of this home was quicker, and may be further
                return done
            for each in rounds(changes):
                for first in range(0, len(each), table.sync.batch):
                    some = each[first : first + table.sync.batch]
                    done |= await write_each(writing, table, some, self._settle, self._refused)
            await writing.set_done(self._book.journal, table.name, waiting[-1].number)
        return done

    async def _settle_cache(self, table: Table, gone: dict[str, Pending], done: Done) -> None:
        """What the cache held of the writes becomes what the database made of them."""
        held = {key: one.held for key, one in gone.items() if one.held is not None}
        await self._shelf.confirm(table, held, done)
        await self._shelf.drop(table, [key for key in gone if key not in held])

    async def remove(self, sync: str) -> None:
        """Forget a sync of which nothing waits. Raises Rejected where something does."""
        queue = self._queues[sync]
        queue.closed = True
        if self._keeping is not None:
            await asyncio.gather(self._keeping, return_exceptions=True)
        if await self._book.is_waiting(sync):
            queue.closed = False
            raise Rejected(f"Writes of {sync!r} wait for the database.", cure="Flush them first.")
        await self._end(queue)
        del self._queues[sync]

    async def close(self, within: float) -> None:
        """Bring to the database what can be within so many seconds; the rest waits durably."""
        if self._keeping is not None:
            await asyncio.gather(self._keeping, return_exceptions=True)
        with contextlib.suppress(TimeoutError, HeddleError):
            async with asyncio.timeout(within):
                await asyncio.gather(*(self.flush(name) for name in self._queues))
        await asyncio.gather(*(self._end(queue) for queue in self._queues.values()))

    async def _end(self, queue: Queue) -> None:
        if queue.work is not None:
            queue.work.cancel()
            await asyncio.gather(queue.work, return_exceptions=True)


def _kept(table: Table, change: Change) -> bytes:
    """A write as the book keeps it; one that can't be kept holds up no others. Raises BadInput."""
    try:
        return encoded(change)
    except (OverflowError, UnicodeError, TypeError) as error:
        raise BadInput(f"{table.name} {change.key}: this can't be kept: {error}.") from error
