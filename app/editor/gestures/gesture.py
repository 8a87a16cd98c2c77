"""What a gesture is: it begins at a press, follows the mouse, and is finished or called off."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.hits import Hit

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton


class Spot(NamedTuple):
    """Where the mouse is: in the view, in the scene, and with which keys held."""

    view: QPointF
    scene: QPointF
    keys: Qt.KeyboardModifier


class Press(NamedTuple):
    """Where a gesture begins."""

    spot: Spot
    button: Qt.MouseButton
    hit: Hit


class Gesture:
    """One of these is under way at most. `begin` comes with the first real movement."""

    cursor: Qt.CursorShape = Qt.CursorShape.ArrowCursor
    scrolls = True
    """Whether the view moves along when the mouse comes to its edge."""

    def __init__(self, canvas: Canvas, press: Press) -> None:
        self.canvas = canvas
        self.bench = canvas.workbench
        self.press = press

    def click(self, spot: Spot, /) -> None:
        """The mouse was pressed and released without being moved."""

    def begin(self) -> None:
        """The mouse is being moved."""

    def move(self, spot: Spot, /) -> None:
        """The mouse has come there."""

    def finish(self, spot: Spot, /) -> None:
        """The mouse was released there."""

    def cancel(self) -> None:
        """It was called off: nothing is to have changed."""

    def draw(self, painter: QPainter) -> None:
        """Show what is being done, over the flow, in scene coordinates."""
