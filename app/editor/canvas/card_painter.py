"""Draws one block as a card: icon, title, a line of what it does, ports, state at the edge."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from app.editor.canvas.cards import Port, is_note
from app.editor.canvas.notes import INSET, note_document
from app.editor.canvas.paints import NO_BRUSH, Paints
from app.editor.canvas.shapes import Shapes
from app.editor.canvas.texts import Texts, Voice
from app.presenters.card_text import says
from app.presenters.shown_ports import label
from app.workbench import Workbench
from graph.flow import Block

RADIUS = 8.0
PORT = 4.5
LEFT = 14.0
TITLE_X = 38.0


class CardPainter:
    """Draws in scene coordinates."""

    def __init__(self, workbench: Workbench, shapes: Shapes, paints: Paints, texts: Texts) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._paints = paints
        self._texts = texts

    def draw(self, painter: QPainter, row: int) -> None:
        """The card with all it has."""
        id = self._shapes.ids[row]
        block = self._workbench.flow.blocks[id]
        x, y, width, height = self._shapes.rects[row].tolist()
        rect = QRectF(x, y, width, height)
        if is_note(block):
            self._draw_note(painter, rect, block)
        else:
            self._draw_body(painter, rect, row)
            self._draw_head(painter, rect, row, block)
            card = self._shapes.cards[row]
            for port in card.inputs:
                self._draw_port(painter, x, y, port, False)
            for port in card.outputs:
                self._draw_port(painter, x + width, y, port, True)
        if id in self._workbench.selected:
            self._draw_outline(painter, rect)

    def draw_small(self, painter: QPainter, row: int) -> None:
        """The card where there is room for little more than its title."""
        id = self._shapes.ids[row]
        block = self._workbench.flow.blocks[id]
        x, y, width, height = self._shapes.rects[row].tolist()
        paints, tokens = self._paints, self._paints.tokens
        selected = id in self._workbench.selected
        painter.setPen(paints.pen(tokens.accent if selected else tokens.card_line, 0))
        painter.setBrush(paints.brush(paints.body(self._tint(row))))
        painter.drawRect(QRectF(x, y, width, height))
        icon = self._texts.icon(self._icon(block), Voice.FAR_ICON)
        painter.setFont(self._texts.fonts[Voice.FAR_ICON])
        painter.setPen(paints.colour(self._accent(row)))
        painter.drawStaticText(QPointF(x + 10, y + 12), icon.text)
        title = self._texts.of(self._title(block), Voice.FAR, width - 52)
        painter.setFont(self._texts.fonts[Voice.FAR])
        painter.setPen(paints.colour(tokens.text))
        painter.drawStaticText(QPointF(x + 44, y + 25 - title.height / 2), title.text)

    def _draw_body(self, painter: QPainter, rect: QRectF, row: int) -> None:
        painter.setPen(self._paints.pen(self._paints.tokens.card_line, 1.0))
        painter.setBrush(self._paints.brush(self._paints.body(self._tint(row))))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)

    def _draw_head(self, painter: QPainter, rect: QRectF, row: int, block: Block) -> None:
        texts, paints, tokens = self._texts, self._paints, self._paints.tokens
        x, y = rect.x(), rect.y()
        icon = texts.icon(self._icon(block))
        painter.setFont(texts.fonts[Voice.ICON])
        painter.setPen(paints.colour(self._accent(row)))
        painter.drawStaticText(QPointF(x + 12, y + 20 - icon.height / 2), icon.text)
        title = texts.of(self._title(block), Voice.TITLE, rect.width() - TITLE_X - 30)
        painter.setFont(texts.fonts[Voice.TITLE])
        painter.setPen(paints.colour(tokens.text))
        painter.drawStaticText(QPointF(x + TITLE_X, y + 19 - title.height / 2), title.text)
        spec = self._workbench.catalog.get(block.kind)
        line = texts.of(says(block, spec), Voice.SMALL, rect.width() - 2 * LEFT)
        painter.setFont(texts.fonts[Voice.SMALL])
        painter.setPen(paints.colour(tokens.muted))
        painter.drawStaticText(QPointF(x + LEFT, y + 41 - line.height / 2), line.text)

    def _draw_port(self, painter: QPainter, x: float, top: float, port: Port, out: bool) -> None:
        paints = self._paints
        y = top + port.y
        painter.setPen(paints.pen(paints.tokens.canvas, 1.5))
        painter.setBrush(paints.brush(paints.of_type(port.type.kind)))
        if port.type.kind == "list":
            painter.drawRect(QRectF(x - PORT, y - PORT, 2 * PORT, 2 * PORT))
        elif port.type.kind == "record":
            far = PORT + 1.5
            corners = ((x - far, y), (x, y - far), (x + far, y), (x, y + far))
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        else:
            painter.drawEllipse(QPointF(x, y), PORT + 0.5, PORT + 0.5)
        text = self._texts.of(label(port.name), Voice.SMALL, 84)
        painter.setFont(self._texts.fonts[Voice.SMALL])
        painter.setPen(paints.colour(paints.tokens.muted))
        left = x - LEFT - text.width if out else x + LEFT
        painter.drawStaticText(QPointF(left, y - text.height / 2), text.text)

    def _draw_note(self, painter: QPainter, rect: QRectF, block: Block) -> None:
        paints, tokens = self._paints, self._paints.tokens
        paper = paints.mixed(tokens.card, tokens.warning, 0.10)
        painter.setPen(paints.pen(paints.mixed(paper, tokens.warning, 0.25), 1.0))
        painter.setBrush(paints.brush(paper))
        painter.drawRoundedRect(rect, 4, 4)
        painter.save()
        painter.translate(rect.x() + INSET, rect.y() + INSET)
        note_document(str(block.fields.get("text", "")), tokens.name).drawContents(painter)
        painter.restore()

    def _draw_outline(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(self._paints.pen(self._paints.tokens.accent, 2.0))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)

    def _title(self, block: Block) -> str:
        spec = self._workbench.catalog.get(block.kind)
        return block.title or (spec.title if spec else block.kind)

    def _icon(self, block: Block) -> str:
        spec = self._workbench.catalog.get(block.kind)
        return spec.icon if spec else "mdi6.help-box-outline"

    def _tint(self, row: int) -> str:
        return self._shapes.tint_names[int(self._shapes.tints[row])]

    def _accent(self, row: int) -> str:
        return self._paints.tint(self._tint(row))
