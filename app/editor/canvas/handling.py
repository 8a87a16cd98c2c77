"""What is done with mouse and keyboard on a canvas: the door for gestures, and the plain ones."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)

from app.editor.canvas.hits import Hit
from app.workbench import Workbench


class Gestures:
    """Told of every event first; what it gives True for goes no further."""

    def press(self, _: QMouseEvent, /) -> bool:
        return False

    def move(self, _: QMouseEvent, /) -> bool:
        """The mouse moves while a button is down."""
        return False

    def hover(self, _: QMouseEvent, /) -> bool:
        """The mouse moves while no button is down."""
        return False

    def release(self, _: QMouseEvent, /) -> bool:
        return False

    def double(self, _: QMouseEvent, /) -> bool:
        return False

    def leave(self) -> bool:
        return False

    def wheel(self, _: QWheelEvent, /) -> bool:
        return False

    def key(self, _: QKeyEvent, /) -> bool:
        return False

    def key_released(self, _: QKeyEvent, /) -> bool:
        return False

    def overrides(self, _: QKeyEvent, /) -> bool:
        """Whether a key is for `key`, though an action has it as its shortcut."""
        return False

    def menu(self, _: QContextMenuEvent, /) -> bool:
        return False

    def drag(self, _: QDragMoveEvent, /) -> bool:
        """Something is dragged in or over; accept the event to have it dropped."""
        return False

    def drag_left(self) -> bool:
        return False

    def drop(self, _: QDropEvent, /) -> bool:
        return False


class Clicking(Gestures):
    """A click selects what is there, Ctrl or Shift adds to what is selected."""

    def __init__(self, workbench: Workbench, hit_at: Callable[[QPointF], Hit]) -> None:
        self._workbench = workbench
        self._hit_at = hit_at

    def press(self, event: QMouseEvent, /) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        hit = self._hit_at(event.position())
        adding = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        select_hit(self._workbench, hit, adding=bool(adding))
        return True


def select_hit(bench: Workbench, hit: Hit, *, adding: bool) -> None:
    """Select what was hit; `adding`, put it to what is selected, or take it out again."""
    blocks = {hit.block} if hit.block else set[str]()
    links = {hit.link} if hit.link else set()
    frames = {hit.frame} if hit.kind in ("frame", "frame-edge") else set[str]()
    if adding:
        blocks ^= bench.selected
        links ^= bench.selected_links
        frames ^= bench.selected_frames
    bench.select(blocks, links, frames)
