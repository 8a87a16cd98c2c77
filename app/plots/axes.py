"""The axes of a plot: times of day or since a beginning, and amounts of a unit."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.presenters.amounts import amount
from app.theme import SMALL, current, font

_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Seconds that people count time in."""

READABLE = (1, 2, 2.5, 5, 10)
"""Of which times ten to some power labels are."""

HEIGHTS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""The same for the tops of plots, which don't leap so far."""

APART = 84
"""Pixels between two times, at the least."""

HEIGHT, WIDTH = 20, 56


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Draws itself anew each time, a few lines and words: pyqtgraph's own take half a frame."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        tokens = current()
        self._font = font(SMALL)
        self._line = QPen(QColor(tokens.line), 1)
        self._words = QPen(QColor(tokens.muted), 1)
        self.picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        """With room for words that stand at its very ends, and for lines through the plot."""
        view = self.linkedView()
        across = view.width() if view is not None and self.orientation == "left" else 0
        return QRectF(self.mapRectFromParent(self.geometry())).adjusted(0, -8, across, 8)

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._font)
        self.draw(painter, QRectF(self.mapRectFromParent(self.geometry())), *self.range)

    def draw(self, painter: QPainter, room: QRectF, low: float, high: float) -> None:
        """Draw it for values from low to high."""


class TimeAxis(Axis):
    """Clock times below a plot, or seconds since a run began."""

    def __init__(self) -> None:
        self.is_elapsed = False
        super().__init__("bottom")
        self.setHeight(HEIGHT)

    def draw(self, painter: QPainter, room: QRectF, low: float, high: float) -> None:
        step, times = self.ticks(low, high, room.width())
        painter.setPen(self._line)
        painter.drawLine(room.topLeft(), room.topRight())
        painter.setPen(self._words)
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for at in times:
            x = room.left() + (at - low) / (high - low) * room.width()
            if room.left() + 14 < x < room.right() - 20:
                words = amount(at, "seconds") if self.is_elapsed else clock(at, step)
                painter.drawText(QRectF(x - 50, room.top() + 4, 100, 16), middle, words)

    def ticks(self, low: float, high: float, pixels: float) -> tuple[float, list[float]]:
        """The times that are told, and how far they are apart."""
        least = (high - low) * APART / max(pixels, APART)
        step = next((one for one in _TIMES if one >= least), 0.0) if least > 0.5 else 0.0
        step = step or round_up(least)
        shift = 0.0 if self.is_elapsed else _utc_offset(low)
        first = math.ceil((low + shift) / step) * step - shift
        return step, [first + at * step for at in range(int((high - first) / step) + 1)]


class AmountAxis(Axis):
    """Amounts beside a plot, and faint lines through it."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        super().__init__("left")
        self.setWidth(WIDTH)

    def draw(self, painter: QPainter, room: QRectF, low: float, high: float) -> None:
        view = self.linkedView()
        right = room.right() + (view.width() if view is not None else 0)
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in self.ticks(high, room.height()):
            y = room.bottom() - (value - low) / (high - low) * room.height()
            painter.setPen(self._line)
            painter.drawLine(QLineF(QPointF(room.right(), y), QPointF(right, y)))
            painter.setPen(self._words)
            words = QRectF(room.left(), y - 8, room.width() - 6, 16)
            painter.drawText(words, beside, self.told(value))

    def told(self, value: float) -> str:
        """An amount in the little room there is: long times in one unit, not two."""
        if self._unit == "seconds" and value >= 100:
            return f"{value:,.0f} s" if value < 1000 else f"{value / 3600:.3g} h"
        return amount(value, self._unit)

    def ticks(self, high: float, pixels: float) -> Sequence[float]:
        """The amounts that are told: 0 and two to five more."""
        step = round_up(high / max(2.0, min(5.0, pixels / 22)), self._unit)
        if self._unit == "bytes":
            step = 2.0 ** math.ceil(math.log2(step))
        return [at * step for at in range(int(high / step * (1 + 1e-9)) + 1)]


def round_up(value: float, unit: str = "", among: Sequence[float] = READABLE) -> float:
    """The next number that is easily read: some times a power of ten, of bytes one of two."""
    if unit == "bytes":
        two = 2.0 ** math.floor(math.log2(value))
        return next(two * times for times in (1, 1.5, 2) if two * times >= value * (1 - 1e-9))
    ten = 10.0 ** math.floor(math.log10(value))
    return next(ten * times for times in among if ten * times >= value * (1 - 1e-9))


def clock(at: float, spacing: float) -> str:
    """The time of day, as exact as the ticks are; the date where it is midnight."""
    when = datetime.fromtimestamp(at, UTC).astimezone()
    if spacing >= 43_200 or (spacing >= 60 and (when.hour, when.minute) == (0, 0)):
        return f"{when.day} {when:%b}"
    if spacing >= 60:
        return f"{when:%H:%M}"
    return f"{when:%H:%M:%S}" if spacing >= 1 else f"{when:%H:%M:%S}.{when.microsecond // 1000:03}"


def _utc_offset(at: float) -> float:
    offset = datetime.fromtimestamp(at, UTC).astimezone().utcoffset()
    return offset.total_seconds() if offset else 0.0
