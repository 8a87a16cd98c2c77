"""What gestures draw over the flow: links and blocks made stand out."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.curves import led, path, plain, through
from app.editor.canvas.paints import NO_BRUSH, NO_PEN
from graph.edits import Position
from graph.flow import End

RADIUS = 8.0
PORT = 7.0
COVER = 6.0
"""How wide a line hides a link under it, with its soft edges."""


def draw_link(painter: QPainter, canvas: Canvas, target: End, colour: str) -> None:
    """A link of the flow again, in another colour."""
    row = canvas.shapes.link_rows.get(target)
    if row is not None:
        painter.setPen(canvas.drawing.paints.pen(colour, 3.5))
        painter.setBrush(NO_BRUSH)
        painter.drawPath(path(canvas.routing.curves(row)))


def hide_link(painter: QPainter, canvas: Canvas, target: End) -> None:
    """A link of the flow painted over, but for the ports at its ends."""
    row = canvas.shapes.link_rows.get(target)
    if row is None:
        return
    x1, y1, x2, y2 = canvas.shapes.ends[row].tolist()
    clear = QPainterPath()
    clear.addRect(canvas.area())
    clear.addEllipse(QPointF(x1, y1), PORT, PORT)
    clear.addEllipse(QPointF(x2, y2), PORT, PORT)
    paints = canvas.drawing.paints
    painter.save()
    painter.setClipPath(clear)
    painter.setPen(paints.pen(paints.tokens.canvas, COVER))
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path(canvas.routing.curves(row)))
    painter.restore()


def draw_curve(
    painter: QPainter, canvas: Canvas, source: QPointF, target: QPointF, colour: str,
    *, dashed: bool = False,
) -> None:  # fmt: skip
    """A link from an output to an input, or to where one may be."""
    ends = np.array([[source.x(), source.y(), target.x(), target.y()]])
    painter.setPen(canvas.drawing.paints.pen(colour, 2.5, dashed=dashed))
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path(plain(ends)))


def draw_led(
    painter: QPainter, canvas: Canvas, stations: Sequence[Position], colour: str
) -> None:  # fmt: skip
    """A link as it is led through points, its ends being the first and the last."""
    painter.setPen(canvas.drawing.paints.pen(colour, 2.5))
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path(led(through(np.array(stations, float)))))


def draw_knot(painter: QPainter, canvas: Canvas, at: Position, colour: str, reach: float) -> None:
    """A point that a link is led through."""
    painter.setPen(NO_PEN)
    painter.setBrush(canvas.drawing.paints.brush(colour))
    painter.drawEllipse(QPointF(*at), reach, reach)


def ring_block(painter: QPainter, canvas: Canvas, id: str, colour: str, alpha: int = 255) -> None:
    """An outline around a block."""
    if id in canvas.shapes:
        rect = canvas.shapes.rect(id).adjusted(-2, -2, 2, 2)
        painter.setPen(canvas.drawing.paints.pen(colour, 2.0, alpha))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(rect, RADIUS + 2, RADIUS + 2)
