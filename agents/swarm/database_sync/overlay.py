"""Writes of one sync that are on their way to the database, as readers are to see them."""

import time
from collections import OrderedDict
from typing import NamedTuple

from agents.swarm.database_sync.shapes import Change
from agents.swarm.database_sync.writing import combined


class Pending(NamedTuple):
    """What waits for one row: its writes as one, the number of the last, since when.

    `held` is what the cache holds for it, None where it holds nothing.
    """

    change: Change
    number: int
    since: float
    held: bytes | None = None


class Overlay:
    """The rows of one sync for which writes wait, the one that waits longest first.

    `newest` is the highest number there was; `coalesced` counts writes of a row that waited.
    """

    def __init__(self) -> None:
        self._rows = OrderedDict[str, Pending]()
        self.coalesced = self.newest = 0

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> Change | None:
        """What waits for a row."""
        found = self._rows.get(key)
        return found and found.change

    def add(self, number: int, change: Change, since: float | None = None) -> None:
        """One more write."""
        self.newest = max(self.newest, number)
        now = time.time() if since is None else since
        before = self._rows.get(change.key)
        if before is None:
            self._rows[change.key] = Pending(change, number, now)
            return
        self.coalesced += 1
        # Where the database has to see both by themselves, the later one is what will be.
        whole = combined(before.change, change) or change
        self._rows[change.key] = Pending(whole, number, before.since)

    def hold(self, number: int, key: str, held: bytes) -> None:
        """The cache holds this for a row, if no other write came meanwhile."""
        found = self._rows.get(key)
        if found is not None and found.number == number:
            self._rows[key] = found._replace(held=held)

    def written(self, number: int) -> dict[str, bytes | None]:
        """Writes up to that number are in the database: the rows that wait for no more.

        Gives what the cache holds of each.
        """
        gone = {key: row.held for key, row in self._rows.items() if row.number <= number}
        for key in gone:
            del self._rows[key]
        return gone

    @property
    def oldest(self) -> float:
        """Since when the oldest write waits, in seconds since the epoch; now where none does."""
        first = next(iter(self._rows.values()), None)
        return first.since if first else time.time()
