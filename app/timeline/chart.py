"""The chart of a run over time, as mouse and keys move it and the head in it."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from app.presenters.time_scale import Span, whole
from app.timeline.chart_view import ChartView
from app.timeline.keys import Keys
from app.timeline.painter import RULER

STEP = 1.25
GRIP = 6
"""Pixels beside the head that still take hold of it."""

SLACK = 4
"""Pixels that a mouse may move in a click."""


class Drag(NamedTuple):
    """What is held, the head or the picture, and how all was when it was taken hold of."""

    of_head: bool
    place: QPoint
    span: Span
    scrolled: int


class Chart(ChartView):
    """A click selects, a drag moves the picture, or the head where that is or in the ruler."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._drag: Drag | None = None
        self._keys = Keys(self)

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the head, or of the picture."""
        place = event.position().toPoint()
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        left = event.button() == Qt.MouseButton.LeftButton
        of_head = left and self._is_scrubbing(place)
        self._drag = Drag(of_head, place, self.span, self.verticalScrollBar().value())
        self.is_held = True
        if of_head:
            self._scrub(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it, or show what a press would take hold of."""
        place = event.position().toPoint()
        if self._drag is None:
            self.viewport().setCursor(self._cursor(place))
        elif self._drag.of_head:
            self._scrub(place)
        else:
            self._pan(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press that went nowhere was a click."""
        drag, self._drag, self.is_held = self._drag, None, False
        place = event.position().toPoint()
        if drag and not drag.of_head and (place - drag.place).manhattanLength() <= SLACK:
            self._click(place)
        self.viewport().setCursor(self._cursor(place))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See one bar as large as there is room for."""
        self.look_at(self.task_at(event.position().toPoint()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the bar under the mouse."""
        self.menu_at(event.pos()).popup(event.globalPos())

    def menu_at(self, place: QPoint) -> QMenu:
        """The menu of a place."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        task = self.task_at(place)
        if task >= 0 and self.shown is not None:
            line = self.shown.known.line
            began, ended = line.starts[task], line.end_of(task)
            menu.addAction("Go to when it began", lambda: self._go_to(began))
            menu.addAction("Go to when it ended", lambda: self._go_to(ended))
            menu.addAction("Zoom in on it", lambda: self.look_at(task))
            menu.addSeparator()
        menu.addAction("Show the whole run", self.fit)
        return menu

    def look_at(self, task: int) -> None:
        """See the bar of a task as large as there is room for."""
        if task >= 0 and self.scene is not None:
            tasks = self.scene.tasks
            began, ended = float(tasks.starts[task]), float(tasks.ends[task])
            found = whole(ended - began, self.width_of_time)
            self.look(found._replace(left=found.left + began))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; zoom with Ctrl, move in time with Shift or sideways."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(STEP ** (turn.y() / 120), event.position().x() - self.names)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or turn.x():
            self.look(self.span.moved(-(turn.x() or turn.y())))
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - turn.y() // 2)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell about the bar under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Have the keys before shortcuts of the window that are the same."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._keys.knows(event)
        ):
            event.accept()
            return True
        return super().event(event)

    # What that means.

    def _click(self, place: QPoint) -> None:
        if (task := self.task_at(place)) >= 0 and self.shown is not None:
            line = self.shown.known.line
            self.chosen.emit(line.blocks[line.block_of[task]])
        elif (
            place.x() < self.names and self.scene is not None and (lane := self.lane_at(place)) >= 0
        ):
            self.chosen.emit(self.scene.layout.lanes[lane].name)

    def _go_to(self, when: float) -> None:
        if self.head is not None:
            self.head.pause()
            self.head.go_to_time(when)

    def _name_at(self, place: QPoint) -> int:
        """The lane whose name is at a place of the view, -1 for none."""
        return self.lane_at(place) if place.x() < self.names else -1

    def _is_scrubbing(self, place: QPoint) -> bool:
        if place.x() < self.names:
            return False
        return place.y() < RULER or abs(place.x() - self.names - self.head_x()) <= GRIP

    def _scrub(self, place: QPoint) -> None:
        if self.shown is not None:
            x = min(max(place.x() - self.names, 0), self.width_of_time)
            self._go_to(self.span.time_at(x) + self.shown.known.line.began)

    def _pan(self, place: QPoint) -> None:
        assert self._drag is not None
        away = place - self._drag.place
        if away.manhattanLength() > SLACK:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.look(self._drag.span.moved(-away.x()))
            self.verticalScrollBar().setValue(self._drag.scrolled - away.y())

    def _cursor(self, place: QPoint) -> Qt.CursorShape:
        if self._is_scrubbing(place):
            return Qt.CursorShape.SizeHorCursor
        is_something = self.task_at(place) >= 0 or self._name_at(place) >= 0
        return Qt.CursorShape.PointingHandCursor if is_something else Qt.CursorShape.ArrowCursor
