"""The first step of a layered layout: which column each block stands in, and what goes between."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

Arcs = Sequence[tuple[int, int]]
"""Links as pairs of numbers, each pair once, from one to another."""

MOST_WAYPOINTS = 3
"""Waypoints for each block. Beyond, the longest links go without, and may cross blocks."""


class Layered(NamedTuple):
    """Numbers in columns, with links between neighbouring columns only.

    From `blocks` on they are waypoints: where a link passes a column between its ends.
    """

    blocks: int
    columns: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]


def layered(count: int, arcs: Arcs) -> Layered:
    """Columns by the longest way from the left, in each the numbers as they rise.

    Circles are cut where they come back to a smaller number, if they must be entered there.
    """
    arcs = _forwards(count, arcs)
    column = _columns(count, arcs)
    lasting = _longest_with_waypoints(count, arcs, column)
    columns: list[list[int]] = [[] for _ in range(max(column, default=-1) + 1)]
    for item in range(count):
        columns[column[item]].append(item)
    made = Layered(count, columns, [[] for _ in column], [[] for _ in column])
    reach = defaultdict[int, list[int]](list)
    for source, target in arcs:
        if column[target] - column[source] <= lasting:
            reach[source].append(target)
    rank = list(map(float, range(count)))
    for source in range(count):
        _lead(made, column, source, sorted(reach[source], key=column.__getitem__), rank)
    for items in columns:
        items.sort(key=rank.__getitem__)
    return made


def _lead(
    made: Layered, column: Sequence[int], source: int, targets: Sequence[int], rank: list[float]
) -> None:
    """Lead the links of one block to their targets; they share the waypoints on their way."""
    at, end = source, column[source]
    for target in targets:
        slope = (rank[target] - rank[at]) / (column[target] - end)
        while end < column[target] - 1:
            end += 1
            waypoint = len(made.before)
            rank.append(rank[at] + slope)
            made.columns[end].append(waypoint)
            made.before.append([at])
            made.after.append([])
            made.after[at].append(waypoint)
            at = waypoint
        made.after[at].append(target)
        made.before[target].append(at)


def _forwards(count: int, arcs: Arcs) -> list[tuple[int, int]]:
    """The links, those turned round that close a circle."""
    rank = [0] * count
    for place, item in enumerate(_order(count, arcs)):
        rank[item] = place
    turned = (arc if rank[arc[0]] < rank[arc[1]] else arc[::-1] for arc in arcs)
    return list(dict.fromkeys(turned))


def _order(count: int, arcs: Arcs) -> list[int]:
    """Sources before targets; into a circle by its smallest number."""
    after, waits = _after(count, arcs), [0] * count
    for _, target in arcs:
        waits[target] += 1
    order, placed, rest = list[int](), [False] * count, iter(range(count))
    ready = [item for item in reversed(range(count)) if not waits[item]]
    while len(order) < count:
        item = ready.pop() if ready else next(rest)
        if placed[item]:
            continue
        placed[item] = True
        order.append(item)
        for target in after[item]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return order


def _after(count: int, arcs: Arcs) -> list[list[int]]:
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in arcs:
        after[source].append(target)
    return after


def _columns(count: int, arcs: Arcs) -> list[int]:
    """Each as far left as its sources allow, but what feeds more than it takes near to that."""
    after, before = _after(count, arcs), _after(count, [arc[::-1] for arc in arcs])
    order = _order(count, arcs)
    column = [0] * count
    for item in order:
        column[item] = max((column[source] + 1 for source in before[item]), default=0)
    for item in reversed(order):
        if len(after[item]) > len(before[item]):
            column[item] = min(column[target] for target in after[item]) - 1
    return column


def _longest_with_waypoints(count: int, arcs: Arcs, column: Sequence[int]) -> int:
    """How many columns a link may span to be given waypoints, so that these don't get too many."""
    spans = sorted(column[target] - column[source] for source, target in arcs)
    left = MOST_WAYPOINTS * count + 1000
    for span in spans:
        left -= span - 1
        if left < 0:
            return span - 1
    return len(column)
