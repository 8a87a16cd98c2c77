"""Metrics that last as long as their process."""

from collections.abc import Mapping, Sequence

import msgspec

from runtime.metrics import levels
from runtime.metrics.levels import LEVELS, Fits
from runtime.metrics.store import Seen, Wanted
from runtime.projections.metrics.tally import Point, Series, Tally


class MemoryRows:
    """Points in dictionaries, by level and time, so that what is new costs the same for ever."""

    def __init__(self) -> None:
        self._points: dict[int, dict[int, dict[Series, Tally]]] = {one: {} for one in LEVELS}
        self._marks: dict[int, int] = {}

    def marks(self) -> Mapping[int, int]:
        return self._marks

    def mark(self, level: int, until: int) -> None:
        self._marks[level] = until

    def between(self, level: int, start: int, end: int, fits: Fits | None = None) -> list[Point]:
        kept = self._points[level]
        steps = range(start - start % level, end, level)
        times = (at for at in steps if at in kept) if len(steps) < len(kept) else kept
        return [
            Point(series, at, tally)
            for at in times
            if start <= at < end
            for series, tally in kept[at].items()
            if fits is None or fits(series)
        ]

    def put(self, level: int, points: Sequence[Point]) -> None:
        kept = self._points[level]
        for point in points:
            kept.setdefault(point.at, {})[point.series] = point.tally

    def drop(self, level: int, before: int) -> None:
        kept = self._points[level]
        for at in [at for at in kept if at < before]:
            del kept[at]


class MemoryMetricStore:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._rows = MemoryRows()
        self._last: dict[Series, float] = {}
        self._cursors: dict[str, int] = {}

    async def open(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def add(
        self, points: Sequence[Point], cursors: Mapping[str, int | None] | None = None
    ) -> None:
        """Add points of single seconds, and how far runs were counted."""
        levels.add(self._rows, points)
        for point in points:
            self._last[point.series] = max(point.at, self._last.get(point.series, 0))
        for run, seq in (cursors or {}).items():
            if seq is None:
                self._cursors.pop(run, None)
            else:
                self._cursors[run] = seq

    async def read(self, wanted: Wanted, start: int, end: int, level: int) -> list[Point]:
        """Points of `level` seconds each in [start, end), finer ones where it isn't rolled up."""
        found = levels.read(self._rows, wanted.fits, start, end, level)
        return [Point(p.series, p.at, _copy(p.tally)) for p in found]

    async def seen(self) -> list[Seen]:
        """Every series that is kept."""
        return [Seen(series, last) for series, last in self._last.items()]

    async def cursors(self) -> dict[str, int]:
        """How far each run was counted that wasn't told to be over."""
        return dict(self._cursors)

    async def tidy(self, now: float) -> None:
        """Roll up what is old enough, and forget what is too old."""
        levels.tidy(self._rows, now)
        oldest = now - levels.KEPT[LEVELS[-1]]
        self._last = {series: last for series, last in self._last.items() if last >= oldest}


def _copy(tally: Tally) -> Tally:
    return msgspec.convert(msgspec.to_builtins(tally, str_keys=False), Tally)
