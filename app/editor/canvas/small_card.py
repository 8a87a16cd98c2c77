"""Draws one block where there is room for little more than its title, set larger than close by."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas.card_look import CardLook
from app.editor.canvas.cards import is_note
from app.editor.canvas.marks import DIFFERENCES
from app.editor.canvas.paints import NO_BRUSH, NO_PEN
from app.editor.canvas.texts import Voice
from graph.flow import Block

RADIUS = 8.0
EDGE = 7.0
WITHOUT_ICON = 0.35
"""Below this zoom the title takes the room of the icon too."""


class SmallCardPainter(CardLook):
    """Draws in scene coordinates."""

    def draw(self, painter: QPainter, row: int, zoom: float, rounded: bool) -> None:
        """The card; rounded where there are few of them."""
        id = self._shapes.ids[row]
        block = self._workbench.flow.blocks[id]
        rect = QRectF(*self._shapes.rects[row].tolist())
        self._draw_body(painter, rect, row, block, rounded)
        self._draw_edge(painter, rect, row)
        if zoom < WITHOUT_ICON:
            self._draw_title(painter, rect, block, Voice.FARTHEST, 18.0)
        else:
            self._draw_icon(painter, rect, row, block)
            self._draw_title(painter, rect, block, Voice.FAR, 48.0)

    def _draw_body(
        self, painter: QPainter, rect: QRectF, row: int, block: Block, rounded: bool
    ) -> None:
        paints, tokens = self._paints, self._paints.tokens
        selected = block.id in self._workbench.selected
        paper = self.paper() if is_note(block) else paints.body(self.tint(row))
        painter.setPen(
            paints.pen(tokens.accent, 4.0) if selected else paints.pen(tokens.card_line, 0)
        )
        painter.setBrush(paints.brush(paper))
        if rounded:
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        else:
            painter.drawRect(rect)

    def _draw_edge(self, painter: QPainter, rect: QRectF, row: int) -> None:
        look = self._marks.look(row)
        if look:
            painter.setPen(NO_PEN)
            painter.setBrush(self._paints.brush(self._paints.state(look)))
            painter.drawRect(QRectF(rect.x(), rect.y() + 4, EDGE, rect.height() - 8))
            painter.setBrush(NO_BRUSH)

    def _draw_icon(self, painter: QPainter, rect: QRectF, row: int, block: Block) -> None:
        tokens = self._paints.tokens
        colour = tokens.faint if block.settings.bypass else self.accent(row)
        icon = self._texts.icon(self.icon(block), Voice.FAR_ICON)
        painter.setFont(self._texts.fonts[Voice.FAR_ICON])
        painter.setPen(self._paints.colour(colour))
        place = QPointF(rect.x() + 14, _middle(rect) - icon.height / 2)
        painter.drawStaticText(place, icon.text)

    def _draw_title(
        self, painter: QPainter, rect: QRectF, block: Block, voice: str, inset: float
    ) -> None:
        texts, tokens = self._texts, self._paints.tokens
        room = rect.width() - inset - 8 - self._draw_sign(painter, rect, block)
        lines = texts.in_two(self.title(block), voice, room)
        top = _middle(rect) - sum(line.height for line in lines) / 2
        painter.setFont(texts.fonts[voice])
        painter.setPen(self._paints.colour(tokens.faint if block.settings.bypass else tokens.text))
        for line in lines:
            painter.drawStaticText(QPointF(rect.x() + inset, top), line.text)
            top += line.height

    def _draw_sign(self, painter: QPainter, rect: QRectF, block: Block) -> float:
        """A mark at the right where something is wrong, or differs; the room it takes."""
        problems = self._marks.problems.get(block.id)
        difference = self._marks.difference(self._shapes.rows[block.id])
        if problems:
            name, colour = "mdi6.alert", self.problem_colour(problems)
        elif difference:
            name, colour = DIFFERENCES[difference], self._paints.tokens.warning
        else:
            return 0.0
        mark = self._texts.icon(name, Voice.FAR_ICON)
        painter.setFont(self._texts.fonts[Voice.FAR_ICON])
        painter.setPen(self._paints.colour(colour))
        place = QPointF(rect.right() - 34, _middle(rect) - mark.height / 2)
        painter.drawStaticText(place, mark.text)
        return 30.0


def _middle(rect: QRectF) -> float:
    """The height at which the title stands."""
    return rect.y() + min(rect.height() / 2, 42)
