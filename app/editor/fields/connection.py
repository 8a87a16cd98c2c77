"""What leads to an outside system: a connection by its name, or an address or path."""

import re
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.editor.fields.field import UNSET
from app.editor.fields.path import PathField
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.presenters.connection_list import suiting
from app.theme import current
from graph.spec import Parameter
from runtime.connections.contents import Shown

PASSWORD = re.compile(r"://[^/@\s:]*:[^@\s]+@")
KEEP_OUT = "Keep the password out of the flow: choose a connection, or name a secret instead."
MARK = "$connection"


class ConnectionField(PathField):
    """A connection; for blocks that take one, an address without its password, or a file."""

    tip = "Choose a database file"

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        self.pick = QToolButton(parent)
        super().__init__(parameter, around, parent)
        self._known = around.workbench.connections
        self.pick.setParent(self)
        self.pick.setIcon(icon("mdi6.connection", current().muted))
        self.pick.setToolTip("Choose a connection")
        self.pick.setAccessibleName(f"Choose a connection for {around.name_of(parameter)}")
        self.pick.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pick.setMenu(QMenu(self.pick))
        self.pick.menu().aboutToShow.connect(self.fill)
        self.row.addWidget(self.pick)
        self.browse.setVisible(not parameter.connects)
        if self._known is not None:
            self._known.changed.connect(self._hint)
        self._hint()

    @classmethod
    def shows(cls, value: Any) -> bool:
        return is_connection(value) or super().shows(value)

    @property
    def named(self) -> str:
        """The connection that is chosen, "" for none."""
        return str(self.value[MARK]) if is_connection(self.value) else ""

    def show_value(self, value: Any) -> None:
        connected = is_connection(value)
        super().show_value(UNSET if connected else value)
        if connected:
            self.value = value
            self.line.setText(str(value[MARK]) if self.parameter.connects else "")
        self._hint()

    def fill(self) -> None:
        """Offer the connections that suit, none, and a new one."""
        menu = self.pick.menu()
        menu.clear()
        kinds = self.parameter.look.kinds
        seen = self._known.seen if self._known else None
        for one in suiting(seen, kinds) if seen else ():
            kind = self._known.kind(one.kind) if self._known else None
            sign = icon(kind.icon if kind else "mdi6.connection", current().muted)
            action = menu.addAction(sign, one.name)
            action.setCheckable(True)
            action.setChecked(one.name == self.named)
            action.triggered.connect(partial(self._take, one.name))
        if self.named and not self.parameter.required:
            menu.addSeparator()
            menu.addAction("None").triggered.connect(self._take_none)
        menu.addSeparator()
        new = menu.addAction(icon("mdi6.plus", current().accent), "New…")
        new.setEnabled(seen is not None)
        new.triggered.connect(self._make)

    def pending(self) -> str:
        text = self.line.text()
        return text if PASSWORD.search(text) else ""

    def show_pending(self, text: str) -> None:
        self.line.setText(text)
        self._edited(text)

    def _hint(self) -> None:
        if self.named and not self.parameter.connects:
            self.line.setPlaceholderText(f"Connection {self.named}")
        elif self.parameter.connects:
            self.line.setPlaceholderText("None" if not self.parameter.required else "Choose one")
        else:
            super()._hint()

    def _edited(self, text: str) -> None:
        if PASSWORD.search(text):
            self.refused.emit(KEEP_OUT)
        elif self.parameter.connects:
            self.become({MARK: text.strip()} if text.strip() else UNSET)
        else:
            super()._edited(text)

    def _take(self, name: str, _checked: bool = False) -> None:
        self.become({MARK: name})
        self.show_value({MARK: name})
        self.left.emit()

    def _take_none(self, _checked: bool = False) -> None:
        self.become(UNSET)
        self.show_value(UNSET)
        self.left.emit()

    def _make(self, _checked: bool = False) -> None:
        if self._known is not None:
            self._known.want(self.parameter.look.kinds, then=self._made)

    def _made(self, shown: Shown) -> None:
        self._take(shown.name)


def is_connection(value: Any) -> bool:
    """Whether a field's value names a connection."""
    return isinstance(value, dict) and list(value) == [MARK]
