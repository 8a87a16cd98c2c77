"""The frame of the studio's dialogs: a heading, what it is about, and buttons in a row."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.theme import TITLE, font

MARGIN = 22


class Sheet(QDialog):
    """Shown by `open()`, never by a loop of its own; gone once closed."""

    def __init__(self, parent: QWidget, title: str, text: str = "", *, width: int = 520) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        self._by_title: dict[str, QPushButton] = {}
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN - 4)
        layout.setSpacing(12)
        layout.addWidget(_heading(title, self))
        layout.addLayout(self.body, 1)
        layout.addSpacing(4)
        layout.addLayout(self._buttons)
        if text:
            self.say(text)

    def say(self, text: str, *, small: bool = False) -> QLabel:
        """Add a paragraph."""
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if small:
            label.setProperty("role", "small")
        self.body.addWidget(label)
        return label

    def button(
        self, title: str, do: Callable[[], object] | None = None, *, main: bool = False,
        closes: bool = True, left: bool = False, tip: str = "",
    ) -> QPushButton:  # fmt: skip
        """Add a button, from left to right; `main` is what Return presses."""
        button = QPushButton(title, self)
        button.setAutoDefault(main)
        button.setDefault(main)
        button.setToolTip(tip)
        if main:
            button.setProperty("primary", True)
        if closes:
            button.clicked.connect(self.accept if do else self.reject)
        if do:
            button.clicked.connect(lambda: do())
        self._by_title[title] = button
        self._buttons.insertWidget(0, button) if left else self._buttons.addWidget(button)
        return button

    def press(self, title: str) -> None:
        """Press the button of that title, as a person would."""
        self._by_title[title].click()


def _heading(title: str, parent: QWidget) -> QLabel:
    label = QLabel(title, parent)
    label.setFont(font(TITLE, bold=True))
    label.setProperty("role", "title")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
