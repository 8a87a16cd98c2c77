"""The second step of a layered layout: the order in each column that lets few links cross."""

from bisect import bisect_right
from collections.abc import Sequence

from graph.layout.layers import Layered, Way

SWEEPS = 10
PATIENCE = 3
"""Sweeps without any gain after which it is left at that."""

MANY = 3000
"""Blocks and waypoints from which only one way is tried."""

WORTH_TURNING = 0.8
"""The share of crossings that must be left for blocks to be turned upside down."""

_NOWHERE = -1.0  # what has no neighbours: ports are at -0.49 at the least

Columns = list[list[int]]


def uncross(made: Layered) -> Columns:
    """The columns in an order with few crossings; the given one when no other has fewer.

    Sweeps settle in the nearest good order, which need not be a very good one, so they are
    tried from both ends, and from the columns upside down.
    """
    given = made.columns
    best, fewest = _swept(made, given, _crossings(given, made.after), first=0)
    if fewest and len(made.after) <= MANY:
        turned = [column[::-1] for column in given]
        for start, first, share in ((given, 1, 1.0), (turned, 0, WORTH_TURNING)):
            columns, count = _swept(made, start, _crossings(start, made.after), first)
            if count < fewest * share:
                best, fewest = columns, count
    return best


def _swept(made: Layered, start: Columns, fewest: int, first: int) -> tuple[Columns, int]:
    """The best order found from one start, and its crossings.

    Each sweep goes through the columns one way and sorts each by where its neighbours in the
    column before stand on average; whatever stands alike keeps its order.
    """
    best, columns, idle = start, [list(column) for column in start], 0
    for sweep in range(first, first + SWEEPS):
        if not fewest or idle == PATIENCE:
            break
        _sweep(columns, made.after if sweep % 2 else made.before, backwards=bool(sweep % 2))
        count = _crossings(columns, made.after)
        idle += 1
        if count < fewest:
            best, fewest, idle = [list(column) for column in columns], count, 0
    return best, fewest


def _sweep(
    columns: list[list[int]], neighbours: Sequence[Sequence[Way]], *, backwards: bool
) -> None:
    place = [0.0] * len(neighbours)
    for column in reversed(columns) if backwards else columns:
        for item in column:
            near = neighbours[item]
            total = sum([place[to] + port for to, _, port, _ in near])
            place[item] = total / len(near) if near else _NOWHERE
        _sort(column, place)
        for index, item in enumerate(column):
            place[item] = index


def _sort(column: list[int], place: Sequence[float]) -> None:
    """Sort what has neighbours by their place; what has none stays at its index."""
    held = [item for item in column if place[item] > _NOWHERE]
    held.sort(key=place.__getitem__)
    if len(held) == len(column):
        column[:] = held
        return
    bound = iter(held)
    column[:] = [next(bound) if place[item] > _NOWHERE else item for item in column]


def _crossings(columns: Sequence[Sequence[int]], after: Sequence[Sequence[Way]]) -> int:
    """How many pairs of links cross."""
    place = [0] * len(after)
    for column in columns:
        for index, item in enumerate(column):
            place[item] = index
    return sum(_crossings_after(column, after, place) for column in columns)


def _crossings_after(
    column: Sequence[int], after: Sequence[Sequence[Way]], place: Sequence[int]
) -> int:
    """How many links of earlier ports end behind those of a later one, all ends kept in order."""
    passed, count = list[float](), 0
    for item in column:
        ends = [(own, place[to] + port) for to, _, port, own in after[item]]
        if len(ends) > 1:
            ends.sort()  # by port, and the links from one port don't cross each other
        for _, end in ends:
            at = bisect_right(passed, end)
            count += len(passed) - at
            passed.insert(at, end)
    return count
