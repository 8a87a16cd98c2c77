"""What blocks write while they write it: a slip beneath the card, with the last lines of it."""

import re
from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QPainterPath, QTextLayout, QTextOption

from app.editor.canvas.drawing import NEAR, Drawing
from app.editor.canvas.paints import NO_PEN
from app.editor.canvas.shapes import Shapes
from app.editor.canvas.texts import Voice
from app.workbench import Workbench

LINES = 4
LETTERS = 400
"""Of a text that are looked at: more than there is room for."""
INSET = 8.0
LINE = 16.0
RADIUS = 8.0
CARET = 2.0
MOST = 100
"""Slips at a time: more than a screen has room for that can be read."""

LINE_END = "\u2028"

_BREAKS = re.compile(r"\s*[\r\n\u2028]\s*")
"""Empty lines are left out: there is little room."""

_GOING_ON = ("running", "retrying")


class Writing:
    """`draw` draws over the flow; it costs nothing while nothing is written."""

    def __init__(self, workbench: Workbench, shapes: Shapes) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._sheets: dict[str, Sheet] = {}

    def draw(self, painter: QPainter, area: QRectF, zoom: float, drawing: Drawing) -> None:
        """Draw over the flow, in scene coordinates."""
        if zoom < NEAR:
            return
        known, self._sheets = self._sheets, {}
        for address, rect, text in islice(self._written(area), MOST):
            sheet = known.get(address) or Sheet()
            sheet.show(text, drawing.texts.fonts[Voice.SMALL], rect.width() - 4 * INSET)
            self._sheets[address] = sheet
            if sheet.lines:
                _draw(painter, rect, sheet, drawing)

    def _written(self, area: QRectF) -> Iterator[tuple[str, QRectF, str]]:
        """Which blocks in view are writing, where they are, and what they wrote."""
        run = self._workbench.run
        if run is None:
            return
        through = self._workbench.blocks_into
        prefix = "/".join(through) + "/" if through else ""
        for address in run.streams.blocks():
            id = address.removeprefix(prefix)
            if not address.startswith(prefix) or id not in self._shapes:
                continue
            rect, view = self._shapes.rect(id), run.block(address)
            if not rect.adjusted(0, 0, 0, LINES * LINE + 2 * INSET).intersects(area):
                continue
            text = run.streams.text_of(address)
            if view is not None and view.state in _GOING_ON and text:
                yield address, rect, text


class Sheet:
    """The last lines of a text that grows: lines that were begun stay as they were broken."""

    def __init__(self) -> None:
        self.layout = QTextLayout()
        self.lines = 0
        self._look: tuple[QFont, float] | None = None
        self._text = ""
        self._shown = ""

    def show(self, text: str, font: QFont, width: float) -> None:
        """Lay out what is there now, if it is anything else than last time."""
        if text == self._text and self._look == (font, width):
            return
        if not text.startswith(self._text) or self._look != (font, width):
            self._text = self._shown = ""
        added = _end_of(text) if not self._text else text[len(self._text) :]
        self._text, self._look = text, (font, width)
        self._shown = _BREAKS.sub(LINE_END, self._shown + added).lstrip()
        if not self._shown:
            self.lines = 0
            return
        self._lay_out(font, width)
        if self.lines > 2 * LINES:  # what is no more to be seen need not be broken again
            start = self.layout.lineAt(self.lines - LINES - 1).textStart()
            self._shown = self._shown[start:]
            self._lay_out(font, width)

    def _lay_out(self, font: QFont, width: float) -> None:
        # An end of a line at the end is drawn as a line without a word.
        layout = QTextLayout(self._shown.rstrip(LINE_END), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
        layout.endLayout()
        self.layout, self.lines = layout, layout.lineCount()


def _draw(painter: QPainter, card: QRectF, sheet: Sheet, drawing: Drawing) -> None:
    paints, tokens = drawing.paints, drawing.paints.tokens
    width, layout, lines = card.width() - 4 * INSET, sheet.layout, sheet.lines
    first = max(0, lines - LINES)
    height = min(lines, LINES) * LINE + INSET * 1.5
    slip = QRectF(card.x() + INSET, card.bottom(), card.width() - 2 * INSET, height)
    painter.setPen(paints.pen(tokens.running, 1.0, alpha=150))
    painter.setBrush(paints.brush(tokens.card))
    painter.drawPath(_hanging(slip))
    painter.setPen(paints.colour(tokens.text))
    top = slip.y() + INSET * 0.75
    for number in range(first, lines):
        line = layout.lineAt(number)
        painter.setOpacity(0.45 if number == first and first else 1.0)
        y = top + (number - first) * LINE
        line.draw(painter, QPointF(slip.x() + INSET - line.x(), y - line.y()))
    painter.setOpacity(1.0)
    last = layout.lineAt(lines - 1)
    x = slip.x() + INSET + min(last.naturalTextWidth(), width) + 1.5
    painter.setPen(NO_PEN)
    painter.setBrush(paints.brush(tokens.running))
    painter.drawRect(QRectF(x, top + (lines - 1 - first) * LINE + 1.5, CARET, LINE - 4))


def _end_of(text: str) -> str:
    """The last letters of a text, from the beginning of a word."""
    end = text[-LETTERS:]
    return (end.partition(" ")[2] or end) if len(text) > LETTERS else end


def _hanging(rect: QRectF) -> QPainterPath:
    """A sheet that hangs from a straight edge: only its lower corners are round."""
    path = QPainterPath(rect.topLeft())
    path.lineTo(rect.x(), rect.bottom() - RADIUS)
    path.quadTo(rect.bottomLeft(), QPointF(rect.x() + RADIUS, rect.bottom()))
    path.lineTo(rect.right() - RADIUS, rect.bottom())
    path.quadTo(rect.bottomRight(), QPointF(rect.right(), rect.bottom() - RADIUS))
    path.lineTo(rect.topRight())
    return path
