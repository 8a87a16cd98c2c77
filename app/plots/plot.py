"""One plot: lines over the span of its wall, a crosshair, and hands on mouse and keyboard."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.plots.axes import HEIGHTS, AmountAxis, TimeAxis, round_up
from app.plots.colours import line_colour
from app.plots.curve import Curve
from app.plots.ring import Ring
from app.plots.span import Span
from app.theme import current

ZOOM = 1.25
"""By how much a step of the wheel, or a key, zooms."""

HEADROOM = 1.02
"""Above the highest point."""

FOOT = 0.03
"""Below 0, so that a line at 0 is seen."""


class Drawn(NamedTuple):
    """A line as it is wanted: its values, what the legend calls it, whether it is dashed."""

    ring: Ring
    name: str
    dashed: bool = False


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Zooms and pans in time, for the whole wall; heights follow from what is seen."""

    def __init__(self, span: Span, unit: str, title: str) -> None:
        self._time_axis = TimeAxis()
        super().__init__(axisItems={"bottom": self._time_axis, "left": AmountAxis(unit)})
        self.span = span
        self.unit = unit
        self.curves: list[Curve] = []
        self.drawn: Sequence[Drawn] = ()
        self._top = 0.0
        self._dragged_from: float | None = None
        self._make_bare()
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        self.addItem(self._cross, ignoreBounds=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Plot of {title}")
        self.setMouseTracking(True)
        span.changed.connect(self.refresh)
        span.pointed.connect(self._show_cross)
        self.restyle()

    def _make_bare(self) -> None:
        """Without what pyqtgraph does by itself: its menu, its own zoom, and scaling by data."""
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setContentsMargins(0, 6, 8, 0)
        for side in ("top", "right"):
            item.getAxis(side).enableAutoSIPrefix(False)
        item.getAxis("left").setZValue(-200)  # its lines are behind what is drawn
        box = item.getViewBox()
        box.setMouseEnabled(False, False)
        box.disableAutoRange()
        box.setDefaultPadding(0)
        self.setFrameShape(QFrame.Shape.NoFrame)

    # What it shows.

    @property
    def is_elapsed(self) -> bool:
        """Whether times are seconds since a beginning."""
        return self._time_axis.is_elapsed

    def show_lines(self, drawn: Sequence[Drawn], *, elapsed: bool = False) -> None:
        """Show these lines; the colours follow from their order."""
        self._time_axis.is_elapsed = elapsed
        if drawn != self.drawn:
            for curve in self.curves:
                self.removeItem(curve)
            self.drawn = drawn
            self.curves = [
                Curve(one.ring, line_colour(at), dashed=one.dashed) for at, one in enumerate(drawn)
            ]
            for curve in self.curves:
                self.addItem(curve, ignoreBounds=True)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the rings have now, over the span."""
        self.setXRange(self.span.start, self.span.end, padding=0)
        highest = self._highest()
        if highest != self._top:
            self._top = highest
            self.setYRange(-FOOT * highest, highest, padding=0)
        for curve in self.curves:
            curve.update()

    def values(self) -> list[float]:
        """The values of the lines at the crosshair, or the newest ones without it."""
        pointer = self.span.pointer
        at = self.span.newest if pointer is None else pointer
        return [drawn.ring.at(at) for drawn in self.drawn]

    def restyle(self) -> None:
        """Take the colours of the theme."""
        tokens = current()
        self.setBackground(tokens.raised)
        for side in ("left", "bottom"):
            self.getAxis(side).restyle()
        self._cross.setPen(QPen(QColor(tokens.muted), 1, Qt.PenStyle.DotLine))
        for at, curve in enumerate(self.curves):
            curve.recolour(line_colour(at))

    def _highest(self) -> float:
        """A round number above all that is seen, so that the heights don't wander."""
        peak = self._peak()
        if self.unit == "share":
            return max(1.0, round_up(peak or 1.0)) * 1.04
        return round_up(peak * HEADROOM, self.unit, HEIGHTS) if peak > 0 else 1.0

    def _peak(self) -> float:
        peaks = [0.0]
        for curve in self.curves:
            times = curve.ring.times
            low, high = np.searchsorted(times, (self.span.start, self.span.end))
            seen = curve.ring.values[max(0, low - 1) : high + 1]
            if len(seen):
                peaks.append(float(np.fmax.reduce(seen)))
        return float(np.nanmax(peaks))

    def _show_cross(self) -> None:
        pointer = self.span.pointer
        self._cross.setVisible(pointer is not None)
        if pointer is not None:
            self._cross.setPos(pointer)

    # Hands on it.

    def _time_at(self, x: float) -> float:
        box = self.getPlotItem().getViewBox()
        return float(box.mapSceneToView(self.mapToScene(int(x), 0)).x())

    def _seconds(self, pixels: float) -> float:
        width = max(1.0, self.getPlotItem().getViewBox().width())
        return float(pixels * (self.span.end - self.span.start) / width)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().x()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._dragged_from is not None:
            self.span.pan(self._seconds(self._dragged_from - x))
            self._dragged_from = x
        else:
            at = self._time_at(x)
            self.span.point(at if self.span.start <= at <= self.span.end else None)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:
        self._dragged_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:
        self.span.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; without it the wall is scrolled, and sideways is time."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.span.zoom(ZOOM ** (turned.y() / 120), self._time_at(event.position().x()))
            event.accept()
        elif abs(turned.x()) > abs(turned.y()):
            self.span.pan(self._seconds(-turned.x()))
            event.accept()
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.span.point(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.span.point(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the crosshair, with Ctrl the view; + and - zoom, Home goes back."""
        whole = self.span.end - self.span.start
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.span.zoom(ZOOM, self.span.pointer)
            case Qt.Key.Key_Minus:
                self.span.zoom(1 / ZOOM, self.span.pointer)
            case Qt.Key.Key_Home | Qt.Key.Key_0:
                self.span.reset()
            case Qt.Key.Key_Left | Qt.Key.Key_Right as key:
                way = -1 if key == Qt.Key.Key_Left else 1
                if control:
                    self.span.pan(way * whole / 10)
                else:
                    self._step(way)
            case Qt.Key.Key_Escape if self.span.pointer is not None:
                self.span.point(None)
            case _:
                event.ignore()

    def _step(self, way: int) -> None:
        """Move the crosshair to the value beside it."""
        pointer = self.span.pointer
        if pointer is None:
            self.span.point(self.span.end if way < 0 else self.span.start)
        elif self.drawn:
            times = self.drawn[0].ring.times
            beside = int(np.searchsorted(times, pointer, "left" if way < 0 else "right"))
            beside += min(way, 0)
            if 0 <= beside < len(times):
                self.span.point(float(times[beside]))
