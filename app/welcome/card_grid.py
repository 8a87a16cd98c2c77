"""Cards side by side, in as many columns as there is room for."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

SPACE = 12


class CardGrid(QWidget):
    """Lays its cards out by itself; arrow keys move between them."""

    def __init__(self, least: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._least = least
        self._cards: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def columns(self) -> int:
        """How many cards stand side by side."""
        return max(1, (self.width() + SPACE) // (self._least.width() + SPACE))

    def fill(self, cards: list[QWidget]) -> None:
        """Show these cards instead of those before."""
        for old in self._cards:
            old.hide()
            old.deleteLater()
        self._cards = cards
        for card in cards:
            card.setParent(self)
            card.installEventFilter(self)
            card.show()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        columns, height = self.columns, self._least.height()
        width = (self.width() - SPACE * (columns - 1)) // columns
        for at, card in enumerate(self._cards):
            row, column = divmod(at, columns)
            card.setGeometry(column * (width + SPACE), row * (height + SPACE), width, height)
        rows = -(-len(self._cards) // columns)
        self.setFixedHeight(max(0, rows * (height + SPACE) - SPACE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move to the card that lies that way."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {
                Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
                Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
            }  # fmt: skip
            step = steps.get(Qt.Key(event.key()))
            at = self._cards.index(watched) if watched in self._cards else -1
            if step and at >= 0:
                if 0 <= at + step < len(self._cards):
                    self._cards[at + step].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)
