"""What was drawn of the scene, kept: moved when the view moves, drawn anew only where it must."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion

Draw = Callable[[QPainter, QRectF, float], None]
"""Draws an area of the scene with a painter in scene coordinates, at a zoom."""

DrawOver = Callable[..., object]
"""Takes a painter in scene coordinates, and `zoom`."""

MOST_PATCHES = 64
"""With more soiled areas than these, everything is drawn anew."""

MOST_ALONE = 16
"""So many parts of the view are drawn each on its own, and more of them as one."""


class Layer:
    """A picture of the size of the view."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._pixmap = QPixmap()
        self._origin = QPointF()
        self._zoom = 0.0
        self._soiled: list[QRectF] = []
        self._all_soiled = True
        self._over: list[DrawOver] = []

    def soil(self, area: QRectF | None = None) -> None:
        """The scene has changed in this area, or everywhere."""
        if area is None or len(self._soiled) >= MOST_PATCHES:
            self._all_soiled = True
            self._soiled.clear()
        elif not self._all_soiled:
            self._soiled.append(area)

    def draw_over(self, draw: DrawOver) -> None:
        """Draw something opaque on top of what is there, which cost less than drawing all."""
        if not self._all_soiled:
            self._over.append(draw)

    def picture(self, origin: QPointF, zoom: float, size: QSize, ratio: float) -> QPixmap:
        """The scene from that corner on, as it is now."""
        if self._pixmap.size() != size * ratio or self._pixmap.devicePixelRatio() != ratio:
            self._pixmap = QPixmap(size * ratio)
            self._pixmap.setDevicePixelRatio(ratio)
            self.soil()
        if zoom != self._zoom:
            self.soil()
        bare = QRegion() if self._all_soiled else self._move_to(origin, zoom, ratio)
        self._origin, self._zoom = QPointF(origin), zoom
        whole = QRect(0, 0, size.width(), size.height())
        if self._all_soiled:
            self._repaint([whole])
        else:
            patches = [part & whole for part in (*_parts(bare), *self._patches())]
            self._repaint(_apart([part for part in patches if not part.isEmpty()]))
            self._draw_what_is_over()
        self._soiled.clear()
        self._over.clear()
        self._all_soiled = False
        return self._pixmap

    def _move_to(self, origin: QPointF, zoom: float, ratio: float) -> QRegion:
        """Shift what is drawn; the parts of the view for which nothing is, in its pixels."""
        pixels = zoom * ratio
        across = round((self._origin.x() - origin.x()) * pixels)
        down = round((self._origin.y() - origin.y()) * pixels)
        if not (across or down):
            return QRegion()
        whole = QRect(0, 0, self._pixmap.width(), self._pixmap.height())
        self._pixmap.scroll(across, down, whole)
        bare = QRegion(whole) - QRegion(whole.translated(across, down))
        if ratio == 1.0:
            return bare
        found = QRegion()
        for rect in _parts(bare):
            found += _outward(QRectF(rect), 1 / ratio)
        return found

    def _draw_what_is_over(self) -> None:
        if not self._over:
            return
        painter = QPainter(self._pixmap)
        painter.scale(self._zoom, self._zoom)
        painter.translate(-self._origin)
        for draw in self._over:
            draw(painter, zoom=self._zoom)
        painter.end()

    def _patches(self) -> Iterator[QRect]:
        for area in self._soiled:
            yield _outward(area.translated(-self._origin), self._zoom)

    def _repaint(self, parts: Sequence[QRect]) -> None:
        """Draw these parts of the view."""
        if not parts:
            return
        painter = QPainter(self._pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part in parts:
            painter.save()
            painter.setClipRect(part)
            painter.scale(self._zoom, self._zoom)
            painter.translate(-self._origin)
            seen = QRectF(part).adjusted(-2, -2, 2, 2)
            corner = self._origin + seen.topLeft() / self._zoom
            self._draw(painter, QRectF(corner, seen.size() / self._zoom), self._zoom)
            painter.restore()
        painter.end()


def _apart(parts: Sequence[QRect]) -> list[QRect]:
    """The same parts, those that overlap put together; all as one if they are still too many."""
    found: list[QRect] = []
    for part in parts:
        joined = part
        while touching := [one for one in found if one.intersects(joined)]:
            for one in touching:
                found.remove(one)
                joined = joined.united(one)
        found.append(joined)
    if len(found) <= MOST_ALONE:
        return found
    return [reduce(QRect.united, found)]


def _parts(region: QRegion) -> list[QRect]:
    """The rectangles of a region, which the stubs don't know can be gone through."""
    return list(cast("Iterable[QRect]", region))


def _outward(rect: QRectF, scale: float) -> QRect:
    """The rectangle scaled, grown to whole pixels and by one more for soft edges."""
    corner, far = rect.topLeft() * scale, rect.bottomRight() * scale
    return QRectF(corner, far).toAlignedRect().adjusted(-1, -1, 1, 1)
