"""Blocks brought into line, and into equal distances."""

from typing import Literal

from graph.edits import Position
from graph.layout.boxes import USUAL, Positions, Sizes, bounds

Alignment = Literal["left", "centre", "right", "top", "middle", "bottom"]
"""Which sides of the blocks are brought into line: the first three move them sideways."""

Axis = Literal["horizontal", "vertical"]


def align(positions: Positions, sizes: Sizes, how: Alignment) -> dict[str, Position]:
    """The blocks in line with the outermost of them, or with the middle of them all."""
    whole = bounds(positions, sizes)
    if whole is None:
        return {}
    (middle_x, middle_y), placed = whole.centre, dict[str, Position]()
    for id, (x, y) in positions.items():
        width, height = sizes.get(id, USUAL)
        places: dict[Alignment, Position] = {
            "left": (whole.left, y),
            "centre": (middle_x - width / 2, y),
            "right": (whole.right - width, y),
            "top": (x, whole.top),
            "middle": (x, middle_y - height / 2),
            "bottom": (x, whole.bottom - height),
        }
        placed[id] = places[how]
    return placed


def distribute(positions: Positions, sizes: Sizes, axis: Axis) -> dict[str, Position]:
    """The blocks with equal gaps between them; the first and the last stay where they are."""
    along = 0 if axis == "horizontal" else 1
    lengths = {id: sizes.get(id, USUAL)[along] for id in positions}
    order = sorted(positions, key=lambda id: (2 * positions[id][along] + lengths[id], id))
    if len(order) < 3:
        return dict(positions)
    first, last = order[0], order[-1]
    room = positions[last][along] - positions[first][along] - lengths[first]
    gap = (room - sum(lengths[id] for id in order[1:-1])) / (len(order) - 1)
    placed, at = dict(positions), positions[first][along]
    for id in order[:-1]:
        x, y = positions[id]
        placed[id] = (at, y) if along == 0 else (x, at)
        at += lengths[id] + gap
    return placed
