"""What syncs come to: reads, hits, writes, and how long the database takes."""

import statistics
from collections import deque

from msgspec.structs import replace

from agents.swarm.database_sync.shapes import Sync, SyncStats

RECENT = 200
"""Loads whose time is remembered."""


class Figures:
    """The counts of one sync."""

    def __init__(self) -> None:
        self.reads = self.hits = self.misses = self.absent = self.shared = self.stale = 0
        self.refreshes = self.writes = self.flushed = self.coalesced = self.retries = 0
        self.invalidated = 0
        self.trouble = ""
        self.loads = deque[float](maxlen=RECENT)

    def told(self, sync: Sync) -> SyncStats:
        """The counts as they are now."""
        names = [name for name, value in vars(self).items() if isinstance(value, int)]
        return replace(
            SyncStats(sync=sync, trouble=self.trouble),
            **{name: getattr(self, name) for name in names},
            hit_rate=self.hits / self.reads if self.reads else None,
            saved=statistics.median(self.loads) if self.loads else 0.0,
        )
