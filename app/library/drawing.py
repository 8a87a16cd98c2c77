"""Flows as small drawings, and texts that are cut to fit: what cards are painted with."""

import math
from collections.abc import Callable, Iterable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.presenters.templates import Dot, Shape
from app.theme import SMALL, category_colour, current, font

WIDTH, HEIGHT = 26.0, 12.0
"""The largest that a block is drawn without its title."""
CARD_WIDTH = 150
"""How wide a block is beside the others, in canvas units."""
LARGEST = 0.2
"""The scale at which even the smallest flow is drawn."""
TITLED = QSizeF(92, 22)
"""A block that is drawn with its title."""
SLACK = 4
"""Pixels by which a line may be drawn wider than it was measured."""
ROOM = QSizeF(16, 8)
"""What must be free between blocks with titles."""


def draw(painter: QPainter, box: QRectF, shape: Shape, *, titles: bool = False) -> None:
    """The shape of a flow, as large as the box allows; with `titles` where there is room."""
    xs, ys = {dot.x for dot in shape.dots}, {dot.y for dot in shape.dots}
    if not xs:
        return
    titled = titles and _has_room(box, len(xs), len(ys))
    most = TITLED if titled else QSizeF(WIDTH, HEIGHT)
    largest = LARGEST * 4 if titled else LARGEST
    across = min(largest, (box.width() - most.width()) / max(max(xs) - min(xs), 1))
    down = min(largest, (box.height() - most.height()) / max(max(ys) - min(ys), 1))
    middle = QPointF((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    spots = [
        box.center() + QPointF((dot.x - middle.x()) * across, (dot.y - middle.y()) * down)
        for dot in shape.dots
    ]
    block = most if titled else QSizeF(min(WIDTH, CARD_WIDTH * across), _height(shape.dots, down))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(current().link), 1.2))
    for source, target in shape.links:
        painter.drawPath(_curve(spots[source], spots[target], block.width() / 2))
    for dot, spot in zip(shape.dots, spots, strict=True):
        place = QRectF(spot - QPointF(block.width() / 2, block.height() / 2), block)
        _titled(painter, place, dot) if titled else _plain(painter, place, dot)


def _height(dots: Iterable[Dot], scale: float) -> float:
    """How tall a block is drawn, so that those above each other don't touch."""
    columns = dict[int, list[float]]()
    for dot in dots:
        columns.setdefault(round(dot.x / CARD_WIDTH), []).append(dot.y)
    gaps = (low - high for ys in columns.values() for high, low in pairwise(sorted(ys)))
    return max(4.0, min(HEIGHT, min(gaps, default=math.inf) * scale - 3))


def _has_room(box: QRectF, columns: int, rows: int) -> bool:
    """Whether every block can be so large that its title stands in it."""
    across = columns * TITLED.width() + (columns - 1) * ROOM.width()
    down = rows * TITLED.height() + (rows - 1) * ROOM.height()
    return across <= box.width() and down <= box.height()


def _plain(painter: QPainter, place: QRectF, dot: Dot) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(category_colour(dot.category)))
    painter.drawRoundedRect(place, 3, 3)


def _titled(painter: QPainter, place: QRectF, dot: Dot) -> None:
    """A card as the canvas has them: its colour at the left, its title beside that."""
    painter.setPen(QPen(QColor(current().card_line), 1))
    painter.setBrush(QColor(current().card))
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(category_colour(dot.category)))
    painter.drawRoundedRect(QRectF(place.left() + 4, place.top() + 4, 3, place.height() - 8), 1, 1)
    painter.setPen(QColor(current().text))
    painter.setFont(font(SMALL))
    line_of_text(painter, place.adjusted(11, 0, -4, 0).toRect(), dot.title)


def _curve(source: QPointF, target: QPointF, reach: float) -> QPainterPath:
    start, end = source + QPointF(reach, 0), target - QPointF(reach, 0)
    bend = QPointF(max(8.0, abs(end.x() - start.x()) / 2), 0)
    curve = QPainterPath(start)
    curve.cubicTo(start + bend, end - bend, end)
    return curve


def line_of_text(
    painter: QPainter, box: QRect, text: str, cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> None:
    """One line of text, cut where it doesn't fit."""
    shown = painter.fontMetrics().elidedText(text, cut, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def lines_of_text(painter: QPainter, box: QRect, text: str, most: int, height: int = 15) -> None:
    """As many lines as there may be, the last one cut."""
    metrics, rest = painter.fontMetrics(), text
    for row in range(most):
        last = row == most - 1
        line = rest if last else _first_line(rest, metrics.horizontalAdvance, box.width() - SLACK)
        rest = rest[len(line) :].lstrip()
        place = QRect(box.left(), box.top() + row * height, box.width(), height)
        line_of_text(painter, place, line)


def _first_line(text: str, width_of: Callable[[str], int], width: int) -> str:
    """As many words of a text as fit."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer) > width:
            return line
        line = longer
    return line
