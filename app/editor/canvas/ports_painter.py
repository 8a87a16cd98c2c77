"""Draws ports: a circle for a value, a square for a list, a diamond for a record."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from app.editor.canvas.cards import Card, Port
from app.editor.canvas.paints import Paints
from app.editor.canvas.texts import Laid, Texts, Voice
from app.presenters.shown_ports import label

SIZE = 4.5
INSET = 14.0
LABEL_ROOM = 86.0
WHOLE_ROOM = 170.0
"""The room of a label that has the row to itself."""


class PortsPainter:
    """Draws the ports of cards in scene coordinates."""

    def __init__(self, paints: Paints, texts: Texts) -> None:
        self._paints = paints
        self._texts = texts

    def draw(self, painter: QPainter, card: Card, x: float, y: float, faint: bool) -> None:
        """All ports of a card whose upper left corner is there."""
        tokens = self._paints.tokens
        painter.setFont(self._texts.fonts[Voice.SMALL])
        painter.setPen(self._paints.colour(tokens.faint if faint else tokens.muted))
        self._draw_labels(painter, card, x, y)
        painter.setPen(self._paints.pen(tokens.canvas, 1.5))
        for port in card.inputs:
            self.draw_shape(painter, port.type.kind, x, y + port.y)
        for port in card.outputs:
            self.draw_shape(painter, port.type.kind, x + card.width, y + port.y)

    def draw_shape(
        self, painter: QPainter, kind: str, x: float, y: float, size: float = SIZE
    ) -> None:
        """One port, in the colour of its type."""
        painter.setBrush(self._paints.brush(self._paints.of_type(kind)))
        draw_outline(painter, kind, x, y, size)

    def _draw_labels(self, painter: QPainter, card: Card, x: float, y: float) -> None:
        rows_out, rows_in = len(card.outputs), len(card.inputs)
        for row, port in enumerate(card.inputs):
            text = self._label(port, WHOLE_ROOM if row >= rows_out else LABEL_ROOM)
            painter.drawStaticText(QPointF(x + INSET, y + port.y - text.height / 2), text.text)
        right = x + card.width - INSET
        for row, port in enumerate(card.outputs):
            text = self._label(port, WHOLE_ROOM if row >= rows_in else LABEL_ROOM)
            place = QPointF(right - text.width, y + port.y - text.height / 2)
            painter.drawStaticText(place, text.text)

    def _label(self, port: Port, room: float) -> Laid:
        return self._texts.of(label(port.name), Voice.SMALL, room)


def draw_outline(painter: QPainter, kind: str, x: float, y: float, size: float) -> None:
    """The shape that ports of a type have, with the painter's pen and brush."""
    if kind == "list":
        painter.drawRect(QRectF(x - size, y - size, 2 * size, 2 * size))
    elif kind == "record":
        far = size * 1.35
        corners = ((x - far, y), (x, y - far), (x + far, y), (x, y + far))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    else:
        painter.drawEllipse(QPointF(x, y), size + 0.5, size + 0.5)
