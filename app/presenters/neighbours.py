"""Which block lies next in a direction."""

from graph.edits import Position
from graph.layout import Positions, Sizes
from graph.layout.boxes import box_of

Way = tuple[int, int]
"""One step to the right and downwards: (1, 0) is right, (0, -1) is up."""

ASIDE = 2.0
"""How much farther what lies aside counts than what lies straight ahead."""


def neighbour(
    positions: Positions, sizes: Sizes, current: str | None, way: Way,
    start: Position | None = None,
) -> str | None:  # fmt: skip
    """The nearest block that way from the current one; without one, the nearest to `start`."""
    middles = {id: box_of(id, place, sizes).centre for id, place in positions.items()}
    if current is None or current not in middles:
        x, y = start or (0.0, 0.0)
        near = lambda id: abs(middles[id][0] - x) + abs(middles[id][1] - y)  # noqa: E731 - a key
        return min(sorted(middles), key=near, default=None)
    x, y = middles[current]
    best, least = None, float("inf")
    for id, (other_x, other_y) in sorted(middles.items()):
        ahead = (other_x - x) * way[0] + (other_y - y) * way[1]
        aside = abs((other_x - x) * way[1]) + abs((other_y - y) * way[0])
        far = ahead + ASIDE * aside
        if id != current and ahead > 0 and aside <= 2 * ahead and far < least:
            best, least = id, far
    return best
