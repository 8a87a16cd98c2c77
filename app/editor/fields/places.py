"""A text with {places} for values, and how it reads with the last ones."""

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.editor.fields.completer import Completer
from app.editor.fields.lines import LinesField
from app.editor.fields.preview import Preview
from app.editor.fields.surroundings import Surroundings
from app.presenters.completion import Completions, place_completions
from app.presenters.trying import is_small
from graph.errors import BadInput
from graph.spec import Parameter
from graph.template import fill, read_template

PAUSE = 150
"""Milliseconds without a keystroke after which the text is filled in."""


class PlacesField(LinesField):
    """Offers the names that can stand in a place. Filling them in runs nothing."""

    language = "places"

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        self._pause = QTimer(singleShot=True, interval=PAUSE)
        super().__init__(parameter, around, parent)
        self._pause.setParent(self)
        self._pause.timeout.connect(self.try_now)
        self._completer = Completer(self.editor, self._complete)
        self.preview = Preview(around, parameter, self)
        layout = self.layout()
        assert layout is not None
        layout.setSpacing(4)
        layout.addWidget(self.preview)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self._pause.start()

    def refresh(self) -> None:
        self._pause.start()

    def try_now(self) -> None:
        """Show the text with the last values in it, as far as there are any."""
        self._pause.stop()
        _, values = self.around.places()
        text = self.editor.text
        if "{" not in text or not values or not is_small(values):
            self.preview.hide()
            return
        try:
            self.preview.show_text("".join(fill(read_template(text), values, blank=True)))
        except BadInput:
            self.preview.hide()  # said by the check of the flow

    def _complete(self, before: str) -> Completions:
        names, values = self.around.places()
        return place_completions(before, names, values)
