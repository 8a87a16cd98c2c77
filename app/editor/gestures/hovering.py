"""The shape of the mouse says what can be done where it is."""

from PySide6.QtCore import QPointF, Qt

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.hits import Hit
from app.editor.gestures.resizing import CURSORS


class Hovering:
    """Told where the mouse is while no button is down."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._hit = Hit()

    def move(self, point: QPointF) -> None:
        """The mouse has come there."""
        hit = self._canvas.hit(point)
        if (hit.kind, hit.index) != (self._hit.kind, self._hit.index):
            self._show(hit)
        self._hit = hit

    def stop(self) -> None:
        """The mouse does something, or is elsewhere."""
        self._hit = Hit()

    def _show(self, hit: Hit) -> None:
        view = self._canvas.viewport()
        match hit.kind:
            case "port":
                view.setCursor(Qt.CursorShape.CrossCursor)
            case "frame-edge":
                view.setCursor(CURSORS.get(hit.index, Qt.CursorShape.SizeAllCursor))
            case "route":
                view.setCursor(Qt.CursorShape.SizeAllCursor)
            case _:
                view.unsetCursor()
