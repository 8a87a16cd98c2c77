"""Writes of one sync that are on their way to the database, as readers are to see them."""

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import msgspec

from agents.swarm.database_sync.shapes import Change
from agents.swarm.database_sync.shelf import Held
from agents.swarm.database_sync.writing import combined


class Pending(msgspec.Struct):
    """What waits for one row: its writes as one, the number of the last, since when.

    `held` is what the cache holds for it, None where it holds nothing.
    """

    change: Change
    number: int
    since: float
    held: Held | None = None


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
        return None if found is None else found.change

    def add(self, number: int, changes: Iterable[Change], since: float | None = None) -> None:
        """More writes, of one number."""
        self.newest = max(self.newest, number)
        now = time.time() if since is None else since
        for change in changes:
            before = self._rows.get(change.key)
            if before is None:
                self._rows[change.key] = Pending(change, number, now)
                continue
            self.coalesced += 1
            # Where the database has to see both by themselves, the later one is what will be.
            whole = combined(before.change, change) or change
            self._rows[change.key] = Pending(whole, number, before.since)

    def hold(self, number: int, held: Mapping[str, Held]) -> None:
        """The cache holds this for rows, of which no other write came meanwhile."""
        for key, one in held.items():
            found = self._rows.get(key)
            if found is not None and found.number == number:
                found.held = one

    def written(self, number: int) -> dict[str, Pending]:
        """Writes up to that number are in the database: gives the rows that wait for no more."""
        gone = {key: row for key, row in self._rows.items() if row.number <= number}
        for key in gone:
            del self._rows[key]
        return gone

    @property
    def oldest(self) -> float:
        """Since when the oldest write waits, in seconds since the epoch; now where none does."""
        first = next(iter(self._rows.values()), None)
        return first.since if first else time.time()
