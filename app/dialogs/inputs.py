"""The form that asks for the inputs of a flow before it runs."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.dialogs.sheet import Sheet
from app.editor.fields.field import Field
from app.editor.fields.making import make_field
from app.editor.fields.number import NumberField
from app.editor.fields.surroundings import Surroundings
from app.editor.fields.text import TextField
from app.preferences import Preferences
from app.presenters.input_form import Asked, NoValue, asked, values_of, worth_remembering
from app.studio import Studio
from app.workbench import Workbench
from graph.compile.ports import interface
from graph.flow import Flow
from graph.spec import Parameter

TALLEST = 460
LARGEST = 100_000
"""Characters of remembered values."""

Given = Mapping[str, Any]


def ask_for_inputs(
    studio: Studio, workbench: Workbench, flow: Flow, run: Callable[[Given], object]
) -> "InputsSheet":
    """Show the form; `run` is called with the values once they are all right."""
    key = f"inputs/{_name_of(workbench)}"
    remembered = _remembered(studio.preferences, key)
    form = asked(flow, interface(flow)[0], remembered)

    def accept(given: Given) -> None:
        _remember(studio.preferences, key, worth_remembering(form, given))
        run(given)

    sheet = InputsSheet(studio.window, workbench, form, accept)
    studio.theme.changed.connect(sheet.restyle)
    sheet.open()
    return sheet


class InputsSheet(Sheet):
    """One field for each input."""

    def __init__(
        self,
        parent: QWidget,
        workbench: Workbench,
        form: list[Asked],
        run: Callable[[Given], object],
    ) -> None:
        super().__init__(parent, f"Run “{workbench.title}”", width=500)
        self._run_with = run
        self._refused: dict[str, str] = {}
        self._around = [_Around(workbench, one.block, self) for one in form]
        column = QWidget(self)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(4)
        self._fields = [
            (one, self._add(layout, one, around, column))
            for one, around in zip(form, self._around, strict=True)
        ]
        layout.addStretch(1)
        tall = column.sizeHint().height() > TALLEST
        self.body.addWidget(self._scrolling(column) if tall else column)
        self._wrong = self.say("")
        self._wrong.setProperty("role", "error")
        self._wrong.hide()
        self.button("Cancel")
        button = self.button("Run", self._run, main=True, closes=False)
        first = next((field for _, field in self._fields), None)
        # Return runs at once, unless the first field is one in which it begins a new line.
        (first if isinstance(first, TextField | NumberField) else button).setFocus()

    def fill(self, name: str, value: Any) -> None:
        """Put a value into a field."""
        self._field(name).show_value(value)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        for around in self._around:
            around.theme_changed.emit()

    def _field(self, name: str) -> Field:
        return next(field for one, field in self._fields if one.name == name)

    def _add(self, layout: QVBoxLayout, one: Asked, around: Surroundings, parent: QWidget) -> Field:
        field = make_field(one.parameter, around, parent, one.value)
        field.refused.connect(lambda why: self._refused.update({one.name: why}))
        label = QLabel(one.title + (" *" if one.parameter.required else ""), parent)
        label.setBuddy(field)
        row = QHBoxLayout() if field.inline else QVBoxLayout()
        row.setSpacing(4)
        row.addWidget(label, 1)
        row.addWidget(field)
        layout.addLayout(row)
        if one.parameter.description:
            about = QLabel(one.parameter.description, parent)
            about.setProperty("role", "small")
            about.setWordWrap(True)
            layout.addWidget(about)
        layout.addSpacing(12)
        return field

    def _scrolling(self, column: QWidget) -> QScrollArea:
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(column)
        scroll.setMinimumHeight(TALLEST)
        return scroll

    def _run(self) -> None:
        try:
            given = self._given()
        except NoValue as error:
            self._wrong.setText(str(error))
            self._wrong.show()
            self._field(error.field).setFocus()
            return
        self.accept()
        self._run_with(given)

    def _given(self) -> Given:
        """What stands in the fields. Raises NoValue."""
        for one, _ in self._fields:
            if why := self._refused.get(one.name):
                raise NoValue(f"{one.title}: {why}", one.name)
        return values_of([(one, field.value) for one, field in self._fields])


class _Around(Surroundings):
    """What is asked for stands by itself: the block isn't where the person looks."""

    def name_of(self, parameter: Parameter) -> str:
        return parameter.name


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
