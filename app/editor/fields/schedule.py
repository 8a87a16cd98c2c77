"""When something happens again: a few common times, or the five fields of cron."""

import re
from typing import Any

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from graph.spec import Parameter

COMMON = {
    "Every minute": "* * * * *",
    "Every 15 minutes": "*/15 * * * *",
    "Every hour": "0 * * * *",
    "Every day at 9:00": "0 9 * * *",
    "On weekdays at 9:00": "0 9 * * 1-5",
    "On Mondays at 9:00": "0 9 * * 1",
    "On the first of each month at 9:00": "0 9 1 * *",
}
OTHER = "At other times"
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
PART = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?\Z")


class ScheduleField(Field):
    """A list of common times, and the line they stand for."""

    wheel_scrolls_form = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.box = QComboBox(self)
        self.box.addItems([*COMMON, OTHER])
        self.line = QLineEdit(self)
        self.line.setProperty("mono", True)
        self.line.setAccessibleName(f"{around.name_of(parameter)}, as five fields")
        self._fields = QLabel("minute  hour  day  month  weekday", self)
        self._fields.setProperty("role", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.box, self.line, self._fields):
            column.addWidget(widget)
        self.attend(self.box, self.line)
        self.box.setPlaceholderText("Choose when…")
        self.box.activated.connect(self._chosen)
        self.line.textEdited.connect(self._edited)
        self.show_value(UNSET)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        text = str(self.shown) if isinstance(self.shown, str) else ""
        names = [name for name, line in COMMON.items() if line == text]
        at = list(COMMON).index(names[0]) if names else len(COMMON) if text else -1
        self.box.setCurrentIndex(at)
        if " ".join(self.line.text().split()) != text:
            self.line.setText(text)

    def pending(self) -> str:
        text = self.line.text().strip()
        return text if text and fault_in(text) else ""

    def show_pending(self, text: str) -> None:
        self.line.setText(text)
        self._edited(text)

    def _chosen(self, at: int) -> None:
        lines = list(COMMON.values())
        if at < len(lines):
            self.line.setText(lines[at])
            self.become(lines[at])
            self.left.emit()
        else:
            self.line.setFocus()

    def _edited(self, text: str) -> None:
        plain = " ".join(text.split())
        if plain and (wrong := fault_in(plain)):
            self.refused.emit(wrong)
        else:
            self.become(plain or UNSET)


def fault_in(text: str) -> str:
    """Why a line is no schedule; "" when it is one."""
    parts = text.split()
    if len(parts) != len(FIELDS):
        return "Write five fields: minute, hour, day, month and weekday; * stands for any."
    for part, (name, least, most) in zip(parts, FIELDS, strict=True):
        if not all(_is_fine(one, least, most) for one in part.split(",")):
            return f"The {name} {part!r} isn't one: write {least} to {most}, or * for any."
    return ""


def _is_fine(part: str, least: int, most: int) -> bool:
    found = PART.match(part)
    if not found:
        return False
    numbers = [int(number) for number in found.groups()[:2] if number]
    ordered = numbers == sorted(numbers) and all(least <= n <= most for n in numbers)
    return ordered and found[3] != "0"
