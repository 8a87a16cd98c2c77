"""Any value, written as JSON."""

import json
from typing import Any

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editor.fields.editor import Editor, Mark
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from graph.file_format.plain import flaw
from graph.spec import Parameter
from graph.values import mismatch

WIDTH = 44
"""Letters up to which a value stands on one line."""


class NotJson(ValueError):
    """The text is no JSON; says why, and where from 1."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class JsonField(Field):
    """A JSON text; what isn't JSON, or of the wrong type, stays in the box."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.editor = Editor(self, "json", least=1, most=18)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.editor)
        self.attend(self.editor)
        self.editor.typed.connect(self._typed)
        around.theme_changed.connect(self.editor.restyle)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, _: Any) -> bool:
        return True

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        default = self.default
        hint = "" if default is UNSET else "Nothing" if default is None else in_json(default)
        self.editor.setPlaceholderText(hint)
        if value is UNSET:
            self.editor.show_text("")
        elif not self._says(value):
            self.editor.show_text(in_json(value))
        self.editor.show_marks(())

    def _says(self, value: Any) -> bool:
        try:
            written = read_json(self.editor.text)
        except NotJson:
            return False
        return written == value and in_json(written) == in_json(value)

    def pending(self) -> str:
        text = self.editor.text
        return text if text.strip() and self._flaw(text) else ""

    def show_pending(self, text: str) -> None:
        self.editor.show_text(text)
        self._typed(text)

    def _typed(self, text: str) -> None:
        if not text.strip():
            self.editor.show_marks(())
            self.become(UNSET)
        elif wrong := self._flaw(text):
            at = Mark(wrong.line, wrong.column, wrong.column + 1, wrong.message)
            self.editor.show_marks((at,) if wrong.line else ())
            self.refused.emit(wrong.message)
        else:
            self.editor.show_marks(())
            self.become(read_json(text))

    def _flaw(self, text: str) -> NotJson | None:
        try:
            value = read_json(text)
        except NotJson as error:
            return error
        if found := flaw(value):
            return NotJson(f"It {found.reason}. {found.cure}".rstrip())
        markers = isinstance(value, dict) and any(name.startswith("$") for name in value)
        reason = "" if markers else self.wrong(value)
        return NotJson(f"It {reason}.") if reason else None

    def wrong(self, value: Any) -> str:
        """Why a value doesn't suit the field, as the end of a sentence."""
        return mismatch(self.parameter.type, value)


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises NotJson."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        reason = _REASONS.get(error.msg, error.msg[:1].lower() + error.msg[1:])
        message = f"This isn't JSON yet ({where}): {reason}."
        raise NotJson(message, error.lineno, error.colno) from None
    except RecursionError:
        raise NotJson("This is nested too deeply.") from None
    except ValueError as error:
        raise NotJson(str(error)) from None


_REASONS = {
    "Expecting value": "a value is missing; texts stand in double quotes",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Extra data": "there is something behind the end of the value",
    "Unterminated string starting at": "a closing double quote is missing",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Illegal trailing comma before end of object": "there is a comma too many",
}


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} isn't a number that can be kept.")


def in_json(value: Any) -> str:
    """A value as JSON: on one line while it is short."""
    encoded = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
    if len(encoded) <= WIDTH:
        return encoded
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
