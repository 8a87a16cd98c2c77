"""While a link is drawn: the ports that fit glow, and all else fades."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from app.editor.canvas.card_painter import RADIUS
from app.editor.canvas.drawing import Drawing
from app.editor.canvas.paints import NO_PEN
from app.editor.canvas.ports_painter import SIZE, draw_outline
from app.editor.canvas.shapes import Shapes

PortName = tuple[str, str, str]
"""Block, port, and "in" or "out"."""

GLOW = 9.0
FADE = 165


class Attention:
    """`fit` says which ports fit, `clear` that nothing is looked for any more."""

    def __init__(self, shapes: Shapes, changed: Callable[[], object]) -> None:
        self._shapes = shapes
        self._changed = changed
        self._fitting: frozenset[PortName] | None = None

    @property
    def active(self) -> bool:
        """Whether something is looked for."""
        return self._fitting is not None

    def fit(self, ports: Collection[PortName]) -> None:
        """Let these ports glow, and fade the rest."""
        self._fitting = frozenset(ports)
        self._changed()

    def clear(self) -> None:
        """Show everything as it is."""
        if self._fitting is not None:
            self._fitting = None
            self._changed()

    def draw(self, painter: QPainter, area: QRectF, zoom: float, drawing: Drawing) -> None:
        """Draw over the flow, in scene coordinates."""
        if self._fitting is None:
            return
        blocks = {block for block, _, _ in self._fitting if block in self._shapes}
        seen = [rect for id in blocks if (rect := self._shapes.rect(id)).intersects(area)]
        faded = QPainterPath()
        faded.addRect(area)
        for rect in seen:
            faded.addRoundedRect(rect.adjusted(-7, -2, 7, 2), RADIUS, RADIUS)
        painter.setPen(NO_PEN)
        painter.setBrush(drawing.paints.brush(drawing.paints.tokens.canvas, FADE))
        painter.drawPath(faded)
        if not drawing.is_far(zoom):
            for block, port, side in self._fitting:
                if block in blocks:
                    self._glow(painter, block, port, side, drawing)

    def _glow(self, painter: QPainter, block: str, port: str, side: str, drawing: Drawing) -> None:
        at = self._shapes.port(block, port, side)
        shown = self._shapes.card(block).port(port, side)
        kind = shown.type.kind if shown else "any"
        colour = drawing.paints.of_type(kind)
        painter.setPen(NO_PEN)
        painter.setBrush(drawing.paints.brush(colour, 70))
        painter.drawEllipse(QPointF(at), GLOW, GLOW)
        painter.setPen(drawing.paints.pen(drawing.paints.tokens.canvas, 1.5))
        painter.setBrush(drawing.paints.brush(colour))
        draw_outline(painter, kind, at.x(), at.y(), SIZE + 1)
