"""Automatic layout: blocks in columns along the links, each group of linked blocks by itself."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from graph.edits import Position
from graph.flow import End, Flow, Link
from graph.layout.boxes import NO_PORTS, USUAL, Box, PortHeights, Positions, Sizes, bounds
from graph.layout.coordinates import ROW_GAP, heights
from graph.layout.crossings import uncross
from graph.layout.layers import Arc, layered

COLUMN_GAP = 90.0
GROUP_GAP = 80.0

_FAR = float("inf")
_ROW_WIDTH = 1200.0
"""Blocks without links are put in rows at least so wide."""


def arranged(
    flow: Flow,
    sizes: Sizes,
    ids: Collection[str] | None = None,
    ports: PortHeights = NO_PORTS,
) -> dict[str, Position]:
    """Places for the blocks (for those of `ids` only), along the links from left to right.

    What stood above something else stays above it, unless fewer links cross otherwise. All
    blocks keep their upper left corner, some of them their centre. Where the `ports` are says
    which links cross and when one is straight; one that isn't given is in the middle.
    """
    chosen = flow.blocks.keys() if ids is None else flow.blocks.keys() & set(ids)
    now = {id: flow.view.positions[id] for id in chosen if id in flow.view.positions}
    order = sorted(chosen, key=lambda id: (*_reading(now.get(id)), id))
    placed = dict[str, Position]()
    alone = list[str]()
    bottom = 0.0
    into = _links_into(flow, order)
    for group in _groups(into, order):
        if len(group) == 1:
            alone += group
            continue
        part = _columns_of(into, group, sizes, ports)
        bottom = _put_below(part, placed, sizes, bottom)
    whole = bounds(placed, sizes)
    width = max(_ROW_WIDTH, whole.right - whole.left if whole else 0.0)
    _put_below(_rows(alone, sizes, width), placed, sizes, bottom)
    return _moved(placed, _shift(bounds(now, sizes), bounds(placed, sizes), ids is not None))


def _reading(position: Position | None) -> tuple[float, float]:
    """What comes first: the upper, then the left; what stands nowhere comes last."""
    return (position[1], position[0]) if position else (_FAR, _FAR)


Into = Mapping[str, Sequence[Link]]
"""The links into each block, in the order of its ports' names."""


def _links_into(flow: Flow, order: Sequence[str]) -> Into:
    """The links among the blocks."""
    into: dict[str, list[Link]] = {id: [] for id in order}
    for link in flow.links.values():
        if link.source.block in into and link.target.block in into:
            into[link.target.block].append(link)
    for links in into.values():
        links.sort(key=lambda link: link.target)
    return into


def _groups(into: Into, order: Sequence[str]) -> Iterator[list[str]]:
    """The blocks that hang together by links; groups and their blocks in the order given."""
    beside = defaultdict[str, list[str]](list)
    for id, links in into.items():
        for link in links:
            beside[link.source.block].append(id)
            beside[id].append(link.source.block)
    rank = {id: place for place, id in enumerate(order)}
    seen = set[str]()
    for first in order:
        if first in seen:
            continue
        seen.add(first)
        group, todo = list[str](), [first]
        while todo:
            id = todo.pop()
            group.append(id)
            fresh = [other for other in beside[id] if other not in seen]
            seen.update(fresh)
            todo += dict.fromkeys(fresh)
        yield sorted(group, key=rank.__getitem__)


def _columns_of(
    into: Into, group: Sequence[str], sizes: Sizes, ports: PortHeights
) -> dict[str, Position]:
    measured = [sizes.get(id, USUAL) for id in group]
    made = layered([height for _, height in measured], _arcs(into, group, sizes, ports))
    columns = uncross(made)
    middle = heights(made, columns, [height for _, height in measured])
    placed, x = dict[str, Position](), 0.0
    for column in columns:
        blocks = [i for i in column if i < len(group)]
        wide = max((measured[i][0] for i in blocks), default=0.0)
        for i in blocks:
            width, height = measured[i]
            placed[group[i]] = (x + (wide - width) / 2, middle[i] - height / 2)
        x += wide + COLUMN_GAP
    return placed


def _arcs(into: Into, group: Sequence[str], sizes: Sizes, ports: PortHeights) -> Iterator[Arc]:
    number = {id: i for i, id in enumerate(group)}
    for id in group:
        for link in into[id]:
            if link.source.block != id:
                leave = _below(link.source, ports.outputs, sizes)
                arrive = _below(link.target, ports.inputs, sizes)
                yield Arc(number[link.source.block], number[id], leave, arrive)


def _below(end: End, ports: Mapping[End, float], sizes: Sizes) -> float:
    """How far below the middle of its block a port is."""
    height = ports.get(end)
    return 0.0 if height is None else height - sizes.get(end.block, USUAL)[1] / 2


def _rows(ids: Sequence[str], sizes: Sizes, wide: float) -> dict[str, Position]:
    """Blocks side by side, in as many rows as it takes."""
    placed = dict[str, Position]()
    x = y = tallest = 0.0
    for id in ids:
        width, height = sizes.get(id, USUAL)
        if x and x + width > wide:
            x, y, tallest = 0.0, y + tallest + ROW_GAP, 0.0
        placed[id] = (x, y)
        x, tallest = x + width + ROW_GAP, max(tallest, height)
    return placed


def _put_below(part: Positions, placed: dict[str, Position], sizes: Sizes, bottom: float) -> float:
    """Put a part below all that is placed; gives where the next may begin."""
    box = bounds(part, sizes)
    if box is None:
        return bottom
    placed |= _moved(part, (-box.left, bottom - box.top))
    return bottom + (box.bottom - box.top) + GROUP_GAP


def _shift(before: Box | None, after: Box | None, by_centre: bool) -> Position:
    if before is None or after is None:
        return (0.0, 0.0)
    if by_centre:
        (x, y), (new_x, new_y) = before.centre, after.centre
        return (x - new_x, y - new_y)
    return (before.left - after.left, before.top - after.top)


def _moved(positions: Positions, by: Position) -> dict[str, Position]:
    return {id: (round(x + by[0], 1), round(y + by[1], 1)) for id, (x, y) in positions.items()}
