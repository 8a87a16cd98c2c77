"""Numbers, whole or not."""

import math
import re
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.editor.fields.text import as_hint
from graph.spec import Parameter

THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+\Z")
"""What is a thousand here and one there: nobody is to guess."""

STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class NumberField(Field):
    """A number, typed, or stepped with the arrow keys."""

    inline = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self._whole = parameter.type.kind == "integer"
        self.line = QLineEdit(self)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setFixedWidth(112)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.attend(self.line)
        self.line.textEdited.connect(self._edited)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Numbers; true and false are none."""
        return isinstance(value, int | float) and not isinstance(value, bool)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.line.setPlaceholderText(_hint(self.default))
        if value is UNSET:
            self.line.clear()
        elif self._read(self.line.text()) != value:
            self.line.setText(_written(value))

    def pending(self) -> str:
        text = self.line.text()
        return text if text.strip() and self._read(text) is None else ""

    def show_pending(self, text: str) -> None:
        self.line.setText(text)
        self._edited(text)

    def _edited(self, text: str) -> None:
        if not text.strip():
            self.become(UNSET)
        elif (value := self._read(text)) is None:
            self.refused.emit(f"Write {self._such_as()}.")
        else:
            self.become(value)

    def _such_as(self) -> str:
        return "a whole number, such as 8" if self._whole else "a number, such as 0.5"

    def _read(self, text: str) -> int | float | None:
        if THOUSANDS.match(text.strip()):
            return None
        plain = text.strip().replace(",", ".").replace("_", "").replace("\N{NO-BREAK SPACE}", "")
        try:
            value = int(plain)
        except ValueError:
            return None if self._whole else _fraction(plain)
        return value if abs(value) < 2**63 else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys step the number."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = STEPS.get(Qt.Key(event.key()), 0)
            if step and event.modifiers() in (
                Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier,
            ):  # fmt: skip
                self._step(step)
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        current = self._read(self.line.text())
        if current is None:
            shown = self.shown
            current = shown if self.shows(shown) else 0
        value = current + by
        self.line.setText(_written(value))
        self.become(value)


def _fraction(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _hint(default: Any) -> str:
    return _written(default) if NumberField.shows(default) else as_hint(default)


def _written(value: int | float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
