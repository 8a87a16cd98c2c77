"""A defined agent: one of those that the runtime keeps, or any by its name."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.known_connections import KnownConnections
from graph.spec import Parameter

EMPTY = "Name of a defined agent"
NONE_DEFINED = "None is defined yet: the agent designer does that"


class AgentField(Field):
    """A line with a list."""

    wheel_scrolls_form = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.box = AgentBox(around.workbench.connections, self)
        self.line = self.box.line
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        self.attend(self.box, self.line)
        self.line.textEdited.connect(self._edited)
        self.box.activated.connect(lambda _: self._chosen())
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        return isinstance(value, str) and "\n" not in value

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        text = "" if value is UNSET else str(value)
        if text != self.line.text():
            self.box.setEditText(text)

    def _edited(self, text: str) -> None:
        self.become(text.strip() or UNSET)

    def _chosen(self) -> None:
        self._edited(self.box.currentText())
        self.left.emit()


class AgentBox(QComboBox):
    """Offers the agents that are defined, as they are told when the list is opened."""

    def __init__(self, known: KnownConnections | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._known = known
        line = self.lineEdit()
        assert line is not None, "it can be typed into"
        self.line = line
        self.line.setPlaceholderText(EMPTY)
        completer = self.completer()
        assert completer is not None, "what can be typed into completes"
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseSensitive)

    def offer(self, names: Sequence[str]) -> None:
        """Offer these; what stands in the line stays."""
        text, cursor = self.line.text(), self.line.cursorPosition()
        with QSignalBlocker(self), QSignalBlocker(self.line):
            self.clear()
            self.addItems(list(names))
            self.line.setPlaceholderText(EMPTY if names else NONE_DEFINED)
            self.setCurrentIndex(-1)
            self.setEditText(text)
            self.line.setCursorPosition(cursor)
        if self.view().isVisible():
            super().showPopup()  # with room for what is in the list now

    def showPopup(self) -> None:
        """Ask which there are, and show those that are known so far."""
        if self._known is not None:
            self._known.ask_defined(self.offer)
        super().showPopup()
