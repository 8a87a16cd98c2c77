"""Rows in the cache: which may be used, which are old, and who may put the next one there.

What is there for a key is an entry, or a token: of a reader who is about to put one (L), or of a
writer (W). A reader's token gives way to whoever writes meanwhile, so no row that was read
before a write can be put there after it. Where two write at once, neither puts its row.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple, TypeVar

import msgspec

from agents.contract import Guard
from agents.errors import AgentError
from agents.swarm.database_sync.caches.contract import Cache, Swap
from agents.swarm.database_sync.shapes import Version
from agents.swarm.database_sync.tables import Table

T = TypeVar("T")

KEEP_SECONDS = 86_400.0
"""How much longer than it is fresh a row is held, for when the database is away."""

READ_SECONDS = 5.0
"""How long others wait for a reader to put the row."""

WRITE_SECONDS = 60.0
"""How long a writer may take; longer than a statement may."""

TOKENS = (b"L", b"W")


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A row as it is held, None for none; `at` is when the database was asked.

    A row that is on its way to the database has no version yet.
    """

    epoch: bytes
    at: float
    row: dict[str, Any] | None
    version: Version | None = None


class Seen(NamedTuple):
    """What a look found: the bytes, and what they mean.

    `epoch` is None where the cache can't be asked. What is of another epoch is no `entry`, nor
    is what can't be read: the next row that is read takes its place.
    """

    epoch: bytes | None
    raw: bytes | None = None
    entry: Entry | None = None


AWAY = Seen(None)


class Held(NamedTuple):
    """A row that was announced: the bytes that the cache holds, and what they mean."""

    raw: bytes
    row: dict[str, Any] | None


Rows = Mapping[str, Mapping[str, Any] | None]
"""Rows by key, None for those that there aren't."""

_decoder = msgspec.msgpack.Decoder(Entry)
_encoder = msgspec.msgpack.Encoder()


