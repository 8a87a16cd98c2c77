"""A template on the welcome page: the shape of its flow, what it is called and what it does."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from app.presenters.templates import Card, Shape
from app.theme import BODY, SMALL, category_colour, current, font
from app.welcome.card_button import RADIUS, CardButton, line_of_text

LEAST = QSize(250, 196)
DRAWING = 84
SIDE = 12
WIDTH, HEIGHT = 26, 12
"""The largest that a block is drawn."""
CARD_WIDTH = 150
"""How wide a block is beside the others, in canvas units."""
LARGEST = 0.2
"""The scale at which even the smallest flow is drawn."""


class TemplateCard(CardButton):
    """Pressed to begin with the template."""

    def __init__(self, card: Card, parent: QWidget) -> None:
        super().__init__(f"Template {card.title}", parent)
        self.card = card
        self.setAccessibleDescription(card.description)
        self.setToolTip(card.description)

    def sizeHint(self) -> QSize:
        return LEAST

    def paint_on(self, painter: QPainter) -> None:
        theme, card, width = current(), self.card, self.width()
        top = QPainterPath()
        top.addRoundedRect(QRectF(5, 5, width - 10, DRAWING), RADIUS - 3, RADIUS - 3)
        painter.fillPath(top, QColor(theme.canvas))
        draw(painter, QRectF(5 + SIDE, 5 + SIDE, width - 10 - 2 * SIDE, DRAWING - 2 * SIDE),
             card.shape)  # fmt: skip
        painter.setFont(font(BODY, bold=True))
        painter.setPen(QColor(theme.text))
        line_of_text(painter, QRect(SIDE, DRAWING + 12, width - 2 * SIDE, 20), card.title)
        painter.setFont(font(SMALL))
        painter.setPen(QColor(theme.muted))
        self._describe(painter, QRect(SIDE, DRAWING + 34, width - 2 * SIDE, 44))
        self._tag(painter, self.height() - 29)

    def _describe(self, painter: QPainter, box: QRect) -> None:
        """Three lines at most, the last one cut."""
        metrics, rest = painter.fontMetrics(), self.card.description
        for row in range(3):
            line = rest if row == 2 else _first_line(rest, metrics.horizontalAdvance, box.width())
            rest = rest[len(line) :].lstrip()
            line_of_text(painter, QRect(box.left(), box.top() + row * 15, box.width(), 15), line)

    def _tag(self, painter: QPainter, top: int) -> None:
        metrics, left = painter.fontMetrics(), SIDE
        for tag in self.card.tags:
            box = QRect(left, top, metrics.horizontalAdvance(tag) + 12, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(current().hover))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(current().muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tag)
            left = box.right() + 7


def _first_line(text: str, width_of: Callable[[str], int], width: int) -> str:
    """As many words of a text as fit."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer) > width:
            return line
        line = longer
    return line


def draw(painter: QPainter, box: QRectF, shape: Shape) -> None:
    """The shape of a flow, as large as the box allows."""
    xs, ys = {dot.x for dot in shape.dots}, {dot.y for dot in shape.dots}
    if not xs:
        return
    across = min(LARGEST, (box.width() - WIDTH) / max(max(xs) - min(xs), 1))
    down = min(LARGEST, (box.height() - HEIGHT) / max(max(ys) - min(ys), 1))
    middle = QPointF((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    spots = [
        box.center() + QPointF((dot.x - middle.x()) * across, (dot.y - middle.y()) * down)
        for dot in shape.dots
    ]
    block = QSizeF(min(WIDTH, CARD_WIDTH * across), HEIGHT)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(current().link), 1.2))
    for source, target in shape.links:
        painter.drawPath(_curve(spots[source], spots[target], block.width() / 2))
    painter.setPen(Qt.PenStyle.NoPen)
    for dot, spot in zip(shape.dots, spots, strict=True):
        painter.setBrush(QColor(category_colour(dot.category)))
        corner = spot - QPointF(block.width() / 2, HEIGHT / 2)
        painter.drawRoundedRect(QRectF(corner, block), 3, 3)


def _curve(source: QPointF, target: QPointF, reach: float) -> QPainterPath:
    start, end = source + QPointF(reach, 0), target - QPointF(reach, 0)
    bend = QPointF(max(8.0, abs(end.x() - start.x()) / 2), 0)
    curve = QPainterPath(start)
    curve.cubicTo(start + bend, end - bend, end)
    return curve
