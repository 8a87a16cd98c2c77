"""Where blocks being moved come to rest: in line with their neighbours, else on the grid."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graph.layout.boxes import Box

GRID = 12.0
"""Half of what the canvas shows of its grid."""

Span = tuple[float, float, float, float]
"""A line from x, y to x, y."""


class Snapped(NamedTuple):
    """How far the blocks are really moved, and the lines that show what they stand in line with."""

    by: tuple[float, float]
    guides: tuple[Span, ...] = ()


class Side(NamedTuple):
    """One line of a box along an axis, and how far the box reaches across it."""

    at: float
    start: float
    end: float


Sides = tuple[Side, Side, Side]
"""The first edge, the middle and the last edge. Each comes in line with its like only."""


class Snapping:
    """What blocks may be brought in line with. Made when a drag begins, asked at each step."""

    def __init__(self, others: Iterable[Box]) -> None:
        boxes = list(others)
        self._upright = _sorted(map(_upright, boxes))
        self._level = _sorted(map(_level, boxes))

    def snapped(
        self, moving: Box, by: tuple[float, float], reach: float, *, grid: float = GRID
    ) -> Snapped:
        """The way `by` of the box, changed by at most `reach` (or half the grid; 0 for none)."""
        dx, dy = by
        box = _moved(moving, dx, dy)
        x = _nearest(_upright(box), self._upright, reach)
        y = _nearest(_level(box), self._level, reach)
        by_x = x if x is not None else _to_grid(box.left, grid)
        by_y = y if y is not None else _to_grid(box.top, grid)
        rests = _moved(box, by_x, by_y)
        upright, level = _upright(rests), _level(rests)
        guides = [
            *((at, start, at, end) for at, start, end in _shared(upright, self._upright)),
            *((start, at, end, at) for at, start, end in _shared(level, self._level)),
        ]
        return Snapped((dx + by_x, dy + by_y), tuple(guides))


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)


def _upright(box: Box) -> Sides:
    left, top, right, bottom = box
    return Side(left, top, bottom), Side((left + right) / 2, top, bottom), Side(right, top, bottom)


def _level(box: Box) -> Sides:
    left, top, right, bottom = box
    return Side(top, left, right), Side((top + bottom) / 2, left, right), Side(bottom, left, right)


def _sorted(boxes: Iterable[Sides]) -> list[list[Side]]:
    """The lines of many boxes: of each kind those of all, in order."""
    every = list(boxes)
    return [sorted(sides[kind] for sides in every) for kind in range(3)]


def _nearest(sides: Sides, lines: list[list[Side]], reach: float) -> float | None:
    """The shortest way that brings a side onto one of its like, None when all are too far."""
    ways = list[float]()
    for side, alike in zip(sides, lines, strict=True):
        index = bisect_left(alike, (side.at,))
        ways += (line.at - side.at for line in alike[max(0, index - 1) : index + 1])
    best = min(ways, key=abs, default=None)
    return best if best is not None and abs(best) <= reach else None


def _to_grid(at: float, grid: float) -> float:
    return round(at / grid) * grid - at if grid else 0.0


def _shared(sides: Sides, lines: list[list[Side]]) -> Iterator[Side]:
    """The lines on which the sides now lie, from end to end of all that lies on them."""
    for side, alike in zip(sides, lines, strict=True):
        first = bisect_left(alike, (side.at - 0.01,))
        last = bisect_left(alike, (side.at + 0.01,))
        if met := alike[first:last]:
            start = min(side.start, *(line.start for line in met))
            yield Side(side.at, start, max(side.end, *(line.end for line in met)))
