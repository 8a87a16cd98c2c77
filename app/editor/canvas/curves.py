"""How links run: cubic curves, of which a link has one, or several when it is led around."""

from typing import NamedTuple

import numpy as np
from PySide6.QtGui import QPainterPath

from app.editor.canvas.buffers import Floats

SEGMENTS = 10
"""Of how many lines a curve is made where it is small."""
LARGEST_SWING = 180.0
"""The farthest a link goes to the side before it turns back."""
ROUND = 0.5523
"""How long the handles of a quarter of a circle are, its radius being 1."""

_T = np.linspace(0.0, 1.0, SEGMENTS + 1)
_WEIGHTS = np.stack([(1 - _T) ** 3, 3 * (1 - _T) ** 2 * _T, 3 * (1 - _T) * _T**2, _T**3])


class Course(NamedTuple):
    """Where a link is led through (rows of x, y), and in which direction it passes there."""

    knots: Floats
    directions: Floats


def plain(ends: Floats) -> Floats:
    """Links that nothing leads: rows of the four points of a curve, x and y of each.

    They leave an output to the right and come into an input from the left.
    """
    x1, y1, x2, y2 = ends.T
    across, down = x2 - x1, np.abs(y2 - y1)
    ahead = np.maximum(across * 0.5, np.minimum(24.0 + down * 0.25, 60.0))
    back = np.minimum(60.0 - across * 0.35, LARGEST_SWING)
    reach = np.where(across >= 0, ahead, back)
    return np.stack([x1, y1, x1 + reach, y1, x2 - reach, y2, x2, y2], axis=1)


def led(course: Course) -> Floats:
    """A link that is led: its curves, as `plain` gives them."""
    knots, directions = course
    step = np.diff(knots, axis=0)
    leaving = np.abs((step * directions[:-1]).sum(axis=1))[:, None]
    coming = np.abs((step * directions[1:]).sum(axis=1))[:, None]
    least = np.minimum(np.hypot(step[:, 0], step[:, 1]) * 0.3, 24.0)[:, None]
    first = knots[:-1] + directions[:-1] * np.maximum(leaving * ROUND, least)
    second = knots[1:] - directions[1:] * np.maximum(coming * ROUND, least)
    return np.hstack([knots[:-1], first, second, knots[1:]])


def through(points: Floats) -> Course:
    """A course from the first to the last of the points through the others, softly."""
    directions = np.empty_like(points)
    directions[0] = directions[-1] = (1.0, 0.0)
    way = points[2:] - points[:-2]
    directions[1:-1] = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)[:, None]
    return Course(points, directions)


def flattened(curves: Floats) -> Floats:
    """Curves as lines: for each curve SEGMENTS rows of x, y, x, y."""
    x, y = curves[:, 0::2] @ _WEIGHTS, curves[:, 1::2] @ _WEIGHTS
    return np.stack([x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]], axis=2).reshape(-1, 4)


def path(curves: Floats) -> QPainterPath:
    """The curves of one link, to be drawn."""
    rows: list[list[float]] = curves.tolist()
    made = QPainterPath()
    made.moveTo(rows[0][0], rows[0][1])
    for row in rows:
        made.cubicTo(*row[2:])
    return made


def point_at(curves: Floats, share: float) -> tuple[float, float]:
    """The point after a share (0 to 1) of a link's curves, each counted alike."""
    index = min(int(share * len(curves)), len(curves) - 1)
    t = share * len(curves) - index
    weights = np.array([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    row = curves[index]
    return float(weights @ row[0::2]), float(weights @ row[1::2])
