"""A defined agent: one of those that the runtime keeps, or any by its name."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from app.editor.fields.listed import ListedField
from app.editor.fields.surroundings import Surroundings
from app.known_connections import KnownConnections
from graph.spec import Parameter

EMPTY = "Name of a defined agent"
NONE_DEFINED = "None is defined yet: the agent designer does that"


class AgentField(ListedField):
    """The name of an agent."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        box = AgentBox(around.workbench.connections, self)
        self.lets_choose(box, box.line)


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
