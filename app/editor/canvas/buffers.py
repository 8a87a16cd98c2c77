"""Memory that numpy fills and Qt draws from: thousands of shapes in one call."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF
from shiboken6 import Shiboken

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class Buffer:
    """Room for shapes of one Qt class, which are nothing but some doubles in a row each.

    The room is kept from frame to frame. What `fill` gives is valid until the next `fill`.
    """

    def __init__(self, shape: type, doubles: int) -> None:
        self._shape = shape
        self._doubles = doubles
        self._room = np.empty((0, doubles))
        self._first: Any = None

    def fill(self, rows: Floats) -> tuple[Any, int]:
        """The first of the shapes and how many there are, as QPainter takes them."""
        count = len(rows)
        if count > len(self._room):
            self._room = np.empty((max(256, 2 * count), self._doubles))
            wrap: Any = Shiboken.wrapInstance  # the stubs have no types for it
            self._first = wrap(self._room.ctypes.data, self._shape)
        self._room[:count] = rows
        return self._first, count


def rectangles() -> Buffer:
    """Rows of x, y, width, height."""
    return Buffer(QRectF, 4)


def lines() -> Buffer:
    """Rows of x and y of the one end, x and y of the other."""
    return Buffer(QLineF, 4)
