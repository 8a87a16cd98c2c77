"""Plots beside and below each other, as many in a row as there is room for."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from app.plots.card import PlotCard

NARROWEST = 236
"""Pixels that a plot is wide at the least, where more than one is in a row."""


class Wall(QScrollArea):
    """Scrolls when there are more rows than it can show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Charts")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget(self)
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setSpacing(8)
        self.setWidget(self._inside)
        self.cards: list[PlotCard] = []
        self._columns = 0

    @property
    def inside(self) -> QWidget:
        """What cards are made in."""
        return self._inside

    def show_cards(self, cards: Sequence[PlotCard]) -> None:
        """Show these, in that order."""
        if list(cards) != self.cards:
            self.cards = list(cards)
            self._columns = 0
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wanted = max(1, self.viewport().width() // NARROWEST)
        columns = max(1, min(wanted, len(self.cards)))
        if columns == self._columns:
            return
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        while self._grid.count():
            self._grid.takeAt(0)
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // columns, at % columns)
            card.show()
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        self._columns = columns
