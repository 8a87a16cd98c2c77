"""Yes or no."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from graph.spec import Parameter

WIDTH = 32


class Switch(QCheckBox):
    """A check box that looks like a switch."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("switch", True)
        self.setFixedWidth(WIDTH)


class SwitchField(Field):
    """A switch."""

    inline = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.switch = Switch(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.switch)
        self.attend(self.switch)
        self.switch.clicked.connect(lambda: self._clicked(self.switch.isChecked()))
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        return isinstance(value, bool)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.switch.setChecked(self.shown is True)

    def _clicked(self, on: bool) -> None:
        self.become(UNSET if on is self.default else on)
