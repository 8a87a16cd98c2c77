"""A template as a card: the shape of its flow, what it is called and what it does."""

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from app.icons import icon
from app.library.drawing import draw, line_of_text, lines_of_text
from app.presenters.templates import Card
from app.theme import BODY, SMALL, current, font

SIDE = 12
EDGE = 5
LINE = 15
ICON = 16


class Size(NamedTuple):
    """How tall the picture of a card is, how many lines it says, and whether it has tags."""

    drawing: int
    lines: int
    tags: bool

    @property
    def height(self) -> int:
        """Of the card in all."""
        return EDGE + self.drawing + 29 + self.lines * LINE + (30 if self.tags else 8)


LARGE = Size(84, 3, tags=True)
SMALL_CARD = Size(60, 2, tags=False)


def paint_card(painter: QPainter, box: QRect, card: Card, size: Size, radius: int) -> None:
    """What a card holds; its ground and edge are there already."""
    theme, left, width = current(), box.left(), box.width()
    ground = QPainterPath()
    top = QRectF(left + EDGE, box.top() + EDGE, width - 2 * EDGE, size.drawing)
    ground.addRoundedRect(top, radius - 3, radius - 3)
    painter.fillPath(ground, QColor(theme.canvas))
    draw(painter, top.adjusted(SIDE, SIDE, -SIDE, -SIDE), card.shape)
    line = QRect(left + SIDE, box.top() + size.drawing + 12, width - 2 * SIDE, 20)
    icon(card.icon, theme.accent).paint(painter, QRect(line.left(), line.top() + 2, ICON, ICON))
    painter.setFont(font(BODY, bold=True))
    painter.setPen(QColor(theme.text))
    line_of_text(painter, line.adjusted(ICON + 6, 0, 0, 0), card.title)
    painter.setFont(font(SMALL))
    painter.setPen(QColor(theme.muted))
    lines_of_text(painter, line.translated(0, 22), card.description, size.lines, LINE)
    if size.tags:
        _tags(painter, line.left(), box.bottom() - 28, card)


def _tags(painter: QPainter, left: int, top: int, card: Card) -> None:
    metrics = painter.fontMetrics()
    for tag in card.tags:
        box = QRect(left, top, metrics.horizontalAdvance(tag) + 12, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current().hover))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(current().muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tag)
        left = box.right() + 7
