"""Text over several lines, and lists of texts, one on a line."""

import re
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editor.fields.editor import Editor
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.editor.fields.text import as_hint
from graph.spec import Parameter

UNUSUAL = re.compile("[\r\x00\u2028\u2029\ufdd0\ufdd1]")


class LinesField(Field):
    """A text of any length."""

    language = ""
    """What is coloured."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.editor = Editor(self, self.language, least=2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.editor)
        self.attend(self.editor)
        self.editor.typed.connect(self._typed)
        around.theme_changed.connect(self.editor.restyle)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Texts, unless Qt would change what parts their lines."""
        return isinstance(value, str) and not UNUSUAL.search(value)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.editor.setPlaceholderText(self.hint())
        self.editor.show_text("" if value is UNSET else self.written(value))

    def hint(self) -> str:
        """What stands there while the field isn't set."""
        return "Empty" if self.value == "" else as_hint(self.default)

    def written(self, value: Any) -> str:
        """The value as it is typed."""
        return str(value)

    def read(self, text: str) -> Any:
        """What is typed as a value."""
        empty = not text and self.default in (UNSET, "", None)
        return UNSET if empty else text

    def _typed(self, text: str) -> None:
        self.become(self.read(text))


class TextsField(LinesField):
    """A list of texts: one on each line."""

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Lists of texts, none of which has lines of its own."""
        texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return texts and _are_lines(value)

    def hint(self) -> str:
        default = self.default
        if self.value == []:
            return "None"
        return "\n".join(default) if default and self.shows(default) else "One on each line"

    def written(self, value: Any) -> str:
        return "\n".join(value)

    def read(self, text: str) -> Any:
        if text.strip("\n") == "":
            return UNSET if not self.default else []
        return text.split("\n")


def _are_lines(texts: list[str]) -> bool:
    """Whether the texts are what splitting them, one below the other, gives again."""
    joined = "\n".join(texts)
    return texts == ([] if not joined.strip("\n") else joined.split("\n")) and not UNUSUAL.search(
        joined
    )
