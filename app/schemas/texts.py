"""Texts of code, to be looked at or to be pasted into."""

from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QWidget

from app.editor.fields.highlighting import Highlighter

LONGEST_WORD = 24
"""Letters beyond which a text may go over several lines."""


class Code(QPlainTextEdit):
    """Fills its place, in letters of one width and in colours."""

    def __init__(self, parent: QWidget, name: str, language: str = "") -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("mono", True)
        self.setProperty("bare", True)
        self.setProperty("rings", True)
        self.setTabChangesFocus(True)  # or whoever has no mouse would not get out of it
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setMinimumSize(60, 40)
        self._colours = Highlighter(self.document(), language)
        self._language = language

    def show_code(self, text: str, language: str) -> None:
        """Show a text, if it is another one than before."""
        if language != self._language:
            self._language = language
            self._colours.setDocument(None)
            self._colours = Highlighter(self.document(), language)
        if text != self.toPlainText():
            self.setPlainText(text)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._colours.restyle()


def muted(text: str, parent: QWidget) -> QLabel:
    """A word in a bar."""
    label = QLabel(text, parent)
    label.setProperty("role", "muted")
    label.setWordWrap(len(text) > LONGEST_WORD)
    return label
