"""What can be done with a field beside filling it in: small buttons above its editor."""

from itertools import pairwise
from typing import Literal, NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.icons import icon
from app.theme import current

Name = Literal["expression", "secret", "port", "reset"]


class Tool(NamedTuple):
    """One button; `name` has {} for the label of the field."""

    sign: str
    name: str
    tip: str
    checkable: bool = True


TOOLS: dict[Name, Tool] = {
    "expression": Tool("mdi6.function-variant", "{} as an expression",
                       "Worked out by an expression when the block runs"),
    "secret": Tool("mdi6.key-outline", "{} as a secret",
                   "Filled in from a secret, which the flow never holds"),
    "port": Tool("mdi6.import", "{} as a port", "Shown as a port, to link something into it"),
    "reset": Tool("mdi6.restore", "Set {} back", "Set back to the default", False),
}  # fmt: skip
"""In the order in which they stand."""


class FieldTools(QWidget):
    """Makes each button when it is first to be seen: most never are."""

    wanted = Signal(str)
    """The Name of the button that was pressed."""

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = label
        self._buttons: dict[Name, QToolButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)

    def show_tool(self, name: Name, shown: bool, checked: bool = False) -> None:
        """Show a button or hide it."""
        if shown and name not in self._buttons:
            self._make(name)
        if (button := self._buttons.get(name)) is not None:
            button.setChecked(checked)
            button.setVisible(shown)

    def press(self, name: Name) -> None:
        """Press a button that is shown, as a person would."""
        self._buttons[name].click()

    def _make(self, name: Name) -> None:
        tool = TOOLS[name]
        button = QToolButton(self)
        button.setIcon(icon(tool.sign, current().muted))
        button.setIconSize(QSize(15, 15))
        button.setFixedSize(24, 24)
        button.setCheckable(tool.checkable)
        button.setAccessibleName(tool.name.format(self._label))
        button.setToolTip(tool.tip)
        button.clicked.connect(lambda: self.wanted.emit(name))
        order = list(TOOLS)
        before = [one for one in self._buttons if order.index(one) < order.index(name)]
        self._row.insertWidget(len(before), button)
        self._buttons[name] = button
        shown = [self._buttons[one] for one in order if one in self._buttons]
        for first, second in pairwise(shown):
            self.setTabOrder(first, second)
