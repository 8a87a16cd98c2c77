"""The first step of a layered layout: which column each block stands in, and what goes between."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MOST_WAYPOINTS = 3
"""Waypoints for each block. Beyond, the longest links go without, and may cross blocks."""


class Arc(NamedTuple):
    """A link between two blocks, given as numbers.

    `leave` and `arrive` say how far below the middle of its block each end is.
    """

    source: int
    target: int
    leave: float = 0.0
    arrive: float = 0.0

    def turned(self) -> "Arc":
        return Arc(self.target, self.source, self.arrive, self.leave)


class Way(NamedTuple):
    """A link as seen from one of its ends.

    `shift` is how much lower the middle of this end is than that of the one it leads `to` when
    the link is straight; `port` and `own` tell where on them it is, as a part of their height
    from the middle.
    """

    to: int
    shift: float
    port: float
    own: float


class Layered(NamedTuple):
    """Numbers in columns, with links between neighbouring columns only.

    From `blocks` on they are waypoints: where a link passes a column between its ends.
    """

    blocks: int
    columns: list[list[int]]
    before: list[list[Way]]
    after: list[list[Way]]


def layered(tall: Sequence[float], arcs: Iterable[Arc]) -> Layered:
    """Columns by the longest way from the left, in each the numbers as they rise.

    `tall` has the heights of the blocks. Circles are cut where they come back to a smaller
    number, if they must be entered there.
    """
    count, arcs = len(tall), _forwards(len(tall), list(arcs))
    column = _columns(count, arcs)
    lasting = _longest_with_waypoints(count, arcs, column)
    columns: list[list[int]] = [[] for _ in range(max(column, default=-1) + 1)]
    for item in range(count):
        columns[column[item]].append(item)
    made = Layered(count, columns, [[] for _ in column], [[] for _ in column])
    bundles = defaultdict[tuple[int, float], list[Arc]](list)
    for arc in arcs:
        if column[arc.target] - column[arc.source] <= lasting:
            bundles[arc.source, arc.leave].append(arc)
    rank = list(map(float, range(count)))
    for _, bundle in sorted(bundles.items()):
        bundle.sort(key=lambda arc: column[arc.target])
        _lead(made, column, bundle, rank, tall)
    for items in columns:
        items.sort(key=rank.__getitem__)
    return made


def _lead(
    made: Layered,
    column: Sequence[int],
    bundle: Sequence[Arc],
    rank: list[float],
    tall: Sequence[float],
) -> None:
    """Lead the links from one port to their targets; they share the waypoints on their way."""
    source, leave = bundle[0].source, bundle[0].leave
    at, end, own = source, column[source], _part(leave, tall[source])
    for arc in bundle:
        slope = (rank[arc.target] - rank[at]) / (column[arc.target] - end)
        while end < column[arc.target] - 1:
            end += 1
            waypoint = len(made.before)
            rank.append(rank[at] + slope)
            made.columns[end].append(waypoint)
            made.before.append([Way(at, leave, own, 0.0)])
            made.after.append([])
            made.after[at].append(Way(waypoint, -leave, 0.0, own))
            at, leave, own = waypoint, 0.0, 0.0
        port = _part(arc.arrive, tall[arc.target])
        made.after[at].append(Way(arc.target, arc.arrive - leave, port, own))
        made.before[arc.target].append(Way(at, leave - arc.arrive, own, port))


def _part(offset: float, height: float) -> float:
    """How far from the middle, as a part of the height: less than half of it."""
    return max(-0.49, min(0.49, offset / height)) if height else 0.0


def _forwards(count: int, arcs: Sequence[Arc]) -> list[Arc]:
    """The links, those turned round that close a circle."""
    rank = [0] * count
    for place, item in enumerate(_order(count, arcs)):
        rank[item] = place
    turned = (arc if rank[arc.source] < rank[arc.target] else arc.turned() for arc in arcs)
    return list(dict.fromkeys(turned))


def _order(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Sources before targets; into a circle by its smallest number."""
    after, before = _neighbours(count, arcs)
    waits = list(map(len, before))
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


def _neighbours(count: int, arcs: Sequence[Arc]) -> tuple[list[list[int]], list[list[int]]]:
    """What comes after each, and what before."""
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for source, target, _, _ in arcs:
        after[source].append(target)
        before[target].append(source)
    return after, before


def _columns(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Each as far left as its sources allow, but what feeds more than it takes near to that."""
    after, before = _neighbours(count, arcs)
    order = _order(count, arcs)
    column = [0] * count
    for item in order:
        column[item] = max((column[source] + 1 for source in before[item]), default=0)
    for item in reversed(order):
        if len(after[item]) > len(before[item]):
            column[item] = min(column[target] for target in after[item]) - 1
    return column


def _longest_with_waypoints(count: int, arcs: Sequence[Arc], column: Sequence[int]) -> int:
    """How many columns a link may span to be given waypoints, so that these don't get too many."""
    spans = sorted(column[arc.target] - column[arc.source] for arc in arcs)
    left = MOST_WAYPOINTS * count + 1000
    for span in spans:
        left -= span - 1
        if left < 0:
            return span - 1
    return len(column)
