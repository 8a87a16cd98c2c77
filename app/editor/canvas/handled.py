"""A view of a scene that hands its events on: to what moves the view, and to the gestures."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QToolTip

from app.editor.canvas.handling import Gestures
from app.editor.canvas.panning import Panning
from app.editor.canvas.view import SceneView

BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)  # fmt: skip


class HandledView(SceneView):
    """Panning comes first, then whatever `gestures` makes of an event."""

    def __init__(self) -> None:
        super().__init__()
        self.gestures = Gestures()
        self.ringed = False
        """Whether the keyboard has put the focus here."""
        self._panning = Panning(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.moved_view.connect(lambda: QToolTip.hideText())

    def point_at(self, place: QPointF | None) -> None:
        """The mouse is at a place of the view; None when it has left."""

    def tip_at(self, _: QPointF, /) -> str:
        """What is told of the thing at a place of the view, "" for nothing."""
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self._panning.press(event):
            self.gestures.press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._panning.move(event):
            if event.buttons() != Qt.MouseButton.NoButton:
                self.gestures.move(event)
            else:
                self.point_at(event.position())
                self.gestures.hover(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._panning.release(event):
            self.gestures.release(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._panning.press(event):
            self.gestures.double(event)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.gestures.wheel(event):
            self._panning.wheel(event)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self._panning.key(event) or self.gestures.key(event)):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not (self._panning.key_released(event) or self.gestures.key_released(event)):
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """A gesture may want a key that an action has."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(self.gestures.overrides(event))
            return True
        return bool(super().event(event))

    def leaveEvent(self, event: QEvent) -> None:
        self.gestures.leave()
        self.point_at(None)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.setAccepted(self.gestures.menu(event))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.gestures.drag(event):
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not self.gestures.drag(event):
            event.ignore()

    def dragLeaveEvent(self, _: QDragLeaveEvent) -> None:
        self.gestures.drag_left()

    def dropEvent(self, event: QDropEvent) -> None:
        if not self.gestures.drop(event):
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard's way here is shown; the mouse knows where it is."""
        self.ringed = event.reason() in BY_KEYBOARD
        self.viewport().update()
        QGraphicsView.focusInEvent(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._panning.lost_focus()
        self.ringed = False
        self.viewport().update()
        QGraphicsView.focusOutEvent(self, event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Pinching zooms; resting the mouse tells of what is there."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        if event.type() == QEvent.Type.NativeGesture:
            return self._panning.pinch(event)
        return bool(super().viewportEvent(event))
