"""The memory of this process as a cache: bounded, what was not asked for longest goes first."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from agents.swarm.database_sync.caches.contract import Swap

MOST = 20_000
"""Rows that are held."""


class MemoryCache:
    """See Cache. `now` says the time in seconds, and never goes back."""

    shown = "memory"
    shared = False

    def __init__(self, most: int = MOST, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._held = OrderedDict[tuple[str, str], tuple[bytes, float]]()
        self._epochs = dict[str, bytes]()

    async def read(
        self, space: str, keys: Sequence[str]
    ) -> tuple[bytes | None, list[bytes | None]]:
        """See Cache."""
        return self._epochs.get(space), [self._get(space, key) for key in keys]

    async def lease(self, space: str, key: str, token: bytes, seconds: float) -> bool:
        """See Cache."""
        if self._get(space, key) is not None:
            return False
        self._set(space, key, token, seconds)
        return True

    async def write(self, space: str, items: Sequence[tuple[str, bytes]], seconds: float) -> None:
        """See Cache."""
        for key, value in items:
            self._set(space, key, value, seconds)

    async def swap(self, space: str, swaps: Sequence[Swap]) -> list[bool]:
        """See Cache."""
        return [self._swapped(space, swap) for swap in swaps]

    async def drop(self, space: str, keys: Sequence[str]) -> None:
        """See Cache."""
        for key in keys:
            self._held.pop((space, key), None)

    async def renew(self, space: str, epoch: bytes, *, only_first: bool = False) -> bytes:
        """See Cache. What belonged to another epoch can go at once."""
        if only_first and space in self._epochs:
            return self._epochs[space]
        self._epochs[space] = epoch
        return epoch

    async def ping(self) -> None:
        """See Cache."""

    async def close(self) -> None:
        """See Cache."""

    def _swapped(self, space: str, swap: Swap) -> bool:
        as_thought = self._get(space, swap.key) == swap.old
        if as_thought and swap.new is not None:
            self._set(space, swap.key, swap.new, swap.seconds)
        elif not swap.keep if as_thought else swap.strict:
            self._held.pop((space, swap.key), None)
        return as_thought

    def _get(self, space: str, key: str) -> bytes | None:
        found = self._held.get((space, key))
        if found is None:
            return None
        if found[1] <= self._now():
            del self._held[space, key]
            return None
        self._held.move_to_end((space, key))
        return found[0]

    def _set(self, space: str, key: str, value: bytes, seconds: float) -> None:
        self._held[space, key] = value, self._now() + seconds
        self._held.move_to_end((space, key))
        while len(self._held) > self._most:
            self._held.popitem(last=False)
