"""The last step of a layered layout: how high each stands, so that links run straight."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from graph.layout.layers import Layered

ROUGH_SWEEPS = 4
FINE_SWEEPS = 4

ROW_GAP = 36.0
WAYPOINT_GAP = 16.0

STRAIGHT = (1.0, 2.0, 8.0)
"""How much it matters that a link is straight, by how many of its ends are waypoints.

From Gansner and others, "A technique for drawing directed graphs" (1993).
"""

Wish = Callable[[int], float]


def heights(made: Layered, columns: Sequence[Sequence[int]], tall: Sequence[float]) -> list[float]:
    """The middle of each in its column; `tall` has the heights of the blocks.

    Each sweep moves every column as near as its order allows to where each wants to be: first
    to its neighbours on one side, then to where its links on both sides are straightest.
    """
    middle = [0.0] * len(made.before)
    apart = [_distances(column, made.blocks, tall) for column in columns]
    for column, distances in zip(columns, apart, strict=True):
        _stack(column, distances, middle)
    weights = [_weight(made, item) for item in range(len(middle))]
    for sweep in range(ROUGH_SWEEPS + FINE_SWEEPS):
        fine, backwards = sweep >= ROUGH_SWEEPS, sweep % 2
        wish = _straight(made, middle) if fine else _beside(made, middle, bool(backwards))
        order = range(len(columns) - 1, -1, -1) if backwards else range(len(columns))
        for index in order:
            _settle(columns[index], apart[index], wish, weights, middle)
    return middle


def _distances(column: Sequence[int], blocks: int, tall: Sequence[float]) -> list[float]:
    """Between the middles of neighbours in a column."""
    return [
        (tall[a] if a < blocks else 0.0) / 2
        + (tall[b] if b < blocks else 0.0) / 2
        + (ROW_GAP if a < blocks and b < blocks else WAYPOINT_GAP)
        for a, b in pairwise(column)
    ]


def _stack(column: Sequence[int], distances: Sequence[float], middle: list[float]) -> None:
    at = -sum(distances) / 2
    for item, distance in zip(column, (*distances, 0.0), strict=True):
        middle[item] = at
        at += distance


def _weight(made: Layered, item: int) -> float:
    blocks, ends = made.blocks, int(item >= made.blocks)
    near = (*made.before[item], *made.after[item])
    return sum([STRAIGHT[ends + (way.to >= blocks)] for way in near]) or 1.0


def _beside(made: Layered, middle: Sequence[float], backwards: bool) -> Wish:
    """Wishes to stand in the middle of the neighbours on one side."""
    neighbours = made.after if backwards else made.before

    def wish(item: int) -> float:
        near = sorted([middle[to] + shift for to, shift, _, _ in neighbours[item]])
        half = len(near) // 2
        if not near:
            return middle[item]
        return near[half] if len(near) % 2 else (near[half - 1] + near[half]) / 2

    return wish


def _straight(made: Layered, middle: Sequence[float]) -> Wish:
    """Wishes to stand where links are straightest: at a weighted median of all neighbours."""
    blocks = made.blocks

    def wish(item: int) -> float:
        ends, near = int(item >= blocks), (*made.before[item], *made.after[item])
        ways = sorted(
            [(middle[to] + shift, STRAIGHT[ends + (to >= blocks)]) for to, shift, _, _ in near]
        )
        half = sum([weight for _, weight in ways]) / 2
        low, passed = middle[item], 0.0
        for place, weight in ways:
            if passed == half:
                return min(max(middle[item], low), place)
            passed += weight
            low = place
            if passed > half:
                return place
        return middle[item]

    return wish


def _settle(
    column: Sequence[int],
    distances: Sequence[float],
    wish: Wish,
    weights: Sequence[float],
    middle: list[float],
) -> None:
    """Move each to where it wants to be, but in order and at least the distances apart.

    With the distances taken off, this is the regression of a rising sequence, solved by pooling
    whatever would fall ("pool adjacent violators").
    """
    pools: list[tuple[float, float, int]] = []
    offset = 0.0
    for item, distance in zip(column, (0.0, *distances), strict=True):
        offset += distance
        place, weight, size = wish(item) - offset, weights[item], 1
        while pools and pools[-1][0] > place:
            other, heavy, many = pools.pop()
            place = (place * weight + other * heavy) / (weight + heavy)
            weight += heavy
            size += many
        pools.append((place, weight, size))
    _place(column, distances, pools, middle)


def _place(
    column: Sequence[int],
    distances: Sequence[float],
    pools: Sequence[tuple[float, float, int]],
    middle: list[float],
) -> None:
    at, offset = 0, 0.0
    for place, _, size in pools:
        for index in range(at, at + size):
            offset += distances[index - 1] if index else 0.0
            middle[column[index]] = place + offset
        at += size
