"""The name of a secret, never what it is."""

from typing import Any

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.theme import current
from graph.spec import Parameter
from runtime.secrets.environment import variable_of


class SecretField(Field):
    """Asks which secret is filled in; says how it is given its value."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Name of the secret, such as github.token")
        self._sign = self.line.addAction(
            icon("mdi6.key-outline", current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._how = QLabel(self)
        self._how.setProperty("role", "small")
        self._how.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self._how)
        self.line.setAccessibleName(f"Name of the secret for {around.name_of(parameter)}")
        self.attend(self.line)
        self.line.textEdited.connect(self._edited)
        self.show_value(UNSET)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        text = "" if value is UNSET else str(value)
        if text != self.line.text().strip():
            self.line.setText(text)
        self._explain(text)

    def _edited(self, text: str) -> None:
        name = text.strip()
        self._explain(name)
        self.become(name or UNSET)

    def _explain(self, name: str) -> None:
        where = f" It is read from {variable_of(name)} where the flow runs." if name else ""
        self._how.setText(f"The flow holds only the name.{where}")
