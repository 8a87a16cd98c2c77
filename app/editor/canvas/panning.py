"""Moving the view by mouse, touch pad and wheel."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent

from app.editor.canvas.view import SceneView

ZOOM_STEP = 1.0015
"""The zoom of one unit of a wheel's turn, of which a notch has 120."""

TURN_OF_A_PIXEL = 2.0
"""How far two fingers turn the wheel for a pixel, where nothing but the turn is told."""


class Panning:
    """Middle button or space and drag pan; the wheel zooms at the mouse; two fingers pan."""

    def __init__(self, view: SceneView) -> None:
        self._view = view
        self._space = False
        self._last: QPointF | None = None

    def press(self, event: QMouseEvent) -> bool:
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (self._space and event.button() == Qt.MouseButton.LeftButton):
            self._last = event.position()
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        return False

    def move(self, event: QMouseEvent) -> bool:
        if self._last is None:
            return False
        way = self._last - event.position()
        self._last = event.position()
        self._view.pan_by(way.x(), way.y())
        return True

    def release(self, _: QMouseEvent) -> bool:
        if self._last is None:
            return False
        self._last = None
        self._show_cursor()
        return True

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space or event.modifiers():
            return False
        if not event.isAutoRepeat():
            self._space = True
            self._show_cursor()
        return True

    def key_released(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        return True

    def lost_focus(self) -> None:
        """No release of a key will be heard."""
        self._space = False
        self._show_cursor()

    def wheel(self, event: QWheelEvent) -> None:
        turned, pixels = event.angleDelta(), event.pixelDelta()
        zooming = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        fingers = event.device().type() == QInputDevice.DeviceType.TouchPad
        if fingers and not zooming:
            way = turned / TURN_OF_A_PIXEL if pixels.isNull() else pixels
            self._view.pan_by(-way.x(), -way.y())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._view.pan_by(-(turned.y() or turned.x()), 0)
        elif turned.y():
            self._view.zoom_by(ZOOM_STEP ** turned.y(), event.position())
        elif turned.x():
            self._view.pan_by(-turned.x(), 0)

    def pinch(self, event: QEvent) -> bool:
        """Two fingers spread or close."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._view.zoom_by(1 + event.value(), event.position())
            return True
        return False

    def _show_cursor(self) -> None:
        viewport = self._view.viewport()
        if self._space:
            viewport.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            viewport.unsetCursor()
