"""Blocks as boxes: a position is the upper left corner, a size width and height."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph.edits import Position
from graph.flow import End

Size = tuple[float, float]
Sizes = Mapping[str, Size]
Positions = Mapping[str, Position]


class PortHeights(NamedTuple):
    """How far below the upper edge of its block each port is drawn."""

    inputs: Mapping[End, float]
    outputs: Mapping[End, float]


NO_PORTS = PortHeights({}, {})

USUAL: Size = (200.0, 90.0)
"""The size of a block that nobody has measured."""


class Box(NamedTuple):
    """A rectangle in canvas units."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> Position:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def box_of(id: str, position: Position, sizes: Sizes) -> Box:
    """The rectangle that a block covers."""
    (x, y), (width, height) = position, sizes.get(id, USUAL)
    return Box(x, y, x + width, y + height)


def around(boxes: Iterable[Box]) -> Box | None:
    """The smallest rectangle around all, None around none."""
    sides = list(zip(*boxes, strict=True))
    if not sides:
        return None
    return Box(min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]))


def bounds(positions: Positions, sizes: Sizes) -> Box | None:
    """The smallest rectangle around the blocks that have a position, None around none."""
    return around(box_of(id, position, sizes) for id, position in positions.items())
