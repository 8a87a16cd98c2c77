"""Hands what is done on a canvas to the one gesture that it begins or goes on with."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
)

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.handling import Gestures
from app.editor.gestures import (
    double_click,
    dropping,
    keys,
    linking,
    menus,
    moving,
    resizing,
    routing,
    selecting,
    slicing,
)
from app.editor.gestures.gesture import RIGHT, Gesture, Press, Spot
from app.editor.gestures.hovering import Hovering

STARTS: tuple[Callable[[Canvas, Press], Gesture | None], ...] = (
    slicing.start, linking.start, routing.start, moving.start, resizing.start, selecting.start,
)  # fmt: skip
"""Asked in this order what begins with a press."""

EDGE = 28
"""Pixels from the edge of the view where it begins to move along."""
FASTEST = 18.0
"""Pixels a frame that it moves at most."""


class Acting(Gestures):
    """What is done with mouse and keyboard on one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.gesture: Gesture | None = None
        self._begun = False
        self._spot = Spot(QPointF(), QPointF(), Qt.KeyboardModifier.NoModifier)
        self._hovering = Hovering(canvas)
        self._dropping = dropping.Dropping(canvas)
        self._scrolling = QTimer(canvas, interval=16)
        self._scrolling.timeout.connect(self._scroll)
        canvas.workbench.changed.connect(self.call_off)
        canvas.workbench.level_changed.connect(self.call_off)

    # The mouse.

    def press(self, event: QMouseEvent, /) -> bool:
        """Begin a gesture; while there is one, another button calls it off."""
        if self.gesture is not None:
            self.call_off()
            return True
        self._hovering.stop()
        spot = self._spot = self._spot_of(event)
        press = Press(spot, event.button(), self._canvas.hit(spot.scene))
        found = (start(self._canvas, press) for start in STARTS)
        self.gesture = next((gesture for gesture in found if gesture), None)
        return self.gesture is not None

    def move(self, event: QMouseEvent, /) -> bool:
        """Go on with the gesture, once the mouse has really been moved."""
        if self.gesture is None:
            return False
        self._spot = self._spot_of(event)
        if not self._begun and self._is_moved():
            self._begin(self.gesture)
        if self._begun:
            self._go_on()
        return True

    def release(self, event: QMouseEvent, /) -> bool:
        """Finish the gesture."""
        gesture, begun = self.gesture, self._begun
        if gesture is None or event.button() != gesture.press.button:
            return False
        self._spot = self._spot_of(event)
        self._end()
        (gesture.finish if begun else gesture.click)(self._spot)
        if gesture.press.button == RIGHT and not begun:
            menus.open_menu(self._canvas, gesture.press.hit, event.globalPosition().toPoint())
        self.hover(event)
        return True

    def double(self, event: QMouseEvent, /) -> bool:
        """Enter, edit or add, by what is there."""
        spot = self._spot_of(event)
        hit = self._canvas.hit(spot.scene)
        return event.button() == Qt.MouseButton.LeftButton and double_click.act(
            self._canvas, hit, spot.scene
        )

    def hover(self, event: QMouseEvent, /) -> bool:
        """Let what is under the mouse stand out."""
        self._hovering.move(self._spot_of(event).scene)
        return True

    def leave(self) -> bool:
        """The mouse is elsewhere."""
        self._hovering.stop()
        return True

    def menu(self, event: QContextMenuEvent, /) -> bool:
        """Open the menu of what is there, or of what is selected when a key asks for it."""
        if self.gesture is None and event.reason() == QContextMenuEvent.Reason.Keyboard:
            menus.open_by_key(self._canvas)
        elif self.gesture is None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            hit = self._canvas.hit(self._canvas.to_scene(QPointF(event.pos())))
            menus.open_menu(self._canvas, hit, event.globalPos())
        return True

    # The keyboard.

    def key(self, event: QKeyEvent, /) -> bool:
        """Escape calls off; the arrows move what is selected, or the selection; a menu opens."""
        if event.key() == Qt.Key.Key_Escape and self.gesture is not None:
            self.call_off()
            return True
        if self.gesture is None and keys.asks_for_menu(event):
            menus.open_by_key(self._canvas)
            return True
        return self.gesture is None and keys.act(self._canvas, event)

    def overrides(self, event: QKeyEvent, /) -> bool:
        """Whether a key belongs to the gesture, and not to the action that has it."""
        return event.key() == Qt.Key.Key_Escape and self.gesture is not None

    # Drag and drop.

    def drag(self, event: QDragMoveEvent, /) -> bool:
        return self._dropping.drag(event)

    def drag_left(self) -> bool:
        return self._dropping.leave()

    def drop(self, event: QDropEvent, /) -> bool:
        return self._dropping.drop(event)

    # A gesture's life.

    def call_off(self, _: object = None) -> None:
        """Leave everything as it was before the gesture, if there is one."""
        if (gesture := self.gesture) is None:
            return
        self._end()
        gesture.cancel()

    def _begin(self, gesture: Gesture) -> None:
        self._begun = True
        gesture.begin()
        self._canvas.overlay.append(gesture.draw)
        self._canvas.viewport().setCursor(gesture.cursor)
        if gesture.scrolls:
            self._scrolling.start()

    def _go_on(self) -> None:
        assert self.gesture is not None
        self.gesture.move(self._spot)
        self._canvas.redraw_overlay()

    def _end(self) -> None:
        gesture, self.gesture, self._begun = self.gesture, None, False
        self._scrolling.stop()
        if gesture is not None and gesture.draw in self._canvas.overlay:
            self._canvas.overlay.remove(gesture.draw)
        self._canvas.viewport().unsetCursor()
        self._canvas.redraw_overlay()

    def _is_moved(self) -> bool:
        assert self.gesture is not None
        way = self._spot.view - self.gesture.press.spot.view
        return way.manhattanLength() >= QGuiApplication.styleHints().startDragDistance() / 2

    def _spot_of(self, event: QMouseEvent) -> Spot:
        place = event.position()
        return Spot(place, self._canvas.to_scene(place), event.modifiers())

    def _scroll(self) -> None:
        """Move the view along while the mouse is held at its edge."""
        view = self._canvas.viewport()
        place = self._spot.view
        across, down = _pull(place.x(), view.width()), _pull(place.y(), view.height())
        if self.gesture is not None and self._begun and (across or down):
            self._canvas.pan_by(across, down)
            self._spot = self._spot._replace(scene=self._canvas.to_scene(self._spot.view))
            self._go_on()


def _pull(at: float, length: int) -> float:
    """How fast a place near an end of the view moves it."""
    if at < EDGE:
        return -min(FASTEST, (EDGE - at) / 2)
    return min(FASTEST, (at - length + EDGE) / 2) if at > length - EDGE else 0.0
