"""How points age: seconds are rolled up to ever longer steps, and forgotten after a while.

Up to the mark of a level, all points are in it; what is after its mark is only in finer ones.
Points that come late are added to each level whose mark is past them. So the sum over any
stretch is the same at every level, whoever rolls up, and whenever.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from runtime.projections.metrics.tally import Point, Series, Tally

MINUTE, HOUR, DAY = 60, 3600, 86_400

KEPT = {1: HOUR, 10: DAY, MINUTE: 14 * DAY, HOUR: 400 * DAY}
"""The levels, finest first, by the seconds of their steps, and for how long each is kept."""

LEVELS = tuple(KEPT)

LATE = 15
"""Seconds for which points are expected to come late: until then they aren't rolled up."""

Fits = Callable[[Series], bool]


class Rows(Protocol):
    """The points of all levels, in one transaction."""

    def marks(self) -> Mapping[int, int]:
        """Up to when each level but the finest is complete."""
        ...

    def mark(self, level: int, until: int) -> None:
        """A level is complete up to then."""
        ...

    def between(self, level: int, start: int, end: int, fits: Fits | None = None) -> list[Point]:
        """The points of a level from start up to, but not including, end."""
        ...

    def put(self, level: int, points: Sequence[Point]) -> None:
        """Keep points in place of those that are there."""
        ...

    def drop(self, level: int, before: int) -> None:
        """Forget the points of a level from before a time."""
        ...


def add(rows: Rows, points: Sequence[Point]) -> None:
    """Add points of single seconds to all levels that should have them."""
    marks = rows.marks()
    for level in LEVELS:
        _merge(rows, level, [p for p in points if level == 1 or p.at < marks.get(level, 0)])


def read(rows: Rows, fits: Fits, start: int, end: int, level: int) -> list[Point]:
    """Points of a level, and those of finer ones from its mark on."""
    marks, at = rows.marks(), start - start % level
    found: list[Point] = []
    for one in reversed(LEVELS[: LEVELS.index(level) + 1]):
        until = end if one == 1 else min(end, marks.get(one, 0))
        if at < until:
            found += rows.between(one, at, until, fits)
            at = until
    return found


def tidy(rows: Rows, now: float) -> None:
    """Roll up what is old enough into the next level, and forget what is too old in each."""
    marks, upto = rows.marks(), int(now) - LATE
    for finer, level in pairwise(LEVELS):
        begin, upto = marks.get(level, 0), upto - upto % level
        if begin < upto:
            _merge(rows, level, rows.between(finer, begin, upto))
            rows.mark(level, upto)
    for level, seconds in KEPT.items():
        rows.drop(level, int(now) - seconds)


def level_for(start: float, now: float, step: int) -> int:
    """The coarsest level for steps of that length, or a coarser one that still knows `start`."""
    fitting = max(level for level in LEVELS if level <= step and step % level == 0)
    return next(
        (level for level in LEVELS if level >= fitting and now - start <= KEPT[level]), LEVELS[-1]
    )


def stepped(points: Iterable[Point], step: int) -> dict[tuple[Series, int], Tally]:
    """The points added up in steps of that length."""
    found: dict[tuple[Series, int], Tally] = {}
    for point in points:
        key = point.series, point.at - point.at % step
        if key not in found:
            found[key] = Tally({}, {}, {})
        found[key].add(point.tally)
    return found


def _merge(rows: Rows, level: int, points: Sequence[Point]) -> None:
    """Add points to those that a level has."""
    if not points:
        return
    found = stepped(points, level)
    times = [at for _, at in found]
    for there in rows.between(level, min(times), max(times) + 1):
        if (fresh := found.get((there.series, there.at))) is not None:
            fresh.add(there.tally)
    rows.put(level, [Point(series, at, tally) for (series, at), tally in found.items()])
