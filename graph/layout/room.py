"""Room made where a block becomes many."""

from graph.edits import Position
from graph.layout.boxes import Box, Positions, Sizes, around, bounds, box_of


def room_for(
    group: Positions, wanted: Position, block: Box, positions: Positions, sizes: Sizes
) -> tuple[Position, dict[str, Position]]:
    """How far a group is moved to stand in place of a block, and where others make way for it.

    It is moved as `wanted` if it covers none of the others then. Else it begins where the block
    does, and what is to the right, above or below moves away by as much as the group is larger.
    """
    others = {id: box_of(id, place, sizes) for id, place in positions.items()}
    moved = [box_of("", (x + wanted[0], y + wanted[1]), {}) for x, y in group.values()]
    whole = around(moved)
    near = [box for box in others.values() if whole and _cover(whole, box)]
    own = bounds(group, {})
    if own is None or not any(_cover(one, box) for one in moved for box in near):
        return wanted, {}
    height = own.bottom - own.top
    by = (block.left - own.left, block.centre[1] - height / 2 - own.top)
    wider = max(0.0, own.right - own.left - (block.right - block.left))
    higher = max(0.0, (height - (block.bottom - block.top)) / 2)
    return by, _making_way(others, block, wider, higher)


def _making_way(
    others: dict[str, Box], block: Box, wider: float, higher: float
) -> dict[str, Position]:
    moved = dict[str, Position]()
    for id, box in others.items():
        if box.left >= block.right and wider:
            moved[id] = (box.left + wider, box.top)
        elif block.left < box.right and box.left < block.right + wider and higher:
            above = box.centre[1] < block.centre[1]
            moved[id] = (box.left, box.top + (-higher if above else higher))
    return moved


def _cover(one: Box, other: Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom
