"""What blocks write while they write it: a slip beneath the card, with the last lines of it."""

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QTextLayout, QTextOption

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

_GOING_ON = ("running", "retrying")


class Writing:
    """`draw` draws over the flow; it costs nothing while nothing is written."""

    def __init__(self, workbench: Workbench, shapes: Shapes) -> None:
        self._workbench = workbench
        self._shapes = shapes

    def draw(self, painter: QPainter, area: QRectF, zoom: float, drawing: Drawing) -> None:
        """Draw over the flow, in scene coordinates."""
        if zoom < NEAR:
            return
        for rect, text in islice(self._written(area), MOST):
            self._draw(painter, rect, text, drawing)

    def _written(self, area: QRectF) -> Iterator[tuple[QRectF, str]]:
        """Where blocks in view are that are writing, and the end of what they wrote."""
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
            if view is not None and view.state in _GOING_ON and text and text.strip():
                yield rect, _end_of(text)

    def _draw(self, painter: QPainter, card: QRectF, text: str, drawing: Drawing) -> None:
        paints, tokens = drawing.paints, drawing.paints.tokens
        width = card.width() - 4 * INSET
        layout, lines = _laid(text, drawing, width)
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
    """The last letters of a text, from the beginning of a word; lines follow each other."""
    end = text[-LETTERS:]
    if len(text) > LETTERS:
        end = end.partition(" ")[2] or end
    return "\u2028".join(line for line in end.splitlines() if line.strip())


def _laid(text: str, drawing: Drawing, width: float) -> tuple[QTextLayout, int]:
    """The text in lines of that width, and how many they are."""
    layout = QTextLayout(text, drawing.texts.fonts[Voice.SMALL])
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout, layout.lineCount()


def _hanging(rect: QRectF) -> QPainterPath:
    """A sheet that hangs from a straight edge: only its lower corners are round."""
    path = QPainterPath(rect.topLeft())
    path.lineTo(rect.x(), rect.bottom() - RADIUS)
    path.quadTo(rect.bottomLeft(), QPointF(rect.x() + RADIUS, rect.bottom()))
    path.lineTo(rect.right() - RADIUS, rect.bottom())
    path.quadTo(rect.bottomRight(), QPointF(rect.right(), rect.bottom() - RADIUS))
    path.lineTo(rect.topRight())
    return path
