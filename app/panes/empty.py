"""What a dock says where it has nothing to show, and what can be done about that."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.controls import paragraph
from app.icons import icon
from app.theme import current

CENTRE = Qt.AlignmentFlag.AlignHCenter
SIGN = 36
WIDEST = 560
"""Pixels of a line of words at the most: longer ones are hard to read."""


class Empty(QWidget):
    """The sign of the dock, words below it, and a button where something is offered."""

    def __init__(self, parent: QWidget, sign: str, text: str) -> None:
        super().__init__(parent)
        self._name = sign
        self._sign = QLabel(self)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = paragraph(self, "empty", text)
        self._words.setMaximumWidth(WIDEST)
        self.offer = QPushButton()  # has no place unless something is offered
        self._offers = False
        self._lay_out()
        self.restyle()

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def offers(self, title: str, do: Callable[[], object]) -> None:
        """Have a button for what can be done first of all."""
        self._offers = True
        self.offer.setText(title)
        self.offer.setProperty("primary", True)
        self.offer.setAutoDefault(False)
        self.offer.clicked.connect(lambda: do())
        self._column.insertWidget(self._column.count() - 1, self.offer, 0, CENTRE)
        self.offer.hide()

    def say(self, text: str, *, offer: bool = False) -> None:
        """Say why there is nothing; `offer` has the button stand below."""
        self._words.setText(text)
        if self._offers:
            self.offer.setVisible(offer)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In little height the words are what counts."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Have the sign only where it cuts nothing off."""
        room = self.contentsRect().marginsRemoved(self._column.contentsMargins())
        needed = SIGN + self._words.heightForWidth(min(WIDEST, room.width()))
        if not self.offer.isHidden() and self._offers:
            needed += self.offer.sizeHint().height()
        self._sign.setVisible(needed <= room.height())

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._sign.setPixmap(icon(self._name, current().faint).pixmap(QSize(SIGN, SIGN)))

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._words, WIDEST)
        middle.addStretch(1)
        self._column = column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self._sign)
        column.addLayout(middle)
        column.addStretch(3)
