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


class Snapping:
    """What blocks may be brought in line with. Made when a drag begins, asked at each step."""

    def __init__(self, others: Iterable[Box]) -> None:
        boxes = list(others)
        self._down = sorted(side for box in boxes for side in _upright(box))
        self._across = sorted(side for box in boxes for side in _level(box))

    def snapped(
        self, moving: Box, by: tuple[float, float], reach: float, *, grid: float = GRID
    ) -> Snapped:
        """The way `by` of the box, changed by at most `reach` (or half the grid; 0 for none)."""
        dx, dy = by
        box = Box(moving.left + dx, moving.top + dy, moving.right + dx, moving.bottom + dy)
        x = _nearest(_upright(box), self._down, reach)
        y = _nearest(_level(box), self._across, reach)
        by_x = x if x is not None else _to_grid(box.left, grid)
        by_y = y if y is not None else _to_grid(box.top, grid)
        rests = Box(box.left + by_x, box.top + by_y, box.right + by_x, box.bottom + by_y)
        guides = [
            *((at, start, at, end) for at, start, end in _shared(_upright(rests), self._down)),
            *((start, at, end, at) for at, start, end in _shared(_level(rests), self._across)),
        ]
        return Snapped((dx + by_x, dy + by_y), tuple(guides))


def _upright(box: Box) -> Iterator[Side]:
    for x in (box.left, (box.left + box.right) / 2, box.right):
        yield Side(x, box.top, box.bottom)


def _level(box: Box) -> Iterator[Side]:
    for y in (box.top, (box.top + box.bottom) / 2, box.bottom):
        yield Side(y, box.left, box.right)


def _nearest(sides: Iterable[Side], lines: list[Side], reach: float) -> float | None:
    """The shortest way that brings a side onto one of the lines, None when all are too far."""
    ways = list[float]()
    for side in sides:
        index = bisect_left(lines, (side.at,))
        ways += (line.at - side.at for line in lines[max(0, index - 1) : index + 1])
    best = min(ways, key=abs, default=None)
    return best if best is not None and abs(best) <= reach else None


def _to_grid(at: float, grid: float) -> float:
    return round(at / grid) * grid - at if grid else 0.0


def _shared(sides: Iterable[Side], lines: list[Side]) -> Iterator[Side]:
    """The lines on which the sides now lie, from end to end of all that lies on them."""
    for side in sides:
        first = bisect_left(lines, (side.at - 0.01,))
        last = bisect_left(lines, (side.at + 0.01,))
        if met := lines[first:last]:
            start = min(side.start, *(line.start for line in met))
            yield Side(side.at, start, max(side.end, *(line.end for line in met)))
