"""What leads to an outside system: an address or a path, until connections can be set up."""

import re
from typing import Any

from PySide6.QtWidgets import QWidget

from app.editor.fields.field import UNSET
from app.editor.fields.path import PathField
from app.editor.fields.surroundings import Surroundings
from graph.spec import Parameter

PASSWORD = re.compile(r"://[^/@\s:]*:[^@\s]+@")
KEEP_OUT = "Keep the password out of the flow: press the key above, and name a secret instead."


class ConnectionField(PathField):
    """An address without its password, or the path of a file."""

    tip = "Choose a database file"

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.line.setToolTip("Connections can't be set up yet: use an address, or a secret")

    @classmethod
    def shows(cls, value: Any) -> bool:
        return is_connection(value) or super().shows(value)

    def show_value(self, value: Any) -> None:
        if not is_connection(value):
            super().show_value(value)
            return
        super().show_value(UNSET)
        self.value = value
        self.line.setPlaceholderText(f"Connection {value['$connection']}")

    def pending(self) -> str:
        text = self.line.text()
        return text if PASSWORD.search(text) else ""

    def show_pending(self, text: str) -> None:
        self.line.setText(text)
        self._edited(text)

    def _edited(self, text: str) -> None:
        if PASSWORD.search(text):
            self.refused.emit(KEEP_OUT)
        else:
            super()._edited(text)


def is_connection(value: Any) -> bool:
    """Whether a field's value names a connection."""
    return isinstance(value, dict) and list(value) == ["$connection"]
