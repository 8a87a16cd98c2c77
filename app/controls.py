"""Controls that look the same everywhere: buttons of bars, texts that can be copied."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def small_button(parent: QWidget, title: str, tip: str, do: Callable[[], object]) -> QPushButton:
    """A button for a bar."""
    button = QPushButton(title, parent)
    button.setProperty("small", True)
    button.setToolTip(tip)
    button.clicked.connect(lambda: do())
    return button


def paragraph(parent: QWidget, role: str, text: str = "") -> QLabel:
    """Plain text over several lines, which can be selected; `role` is its look."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label
