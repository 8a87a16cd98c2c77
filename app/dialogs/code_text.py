"""A text that a program reads: in letters of one width, to be looked at and copied."""

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.theme import MONO


class CodeText(QPlainTextEdit):
    """Shown as it is, without breaking its lines."""

    def __init__(self, text: str, name: str, parent: QWidget, *, height: int) -> None:
        """`name` says what it is to who can't see it; `height` is the least, in pixels."""
        super().__init__(text, parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setProperty("mono", True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = self.font()
        font.setFamilies(list(MONO))
        self.setFont(font)
        self.setTabStopDistance(QFontMetricsF(font).horizontalAdvance(" ") * 4)
        self.setMinimumHeight(height)
