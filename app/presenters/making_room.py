"""Room for a block that is put into a link: what comes after it moves aside."""

from typing import NamedTuple

from graph.edits import Position
from graph.flow import End, Flow
from graph.layout import Positions, Size, Sizes
from graph.layout.boxes import box_of

GAP = 60.0
"""What is left free on both sides of the block."""


class Room(NamedTuple):
    """Where the block's corner goes, and where the blocks go that make room for it."""

    corner: Position
    moved: dict[str, Position]


def room_on_link(
    flow: Flow, target: End, positions: Positions, sizes: Sizes, size: Size
) -> Room | None:
    """Room midway on the link that ends in a port; None when one of its blocks is nowhere."""
    source = flow.links[target].source
    if not {source.block, target.block} <= positions.keys():
        return None
    before = box_of(source.block, positions[source.block], sizes)
    after = box_of(target.block, positions[target.block], sizes)
    x = (before.right + after.left - size[0]) / 2
    if after.left > before.right:
        x = max(x, before.right + GAP)
    corner = (x, (before.top + after.top) / 2)
    return Room(corner, pushed(flow, target, x + size[0], positions, sizes))


def pushed(
    flow: Flow, target: End, edge: float, positions: Positions, sizes: Sizes
) -> dict[str, Position]:
    """Where what comes after a link goes when a block put into it reaches to the right so far.

    A link that goes back pushes nothing.
    """
    source, first = flow.links[target].source.block, target.block
    if not {source, first} <= positions.keys():
        return {}
    left, way = positions[first][0], edge + GAP - positions[first][0]
    if way <= 0 or left <= box_of(source, positions[source], sizes).right:
        return {}
    after = (id for id in sorted(_after(flow, first)) if id in positions)
    return {
        id: (positions[id][0] + way, positions[id][1]) for id in after if positions[id][0] >= left
    }


def _after(flow: Flow, first: str) -> set[str]:
    onward: dict[str, list[str]] = {}
    for link in flow.links.values():
        onward.setdefault(link.source.block, []).append(link.target.block)
    seen, todo = {first}, [first]
    while todo:
        fresh = set(onward.get(todo.pop(), ())) - seen
        seen |= fresh
        todo += fresh
    return seen
