"""What stands in place of an editor when a link gives the value."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.editor.fields.surroundings import Surroundings
from app.editor.inspector.notes import wrapped
from app.icons import icon
from app.presenters.form import Row
from app.theme import current
from graph.flow import End
from graph.values import shorten


class Linked(QWidget):
    """Says where the value comes from and what it was last, and leads there."""

    asked = Signal(str)

    def __init__(self, row: Row, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = row.parameter.name
        self._around = around
        self.jump = QPushButton(self)
        self.jump.setProperty("source", True)
        self.jump.setIcon(icon("mdi6.arrow-left-circle-outline", current().accent))
        self.jump.clicked.connect(lambda: self.asked.emit("jump"))
        cut = QToolButton(self)
        cut.setIcon(icon("mdi6.link-off", current().muted))
        cut.setAutoRaise(True)
        cut.setToolTip("Take the link out")
        cut.setAccessibleName(f"Take the link into {row.label} out")
        cut.clicked.connect(lambda: self.asked.emit("unlink"))
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.jump, 1)
        line.addWidget(cut)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        self.last = wrapped("", self, "small")
        column.addWidget(self.last)
        self.setFocusProxy(self.jump)

    def show_source(self, source: End) -> None:
        """Say where the value comes from."""
        name = self._around.title_of(source.block)
        text = f"From {name} · {source.port}"
        self.jump.setText(text.replace("&", "&&"))
        self.jump.setAccessibleName(f"{self._around.title_of_port(self._name)}: {text}")
        self.jump.setToolTip(f"Go to {name}")
        given = self._around.given()
        self.last.setVisible(self._name in given)
        if self._name in given:
            self.last.setText(f"Last: {shorten(given[self._name], 120)}")