class Shelf:
    """The cache behind its guard. A cache that is away raises nothing here.

    `lost` is awaited when it can't be asked, before anything goes on that it doesn't learn of;
    from then on it isn't asked, until it is `found` again with all that it holds made void.
    """

    def __init__(
        self, cache: Cache, guard: Guard | None, lost: Callable[[AgentError], Awaitable[None]]
    ) -> None:
        self.cache = cache
        self.usable = False
        self._guard = guard
        self._lost = lost
        self._epochs = dict[str, bytes]()

    async def look(self, table: Table, key: str) -> Seen:
        """What is held for a key."""
        if not self.usable:
            return AWAY
        space = table.space
        try:
            if self._guard is None:
                epoch, (raw,) = await self.cache.read(space, (key,))
            else:
                async with self._guard.entered():
                    epoch, (raw,) = await self.cache.read(space, (key,))
        except AgentError as error:
            await self._away(error)
            return AWAY
        if epoch is None:  # it is new, or was emptied
            self._epochs.pop(space, None)
            return Seen(await self._begun(space))
        self._epochs[space] = epoch
        if raw is None or raw.startswith(TOKENS):
            return Seen(epoch, raw)
        entry = _read(raw)
        return Seen(epoch, raw, entry if entry and entry.epoch == epoch else None)

    async def lease(self, table: Table, key: str, seen: Seen) -> bytes | None:
        """A token for whoever is to put the row; None when somebody else is about to."""
        token, space = b"L" + secrets.token_bytes(8), table.space
        if seen.raw is None:
            given = await self._ask(lambda: self.cache.lease(space, key, token, READ_SECONDS))
            return token if given else None
        swap = (Swap(key, seen.raw, token, READ_SECONDS),)
        swapped = await self._ask(lambda: self.cache.swap(space, swap))
        return token if swapped and swapped[0] else None

    async def put(self, table: Table, key: str, old: bytes, row: Mapping[str, Any] | None) -> Entry:
        """Hold a row that was read, unless something else than `old` is there by now."""
        entry = self._entry(table, row)
        swap = (Swap(key, old, _encoder.encode(entry), _seconds(table, row)),)
        await self._ask(lambda: self.cache.swap(table.space, swap))
        return entry

    async def give_back(self, table: Table, key: str, token: bytes, seen: Seen) -> None:
        """Put no row after all: what was there before is there again."""
        seconds = KEEP_SECONDS if seen.entry else 0.0
        old = seen.raw if seen.entry else None
        swap = (Swap(key, token, old, seconds),)
        await self._ask(lambda: self.cache.swap(table.space, swap))

    async def claim(self, table: Table, keys: Sequence[str]) -> dict[str, bytes]:
        """Tokens of a writer: until it ends, nobody puts another row there."""
        tokens = {key: b"W" + secrets.token_bytes(8) for key in keys}
        items = list(tokens.items())
        await self._ask(lambda: self.cache.write(table.space, items, WRITE_SECONDS), strict=True)
        return tokens

    async def finish(self, table: Table, old: Mapping[str, bytes], rows: Rows) -> None:
        """A writer is done: hold what the rows are now, where nobody else wrote meanwhile.

        Keys that have no row here are held no more.
        """
        await self._begun(table.space)
        swaps = [
            Swap(
                key,
                raw,
                _encoder.encode(self._entry(table, rows[key])) if key in rows else None,
                _seconds(table, rows.get(key)),
                strict=True,
            )
            for key, raw in old.items()
        ]
        await self._ask(lambda: self.cache.swap(table.space, swaps), strict=True)

    async def confirm(self, table: Table, announced: Mapping[str, Held], rows: Rows) -> None:
        """What was announced is in the database: where that made the same of it, it stays.

        Keys that have no row here are held no more.
        """
        await self._begun(table.space)
        swaps = [self._confirmed(table, key, held, rows) for key, held in announced.items()]
        await self._ask(lambda: self.cache.swap(table.space, swaps), strict=True)

    def _confirmed(self, table: Table, key: str, held: Held, rows: Rows) -> Swap:
        if key not in rows:
            return Swap(key, held.raw, None, strict=True)
        if _is_same(held.row, row := rows[key]):
            return Swap(key, held.raw, None, strict=True, keep=True)
        entry = _encoder.encode(self._entry(table, row))
        return Swap(key, held.raw, entry, _seconds(table, row), strict=True)

    async def announce(
        self, table: Table, rows: Mapping[str, dict[str, Any] | None]
    ) -> dict[str, Held]:
        """Hold rows that are not in the database yet; gives what is held, for `confirm`."""
        if not rows:
            return {}
        await self._begun(table.space)
        epoch, now = self._epochs.get(table.space, b""), time.time()
        held = {
            key: Held(_encoder.encode(Entry(epoch, now, row)), row) for key, row in rows.items()
        }
        items = [(key, one.raw) for key, one in held.items()]
        seconds = table.sync.ttl + KEEP_SECONDS
        await self._ask(lambda: self.cache.write(table.space, items, seconds), strict=True)
        return held

    async def drop(self, table: Table, keys: Sequence[str]) -> None:
        """Hold these no more."""
        if keys:
            await self._ask(lambda: self.cache.drop(table.space, keys), strict=True)

    async def void(self, table: Table) -> None:
        """Make all void that is held of a table."""
        await self._ask(lambda: self._renewed(table.space), strict=True)

    async def found(self, tables: Sequence[Table]) -> None:
        """It answers again. What it holds may be old, so it is void. Raises AgentError."""
        for table in tables:
            await self._renewed(table.space)
        self.usable = True

    async def _renewed(self, space: str) -> None:
        self._epochs[space] = await self.cache.renew(space, secrets.token_bytes(6))

    async def _begun(self, space: str) -> bytes | None:
        """The epoch of a space, which begins with the first look at it."""
        if space not in self._epochs:
            epoch = await self._ask(
                lambda: self.cache.renew(space, secrets.token_bytes(6), only_first=True)
            )
            if epoch is None:
                return None
            self._epochs[space] = epoch
        return self._epochs[space]

    def _entry(self, table: Table, row: Mapping[str, Any] | None) -> Entry:
        # Of an epoch that is over by now, it is void; it can't be of one that is yet to come.
        epoch = self._epochs.get(table.space, b"")
        return Entry(epoch, time.time(), None if row is None else dict(row), table.version(row))

    async def _ask(self, work: Callable[[], Awaitable[T]], *, strict: bool = False) -> T | None:
        """The answer of the cache; None where it has none.

        What is `strict` tells it of a write: one that isn't asked any more must not be trusted
        either.
        """
        if not self.usable:
            return None
        try:
            if self._guard is None:
                return await work()
            return await self._guard.call(work, within=0, again=strict)
        except AgentError as error:
            await self._away(error)
            return None

    async def _away(self, error: AgentError) -> None:
        self.usable = False
        await self._lost(error)


def _read(raw: bytes) -> Entry | None:
    """What bytes say that anybody may have put there; None where that is no entry."""
    try:
        return _decoder.decode(raw)
    except (ValueError, RecursionError):
        return None


def _is_same(held: dict[str, Any] | None, row: Mapping[str, Any] | None) -> bool:
    """Whether a row says the same in JSON, where 2.0 isn't 2, and 1 isn't true."""
    if held is None or row is None:
        return held is row
    return held == row and all(map(is_, map(type, held.values()), map(type, map(row.get, held))))


def _seconds(table: Table, row: Mapping[str, Any] | None) -> float:
    return table.sync.ttl + KEEP_SECONDS if row is not None else table.sync.missing_ttl


def is_fresh(table: Table, entry: Entry, now: float) -> bool:
    """Whether an entry may be used without asking the database."""
    sync = table.sync
    return now - entry.at < (sync.ttl if entry.row is not None else sync.missing_ttl)
