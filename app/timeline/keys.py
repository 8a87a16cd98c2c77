"""What the keys do while the timeline has them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from app.timeline.chart_view import ChartView
    from app.timeline.head import Head

K = Qt.Key
STEP = 1.5
LARGE = 0.02
"""The part of all events that a large step goes."""

TOLD: Sequence[tuple[str, Sequence[str]]] = (
    ("One event back", ("Left",)), ("One event on", ("Right",)),
    ("Further back or on", ("Shift+Left", "Shift+Right")),
    ("To the first event", ("Home",)), ("Back to now", ("End", "Esc")),
    ("Play or pause the run", ("Space",)),
    ("Zoom in", ("+",)), ("Zoom out", ("-",)), ("Show the whole run", ("0",)),
    ("Choose a lane", ("Up", "Down")), ("Go to the block of the lane", ("Return",)),
)  # fmt: skip
"""What the keys do, in words."""


class Keys:
    """`press` does what a key means, and says whether it means anything."""

    def __init__(self, chart: "ChartView") -> None:
        self._chart = chart
        self._of_head: Mapping[int, Callable[[Head, int], object]] = {
            K.Key_Left: lambda head, by: head.go_by(-by),
            K.Key_Right: lambda head, by: head.go_by(by),
            K.Key_Home: lambda head, _: head.go_to(1),
            K.Key_End: lambda head, _: head.go_to_now(),
            K.Key_Escape: lambda head, _: head.go_to_now(),
            K.Key_Space: lambda head, _: head.pause() if head.is_playing else head.play(),
        }
        self._of_view: Mapping[int, Callable[[], object]] = {
            K.Key_Plus: lambda: chart.zoom(STEP),
            K.Key_Equal: lambda: chart.zoom(STEP),
            K.Key_Minus: lambda: chart.zoom(1 / STEP),
            K.Key_0: chart.fit,
            K.Key_Up: lambda: chart.choose_lane(-1),
            K.Key_Down: lambda: chart.choose_lane(1),
            K.Key_Return: chart.entered.emit,
            K.Key_Enter: chart.entered.emit,
        }

    def knows(self, event: QKeyEvent) -> bool:
        """Whether the key is for the timeline."""
        others = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        known = event.key() in self._of_head or event.key() in self._of_view
        return known and not event.modifiers() & others

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key means."""
        if not self.knows(event):
            return False
        if (do := self._of_view.get(event.key())) is not None:
            do()
        elif (head := self._chart.head) is not None:
            if event.key() != K.Key_Space:
                head.pause()
            self._of_head[event.key()](head, self._step(event, head))
        return True

    def _step(self, event: QKeyEvent, head: "Head") -> int:
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return 1
        return max(10, int(head.last * LARGE))
