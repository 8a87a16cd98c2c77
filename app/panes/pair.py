"""Two things side by side, or one below the other where that is too narrow."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

NARROW = 480
"""Pixels below which two things side by side can't be read."""

WHOLE = 1000
"""Is more than the least that any part needs: what is less isn't divided by shares."""


class Pair(QSplitter):
    """Whoever looks may move what divides them; no part can be lost by that."""

    def __init__(
        self, parent: QWidget, first: QWidget, second: QWidget, shares: tuple[int, int]
    ) -> None:
        """`shares` is how the room is divided among the two at first."""
        super().__init__(parent)
        self._shares = shares
        for number, part in enumerate((first, second)):
            self.addWidget(part)
            self.setStretchFactor(number, shares[number])
        self.setChildrenCollapsible(False)
        self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if way != self.orientation():
            self.setOrientation(way)
            self._divide()

    def _divide(self) -> None:
        below = self.orientation() == Qt.Orientation.Vertical
        self.setSizes([WHOLE * share for share in ((1, 1) if below else self._shares)])
