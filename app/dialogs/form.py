"""The frame of dialogs that ask for several things: fields under their titles, in a grid."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.sheet import Sheet
from app.living import is_there
from graph.errors import HeddleError


class Form(Sheet):
    """A sheet with named fields and a line that says what is wrong with them.

    It stays, with all that was typed, until what it asks for is done.
    """

    def __init__(self, parent: QWidget, title: str, text: str) -> None:
        super().__init__(parent, title, text)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(12)
        self.grid.setVerticalSpacing(8)
        self.body.addLayout(self.grid)
        self._main: QPushButton | None = None
        self.told = QLabel(self)
        self.told.setProperty("role", "error")
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.told.hide()
        self.body.addWidget(self.told)

    def add(self, title: str, field: QWidget, at: tuple[int, int], wide: int = 1) -> None:
        """Put a field under its title, at a row and column."""
        label = QLabel(title, self)
        label.setBuddy(field)
        field.setAccessibleName(title)
        pair = QVBoxLayout()
        pair.setSpacing(3)
        pair.addWidget(label)
        pair.addWidget(field)
        self.grid.addLayout(pair, *at, 1, wide)

    def asks(self, title: str, do: Callable[[], object], *, leave: str = "Cancel") -> QPushButton:
        """Add the buttons: to `leave`, and to have it done; `finish` or `refuse` answers that."""

        def hand_on() -> None:
            self.told.hide()
            main.setEnabled(False)  # or a second press would have it done twice
            do()

        self.button(leave)
        self._main = main = self.button(title, hand_on, main=True, closes=False)
        return main

    def finish(self, _: object = None) -> None:
        """It is done: close."""
        if is_there(self):
            self.accept()

    def refuse(self, error: HeddleError | ValueError) -> None:
        """Say what is wrong, and stay."""
        if is_there(self):
            self.told.setText(str(error))
            self.told.show()
            self._fit()
            self.ready()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the fields and what is said need, or fields would be squeezed."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def ready(self) -> None:
        """Let it be asked for again."""
        if self._main is not None:
            self._main.setEnabled(True)


def choice(parent: QWidget, said: Mapping[str, str], chosen: str) -> QComboBox:
    """A box of values, by what is said of each; the first is chosen where `chosen` is none."""
    box = QComboBox(parent)
    for value, text in said.items():
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box
