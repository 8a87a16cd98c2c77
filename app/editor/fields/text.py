"""One line of text."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from graph.spec import Parameter


class TextField(Field):
    """A text that fits on a line."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.line = QLineEdit(self)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.row.addWidget(self.line, 1)
        self.attend(self.line)
        self.line.textEdited.connect(self._edited)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Texts without line breaks."""
        return isinstance(value, str) and "\n" not in value and "\r" not in value

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        text = "" if value is UNSET else str(value)
        if text != self.line.text():
            at = self.line.cursorPosition()
            self.line.setText(text)
            self.line.setCursorPosition(min(at, len(text)))
        self._hint()

    def _hint(self) -> None:
        self.line.setPlaceholderText("Empty" if self.value == "" else as_hint(self.default))

    def _edited(self, text: str) -> None:
        self.become(text if text or self.empty_counts else UNSET)
        self._hint()

    @property
    def empty_counts(self) -> bool:
        """Whether no text is a value of its own, and not the same as leaving it out."""
        return self.default is not UNSET and self.default != ""


def as_hint(default: Any) -> str:
    """A default as a placeholder shows it."""
    if default is UNSET or default is None:
        return ""
    text = default if isinstance(default, str) else str(default)
    return text.replace("\n", "↵").replace("\t", "⇥")
