"""Which links a dragged block comes to lie on, led as they were before it was dragged there."""

import numpy as np
from PySide6.QtCore import QRectF

from app.editor.canvas.canvas import Canvas
from graph.flow import End


class LinksUnder:
    """Made when the drag begins: links then give way to the block, and are found all the same."""

    def __init__(self, canvas: Canvas, block: str) -> None:
        shapes = canvas.shapes
        seen = shapes.links_within(canvas.area())
        seen[shapes.touching(block)] = False
        self._links = shapes.links
        lines, self._owners = canvas.routing.flattened(np.nonzero(seen)[0])
        self._lines = lines.copy()

    def at(self, rect: QRectF) -> list[End]:
        """The links that run through the middle of a rectangle, the nearest first."""
        x1, y1, x2, y2 = self._lines.T
        x, y = rect.center().x(), rect.center().y()
        across = (np.minimum(x1, x2) <= x) & (np.maximum(x1, x2) >= x) & (x1 != x2)
        share = (x - x1[across]) / (x2 - x1)[across]
        away = np.abs(y1[across] + share * (y2 - y1)[across] - y)
        near = away <= rect.height() / 2
        order = np.argsort(away[near])
        owners: list[int] = self._owners[across][near][order].tolist()
        return list(dict.fromkeys(self._links[row].target for row in owners))
