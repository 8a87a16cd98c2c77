"""Draws one block as a card: icon, title, a line of what it does, ports, state at the edge."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas.card_look import CardLook
from app.editor.canvas.cards import FOOTNOTE, is_note
from app.editor.canvas.marks import DIFFERENCES, Marks
from app.editor.canvas.notes import INSET, note_document
from app.editor.canvas.paints import NO_BRUSH, Paints
from app.editor.canvas.ports_painter import PortsPainter
from app.editor.canvas.shapes import Shapes
from app.editor.canvas.texts import Texts, Voice
from app.presenters.block_status import NONE, Look, Status
from app.workbench import Workbench
from graph.flow import Block

RADIUS = 8.0
LEFT = 14.0
BEHIND = 4.0
"""How far a second card looks out from behind that of a block with a flow inside."""
TITLE_X = 38.0
MARK = 20.0
"""The room a mark takes at the right of the title."""

MARK_ICONS: dict[Look, str] = {
    "waiting": "mdi6.clock-outline", "done": "mdi6.check-circle", "reused": "mdi6.cached",
    "skipped": "mdi6.minus-circle-outline", "failed": "mdi6.close-circle",
    "warning": "mdi6.alert-circle", "stale": "mdi6.clock-alert-outline",
}  # fmt: skip
HEALTHY = ("reused", "done", "waiting", "", "stale")


class CardPainter(CardLook):
    """Draws in scene coordinates."""

    def __init__(
        self, workbench: Workbench, shapes: Shapes, marks: Marks, paints: Paints, texts: Texts
    ) -> None:
        super().__init__(workbench, shapes, marks, paints, texts)
        self._ports = PortsPainter(paints, texts)

    def draw(self, painter: QPainter, row: int) -> None:
        """The card with all it has."""
        id = self._shapes.ids[row]
        block = self._workbench.flow.blocks[id]
        x, y, width, height = self._shapes.rects[row].tolist()
        rect = QRectF(x, y, width, height)
        if self.has_inside(block):
            self._draw_behind(painter, rect, row)
        if id in self._workbench.selected:
            self._draw_outline(painter, rect)
        if is_note(block):
            self._draw_note(painter, rect, block)
        else:
            status = self._marks.status(row) if self._marks.watching else NONE
            faint = block.settings.bypass or status.look == "skipped"
            self._draw_body(painter, rect, row, block, status)
            self._draw_head(painter, rect, row, block, status, faint)
            card = self._shapes.cards[row]
            self._ports.draw(painter, card, x, y, faint)
            if card.has_footnote:
                self._draw_footnote(painter, rect, block, status)

    # The parts of a card.

    def _draw_behind(self, painter: QPainter, rect: QRectF, row: int) -> None:
        """The edge of a second card, of which there are more inside."""
        painter.setPen(self._paints.pen(self._paints.tokens.card_line, 1.0))
        painter.setBrush(self._paints.brush(self._paints.body(self.tint(row))))
        painter.drawRoundedRect(rect.adjusted(BEHIND, 0, -BEHIND, BEHIND), RADIUS, RADIUS)

    def _draw_body(
        self, painter: QPainter, rect: QRectF, row: int, block: Block, status: Status
    ) -> None:
        paints, tokens = self._paints, self._paints.tokens
        edge = tokens.failed if status.look == "failed" else tokens.card_line
        painter.setPen(paints.pen(edge, 1.0, dashed=block.settings.bypass))
        alpha = 150 if block.settings.bypass else 255
        painter.setBrush(paints.brush(paints.body(self.tint(row)), alpha))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if status.look and status.look != "waiting":
            x = rect.x() + 2.0
            painter.setPen(paints.pen(self._paints.state(status.look), 3.0))
            painter.drawLine(QPointF(x, rect.y() + RADIUS), QPointF(x, rect.bottom() - RADIUS))

    def _draw_head(
        self, painter: QPainter, rect: QRectF, row: int, block: Block, status: Status, faint: bool
    ) -> None:
        texts, paints, tokens = self._texts, self._paints, self._paints.tokens
        x, middle = rect.x(), rect.y() + 20
        icon = texts.icon(self.icon(block))
        painter.setFont(texts.fonts[Voice.ICON])
        painter.setPen(paints.colour(tokens.faint if faint else self.accent(row)))
        painter.drawStaticText(QPointF(x + 13, middle - icon.height / 2), icon.text)
        room = self._draw_marks(painter, rect, row, block, status)
        title = texts.of(self.title(block), Voice.TITLE, room - x - TITLE_X - 4)
        painter.setFont(texts.fonts[Voice.TITLE])
        painter.setPen(paints.colour(tokens.muted if faint else tokens.text))
        painter.drawStaticText(QPointF(x + TITLE_X, middle - title.height / 2), title.text)
        self._draw_line(painter, rect, block, status, faint)

    def _draw_line(
        self, painter: QPainter, rect: QRectF, block: Block, status: Status, faint: bool
    ) -> None:
        texts, paints, tokens = self._texts, self._paints, self._paints.tokens
        middle = rect.y() + 41
        painter.setFont(texts.fonts[Voice.SMALL])
        right = self._draw_short(painter, rect.right() - LEFT, middle, status.short)
        said = status.line or self.line(block)
        line = texts.of(said, Voice.SMALL, right - rect.x() - LEFT)
        colour = tokens.faint if faint else tokens.muted
        if status.line:
            colour = tokens.failed if status.look == "failed" else tokens.text
        painter.setPen(paints.colour(colour))
        painter.drawStaticText(QPointF(rect.x() + LEFT, middle - line.height / 2), line.text)

    def _draw_footnote(self, painter: QPainter, rect: QRectF, block: Block, status: Status) -> None:
        """Which model is asked, and what that took."""
        texts, paints, tokens = self._texts, self._paints, self._paints.tokens
        top = rect.bottom() - FOOTNOTE - 4
        painter.setPen(paints.pen(paints.mixed(tokens.card, tokens.card_line, 0.6), 1.0))
        painter.drawLine(QPointF(rect.x() + LEFT, top), QPointF(rect.right() - LEFT, top))
        painter.setFont(texts.fonts[Voice.SMALL])
        middle = rect.bottom() - FOOTNOTE / 2 - 2
        right = self._draw_short(painter, rect.right() - LEFT, middle, status.spent)
        said = status.stands_in or self.model(block)
        model = texts.of(said, Voice.SMALL, right - rect.x() - LEFT)
        painter.setPen(paints.colour(tokens.warning if status.stands_in else tokens.faint))
        painter.drawStaticText(QPointF(rect.x() + LEFT, middle - model.height / 2), model.text)

    def _draw_marks(
        self, painter: QPainter, rect: QRectF, row: int, block: Block, status: Status
    ) -> float:
        """State, problem, pin and repetition, from the right; where the room for them begins."""
        tokens = self._paints.tokens
        right, middle = rect.right() - 10.0, rect.y() + 20
        if status.look == "running":
            right = self._draw_ring(painter, right, middle, status.share)
        elif status.look:
            icon = MARK_ICONS[status.look]
            right = self._draw_mark(painter, right, middle, icon, self._paints.state(status.look))
        problems = self._marks.problems.get(block.id)
        if problems and status.look in HEALTHY:
            colour = self.problem_colour(problems)
            right = self._draw_mark(painter, right, middle, "mdi6.alert", colour)
        if self._marks.is_faulty(block.id):
            right = self._draw_mark(painter, right, middle, "mdi6.lightning-bolt", tokens.failed)
        if difference := self._marks.difference(row):
            icon = DIFFERENCES[difference]
            right = self._draw_mark(painter, right, middle, icon, tokens.warning)
        if block.settings.pin is not None:
            right = self._draw_mark(painter, right, middle, "mdi6.pin", tokens.accent)
        if block.settings.each:
            right = self._draw_mark(painter, right, middle, "mdi6.repeat-variant", tokens.muted)
        return right

    def _draw_mark(
        self, painter: QPainter, right: float, middle: float, name: str, colour: str
    ) -> float:
        icon = self._texts.icon(name, Voice.MARK)
        painter.setFont(self._texts.fonts[Voice.MARK])
        painter.setPen(self._paints.colour(colour))
        painter.drawStaticText(QPointF(right - icon.width, middle - icon.height / 2), icon.text)
        return right - MARK

    def _draw_short(self, painter: QPainter, right: float, middle: float, short: str) -> float:
        """How long it took or how far it is, at the right; where the room for it begins."""
        if not short:
            return right
        text = self._texts.of(short, Voice.SMALL)
        painter.setPen(self._paints.colour(self._paints.tokens.muted))
        place = QPointF(right - text.width, middle - text.height / 2)
        painter.drawStaticText(place, text.text)
        return right - text.width - 8

    def _draw_ring(
        self, painter: QPainter, right: float, middle: float, share: float | None
    ) -> float:
        """A circle of which as much is drawn as is done; a quarter when nobody knows."""
        paints, tokens = self._paints, self._paints.tokens
        circle = QRectF(right - 14, middle - 6.5, 13, 13)
        painter.setBrush(NO_BRUSH)
        painter.setPen(paints.pen(tokens.card_line, 2.0))
        painter.drawEllipse(circle)
        painter.setPen(paints.pen(tokens.running, 2.0))
        painter.drawArc(circle, 90 * 16, -round((0.25 if share is None else share) * 360 * 16))
        return right - MARK

    def _draw_note(self, painter: QPainter, rect: QRectF, block: Block) -> None:
        paper, tokens = self.paper(), self._paints.tokens
        painter.setPen(self._paints.pen(self._paints.mixed(paper, tokens.warning, 0.25), 1.0))
        painter.setBrush(self._paints.brush(paper))
        painter.drawRoundedRect(rect, 4, 4)
        painter.save()
        painter.translate(rect.x() + INSET, rect.y() + INSET)
        note_document(str(block.fields.get("text", "")), tokens.name).drawContents(painter)
        painter.restore()

    def _draw_outline(self, painter: QPainter, rect: QRectF) -> None:
        """A line around the card; what is drawn of the card lies over its inner half."""
        painter.setPen(self._paints.pen(self._paints.tokens.accent, 4.0))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
