"""Another input of a block that takes any: asks for its name."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.editor.inspector.notes import Notes
from app.icons import icon
from app.theme import current
from graph.flow import NAME


class AddInput(QWidget):
    """A line for the name, and a button."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("Name of another input")
        self.name.setAccessibleName("Name of another input")
        self.add = QPushButton(icon("mdi6.plus", current().muted), "Add", self)
        self.add.setAccessibleName("Add the input")
        self.notes = Notes(self)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.name, 1)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.notes)
        self.name.returnPressed.connect(self._ask)
        self.name.textEdited.connect(lambda: self.notes.show_problems(()))
        self.add.clicked.connect(self._ask)

    def _ask(self) -> None:
        name = self.name.text().strip()
        if NAME.match(name):
            self.wanted.emit(name)
        else:
            self.notes.show_problems((), "Use letters, digits and underscores, such as price.")
