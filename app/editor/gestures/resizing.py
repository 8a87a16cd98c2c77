"""Frames made larger and smaller at their edges."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.handling import select_hit
from app.editor.canvas.paints import NO_BRUSH
from app.editor.gestures.gesture import LEFT, Gesture, Press, Spot
from app.editor.gestures.selecting import adds
from app.presenters import framing
from app.presenters.snapping import GRID
from graph.edits import SetFrame

CURSORS = {
    framing.LEFT: Qt.CursorShape.SizeHorCursor,
    framing.RIGHT: Qt.CursorShape.SizeHorCursor,
    framing.TOP: Qt.CursorShape.SizeVerCursor,
    framing.BOTTOM: Qt.CursorShape.SizeVerCursor,
    framing.LEFT | framing.TOP: Qt.CursorShape.SizeFDiagCursor,
    framing.RIGHT | framing.BOTTOM: Qt.CursorShape.SizeFDiagCursor,
    framing.RIGHT | framing.TOP: Qt.CursorShape.SizeBDiagCursor,
    framing.LEFT | framing.BOTTOM: Qt.CursorShape.SizeBDiagCursor,
}


class Resize(Gesture):
    """The held sides follow the mouse; what stands in the frame stays."""

    def __init__(self, canvas: Canvas, press: Press) -> None:
        super().__init__(canvas, press)
        self.cursor = CURSORS.get(press.hit.index, Qt.CursorShape.SizeAllCursor)
        self._before = self._after = self.bench.flow.view.frames[press.hit.frame]
        select_hit(self.bench, press.hit, adding=adds(press.spot.keys))

    def move(self, spot: Spot, /) -> None:
        way = spot.scene - self.press.spot.scene
        by = (round(way.x() / GRID) * GRID, round(way.y() / GRID) * GRID)
        self._after = framing.resized(self._before, self.press.hit.index, by)

    def finish(self, _: Spot, /) -> None:
        self.bench.do(SetFrame(self.press.hit.frame, self._after), label="Resize a frame")

    def draw(self, painter: QPainter) -> None:
        paints, frame = self.canvas.drawing.paints, self._after
        painter.setPen(paints.pen(paints.tokens.accent, 0, dashed=True))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(QRectF(frame.x, frame.y, frame.width, frame.height), 8, 8)


def start(canvas: Canvas, press: Press) -> Gesture | None:
    """On the edge of a frame."""
    if press.button == LEFT and press.hit.kind == "frame-edge":
        return Resize(canvas, press)
    return None
