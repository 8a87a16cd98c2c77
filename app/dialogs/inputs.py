"""The form that asks for the inputs of a flow before it runs."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.sheet import Sheet
from app.preferences import Preferences
from app.presenters.input_form import Asked, NoValue, asked, values_of
from app.presenters.prose import rich
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block

TALLEST = 420
LARGEST = 100_000
"""Characters of remembered values."""

Given = Mapping[str, Any]


def ask_for_inputs(
    studio: Studio,
    workbench: Workbench,
    inputs: Mapping[str, Block],
    run: Callable[[Given], object],
) -> "InputsSheet":
    """Show the form; `run` is called with the values once they are all right."""
    key = f"inputs/{_name_of(workbench)}"
    sheet = InputsSheet(
        studio.window, workbench.title, asked(inputs, _remembered(studio.preferences, key))
    )

    def accept(given: Given) -> None:
        _remember(studio.preferences, key, given)
        run(given)

    sheet.on_run = accept
    sheet.open()
    return sheet


class InputsSheet(Sheet):
    """One field for each input."""

    def __init__(self, parent: QWidget, flow: str, form: list[Asked]) -> None:
        super().__init__(parent, f"Run “{flow}”", width=480)
        self.on_run: Callable[[Given], object] = lambda _: None
        self._fields = [(one, _field_for(one)) for one in form]
        column = QWidget(self)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(4)
        for one, field in self._fields:
            _add(layout, one, field)
        layout.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(column)
        scroll.setMinimumHeight(min(TALLEST, column.sizeHint().height() + 4))
        self.body.addWidget(scroll)
        self._wrong = self.say("", small=True)
        self._wrong.setProperty("role", "error")
        self._wrong.hide()
        self.button("Cancel")
        self.button("Run", self._run, main=True, closes=False)
        if self._fields:
            self._fields[0][1].setFocus()

    def fill(self, name: str, text: str) -> None:
        """Type into a field."""
        _show(self._field(name), text)

    def _field(self, name: str) -> QWidget:
        return next(field for one, field in self._fields if one.name == name)

    def _run(self) -> None:
        try:
            given = values_of((one, _text_of(field)) for one, field in self._fields)
        except NoValue as error:
            self._wrong.setText(str(error))
            self._wrong.show()
            self._field(error.field).setFocus()
            return
        self.accept()
        self.on_run(given)


def _add(layout: QVBoxLayout, one: Asked, field: QWidget) -> None:
    if not isinstance(field, QCheckBox):
        label = QLabel(one.title + (" *" if one.is_required else ""))
        label.setBuddy(field)
        layout.addWidget(label)
    layout.addWidget(field)
    field.setAccessibleName(one.title)
    field.setAccessibleDescription(one.description)
    about = QLabel(rich(one.description or str(one.type).capitalize()))
    about.setProperty("role", "small")
    about.setWordWrap(True)
    layout.addWidget(about)
    layout.addSpacing(10)


def _field_for(one: Asked) -> QWidget:
    match one.type.kind:
        case "boolean":
            field: QWidget = QCheckBox(one.title)
            field.setProperty("switch", True)
        case "text" | "number" | "integer" if "\n" not in one.text:
            field = QLineEdit()
            field.setPlaceholderText(one.shown_when_empty)
        case _:
            field = QPlainTextEdit()
            field.setPlaceholderText(one.shown_when_empty)
            field.setProperty("mono", one.type.kind != "text")
            field.setTabChangesFocus(True)
            field.setFixedHeight(110)
    _show(field, one.text)
    return field


def _show(field: QWidget, text: str) -> None:
    match field:
        case QCheckBox():
            field.setChecked(text == "true")
        case QLineEdit():
            field.setText(text)
        case QPlainTextEdit():
            field.setPlainText(text)


def _text_of(field: QWidget) -> str:
    match field:
        case QCheckBox():
            return "true" if field.checkState() == Qt.CheckState.Checked else "false"
        case QLineEdit():
            return field.text()
        case QPlainTextEdit():
            return field.toPlainText()
    return ""


def _name_of(workbench: Workbench) -> str:
    """What the values are remembered by: the file, or else the name of the flow."""
    place = str(workbench.path.resolve()) if workbench.path else workbench.document.flow.name
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def _remembered(preferences: Preferences, key: str) -> Given:
    try:
        return msgspec.json.decode(preferences.text(key, "{}"), type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def _remember(preferences: Preferences, key: str, given: Given) -> None:
    text = msgspec.json.encode(given, enc_hook=str).decode()
    if len(text) <= LARGEST:
        preferences.remember(key, text)
