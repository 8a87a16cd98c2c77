"""A free place near a wanted one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from graph.edits import Position
from graph.layout.boxes import Box, Positions, Size, Sizes, box_of

GAP = 24.0
"""What is left free around a block, in canvas units."""

_CELL = 512.0


def free_spot(
    wanted: Position, size: Size, positions: Positions, sizes: Sizes, gap: float = GAP
) -> Position:
    """The upper left corner for a block of that size: near `wanted`, covering none of the others.

    `wanted` itself if nothing stands there.
    """
    map_ = _Map((box_of(id, place, sizes) for id, place in positions.items()), size, gap)
    places, seen = [(0.0, 0, wanted)], {wanted}  # of two as far away the one thought of first
    while True:
        _, _, place = heappop(places)
        obstacle = map_.hit(place)
        if obstacle is None:
            return place
        for beside in _beside(place, obstacle):
            if beside not in seen:
                far = (beside[0] - wanted[0]) ** 2 + (beside[1] - wanted[1]) ** 2
                heappush(places, (far, len(seen), beside))
                seen.add(beside)


def _beside(place: Position, obstacle: Box) -> Iterator[Position]:
    """Where a corner may go to be off the obstacle, each time the shortest way."""
    x, y = place
    yield (x, obstacle.bottom)
    yield (obstacle.right, y)
    yield (x, obstacle.top)
    yield (obstacle.left, y)


class _Map:
    """Where the upper left corner of a block of one size can't be: every box, grown by it."""

    def __init__(self, boxes: Iterable[Box], size: Size, gap: float) -> None:
        self._cells = defaultdict[tuple[int, int], list[Box]](list)
        for left, top, right, bottom in boxes:
            grown = Box(left - size[0] - gap, top - size[1] - gap, right + gap, bottom + gap)
            for cell in _cells(grown):
                self._cells[cell].append(grown)

    def hit(self, place: Position) -> Box | None:
        """An obstacle that the place lies in; on its border is outside."""
        x, y = place
        for box in self._cells.get((int(x // _CELL), int(y // _CELL)), ()):
            if box.left < x < box.right and box.top < y < box.bottom:
                return box
        return None


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left // _CELL), int(box.right // _CELL) + 1):
        for row in range(int(box.top // _CELL), int(box.bottom // _CELL) + 1):
            yield column, row
