"""What is under the mouse, shown a little stronger."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas.card_painter import RADIUS
from app.editor.canvas.drawing import NEAR, Drawing
from app.editor.canvas.hits import Hit
from app.editor.canvas.paints import NO_BRUSH, NO_PEN
from app.editor.canvas.ports_painter import SIZE, draw_outline
from app.editor.canvas.shapes import Shapes

NOTHING = Hit()


class Hover:
    """`hit` is what the mouse is over."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self.hit = NOTHING

    def become(self, hit: Hit) -> bool:
        """Take up what the mouse is over; whether that is something else than before."""
        changed = hit != self.hit
        self.hit = hit
        return changed

    def draw(self, painter: QPainter, zoom: float, drawing: Drawing) -> None:
        """Draw over the flow, in scene coordinates."""
        hit, shapes = self.hit, self._shapes
        if drawing.is_far(zoom):
            return
        if hit.kind == "link" and hit.link in shapes.link_rows:
            drawing.links.draw_hovered(painter, shapes.link_rows[hit.link])
        elif hit.kind in ("block", "port") and hit.block in shapes:
            self._draw_card(painter, shapes.rect(hit.block), drawing)
            if hit.kind == "port" and zoom >= NEAR:
                self._draw_port(painter, hit, drawing)

    def _draw_card(self, painter: QPainter, rect: QRectF, drawing: Drawing) -> None:
        paints = drawing.paints
        painter.setBrush(NO_BRUSH)
        painter.setPen(paints.pen(paints.tokens.muted, 1.0, alpha=150))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)

    def _draw_port(self, painter: QPainter, hit: Hit, drawing: Drawing) -> None:
        at = self._shapes.port(hit.block, hit.port, hit.side)
        port = self._shapes.card(hit.block).port(hit.port, hit.side)
        kind = port.type.kind if port else "any"
        paints = drawing.paints
        painter.setPen(NO_PEN)
        painter.setBrush(paints.brush(paints.of_type(kind), 60))
        painter.drawEllipse(at, SIZE * 2.2, SIZE * 2.2)
        painter.setBrush(paints.brush(paints.of_type(kind)))
        draw_outline(painter, kind, at.x(), at.y(), SIZE + 1)
