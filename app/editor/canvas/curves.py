"""How links run: from an output to the right, into an input from the left."""

import numpy as np
from PySide6.QtGui import QPainterPath

from app.editor.canvas.buffers import Floats

SEGMENTS = 10
"""Of how many lines a curve is made where it is small."""

LARGEST_SWING = 180.0
"""The farthest a link goes to the side before it turns back."""

_T = np.linspace(0.0, 1.0, SEGMENTS + 1)
_WEIGHTS = np.stack([(1 - _T) ** 3, 3 * (1 - _T) ** 2 * _T, 3 * (1 - _T) * _T**2, _T**3])


def handles(ends: Floats) -> Floats:
    """How far to the side each link leaves its ends before it bends."""
    across = ends[:, 2] - ends[:, 0]
    down = np.abs(ends[:, 3] - ends[:, 1])
    ahead = np.maximum(across * 0.5, np.minimum(24.0 + down * 0.25, 60.0))
    back = np.minimum(60.0 - across * 0.35, LARGEST_SWING)
    return np.where(across >= 0, ahead, back)


def polylines(ends: Floats) -> Floats:
    """The curves of links as lines, SEGMENTS a link."""
    x1, y1, x2, y2 = ends.T
    reach = handles(ends)
    x = np.stack([x1, x1 + reach, x2 - reach, x2], axis=1) @ _WEIGHTS
    y = np.stack([y1, y1, y2, y2], axis=1) @ _WEIGHTS
    return np.stack([x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]], axis=2).reshape(-1, 4)


def curve(ends: Floats, reach: float) -> QPainterPath:
    """The curve of one link."""
    x1, y1, x2, y2 = map(float, ends)
    path = QPainterPath()
    path.moveTo(x1, y1)
    path.cubicTo(x1 + reach, y1, x2 - reach, y2, x2, y2)
    return path
