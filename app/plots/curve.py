"""One line of a plot: takes from its ring what can be seen, each time it is drawn."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.plots.decimation import decimated
from app.plots.ring import Floats, Ring

SMOOTH = 0.5
"""Points a pixel up to which edges are smoothed; of denser lines nobody could see it."""


class Curve(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Costs by the pixels it has, not by the points: see `decimated`.

    The pen is one pixel wide: Qt's raster engine takes twenty times as long for wider ones.
    """

    def __init__(self, ring: Ring, colour: str, *, dashed: bool = False) -> None:
        super().__init__()
        self.ring = ring
        self._dashed = dashed
        self.recolour(colour)

    def recolour(self, colour: str) -> None:
        """Draw it in that colour from now on."""
        self.colour = colour
        self._pen = QPen(QColor(colour), 1)
        self._pen.setCosmetic(True)
        if self._dashed:
            self._pen.setStyle(Qt.PenStyle.DashLine)
        self._dot = QPen(QColor(colour), 3)
        self._dot.setCosmetic(True)
        self._dot.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.update()

    def boundingRect(self) -> QRectF:
        """All that is seen: what it draws lies inside, whatever it has."""
        box = self.getViewBox()
        return QRectF(box.viewRect()) if box is not None else QRectF()

    def viewRangeChanged(self, *_: object) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: object) -> None:
        box = self.getViewBox()
        (start, end), _ = box.viewRange()
        pixels = max(1, int(box.width()))
        times, values = decimated(self.ring.times, self.ring.values, start, end, pixels)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(times) < SMOOTH * pixels)
        painter.setPen(self._pen)
        for first, last in _pieces(values):
            if last - first == 1:
                painter.setPen(self._dot)
            polygon = pg.functions.arrayToQPolygonF(times[first:last], values[first:last])
            if last - first == 1:
                painter.drawPoints(polygon)
                painter.setPen(self._pen)
            else:
                painter.drawPolyline(polygon)


def _pieces(values: Floats) -> list[tuple[int, int]]:
    """From where to where there are values without a gap."""
    known = np.isfinite(values)
    if known.all():
        return [(0, len(values))] if len(values) else []
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return list(zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True))
