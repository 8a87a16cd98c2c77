"""The form that asks for the inputs of a flow before it runs."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtWidgets import QWidget

from app.dialogs.input_fields import Given, InputFields, scrolling
from app.dialogs.sheet import Sheet
from app.editor.fields.number import NumberField
from app.editor.fields.text import TextField
from app.preferences import Preferences
from app.presenters.input_form import Asked, NoValue, asked, worth_remembering
from app.studio import Studio
from app.workbench import Workbench
from graph.compile.ports import interface
from graph.flow import Flow

TALLEST = 460
LARGEST = 100_000
"""Characters of remembered values."""


def ask_for_inputs(
    studio: Studio, workbench: Workbench, flow: Flow, run: Callable[[Given], object]
) -> "InputsSheet":
    """Show the form; `run` is called with the values once they are all right."""
    key = f"inputs/{_name_of(workbench)}"
    remembered = {**workbench.sample, **_remembered(studio.preferences, key)}
    form = asked(flow, interface(flow)[0], remembered)

    def accept(given: Given) -> None:
        _remember(studio.preferences, key, worth_remembering(form, given))
        run(given)

    sheet = InputsSheet(studio.window, workbench, form, accept)
    studio.theme.changed.connect(sheet.restyle)
    sheet.open()
    return sheet


class InputsSheet(Sheet):
    """The fields, and a button that runs the flow with what stands in them."""

    def __init__(
        self,
        parent: QWidget,
        workbench: Workbench,
        form: list[Asked],
        run: Callable[[Given], object],
    ) -> None:
        super().__init__(parent, f"Run “{workbench.title}”", width=500)
        self._run_with = run
        self._fields = InputFields(workbench, form, self)
        self.body.addWidget(scrolling(self._fields, TALLEST, self))
        self._wrong = self.say("")
        self._wrong.setProperty("role", "error")
        self._wrong.hide()
        self.button("Cancel")
        button = self.button("Run", self._run, main=True, closes=False)
        first = self._fields.first
        # Return runs at once, unless the first field is one in which it begins a new line.
        (first if isinstance(first, TextField | NumberField) else button).setFocus()

    def fill(self, name: str, value: Any) -> None:
        """Put a value into a field."""
        self._fields.field(name).show_value(value)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._fields.restyle()

    def _run(self) -> None:
        try:
            given = self._fields.given()
        except NoValue as error:
            self._wrong.setText(str(error))
            self._wrong.show()
            self._fields.field(error.field).setFocus()
            return
        self.accept()
        self._run_with(given)


def last_inputs(studio: Studio, workbench: Workbench) -> Given:
    """What the flow was given last, or else came with."""
    if workbench.run is not None:
        return workbench.run.view.inputs
    key = f"inputs/{_name_of(workbench)}"
    return {**workbench.sample, **_remembered(studio.preferences, key)}


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
