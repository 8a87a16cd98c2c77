"""Cutting links by drawing a line across them."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.gesture import CTRL, LEFT, RIGHT, SHIFT, Gesture, Press, Spot
from app.editor.gestures.outlines import draw_link
from graph.edits import Disconnect


class Slice(Gesture):
    """Every link that the line crosses is taken out when the mouse is released."""

    cursor = Qt.CursorShape.CrossCursor
    scrolls = False

    def __init__(self, canvas: Canvas, press: Press) -> None:
        super().__init__(canvas, press)
        self._line = [press.spot.scene]

    def move(self, spot: Spot, /) -> None:
        self._line.append(QPointF(spot.scene))

    def finish(self, _: Spot, /) -> None:
        cut = sorted(self.canvas.links_crossing(self._line))
        label = "Cut a link" if len(cut) == 1 else f"Cut {len(cut)} links"
        self.bench.do(*map(Disconnect, cut), label=label)

    def draw(self, painter: QPainter) -> None:
        paints = self.canvas.drawing.paints
        for target in self.canvas.links_crossing(self._line):
            draw_link(painter, self.canvas, target, paints.tokens.failed)
        painter.setPen(paints.pen(paints.tokens.failed, 0, dashed=True))
        painter.drawPolyline(self._line)


def start(canvas: Canvas, press: Press) -> Gesture | None:
    """Ctrl and the right button, or Ctrl, Shift and the left one on nothing."""
    keys, both = press.spot.keys, CTRL | SHIFT
    right = press.button == RIGHT and keys & CTRL
    left = press.button == LEFT and keys & both == both and press.hit.kind in ("", "link", "frame")
    return Slice(canvas, press) if right or left else None
