"""About Heddle: its version, its licence, and what it is made of."""

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.sheet import Sheet
from app.icons import mark
from app.presenters.made_of import libraries, version
from app.studio import Studio

LICENCE = "Apache License 2.0"
SENTENCE = (
    "A heddle is the part of a loom that lifts each thread at the right moment. "
    "This one does it with values."
)


def install(studio: Studio) -> None:
    """Bind the action that opens the dialog."""
    studio.actions.bind("help.about", lambda: About(studio).open())


class About(Sheet):
    """Shown by `open()`."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio.window, "About Heddle", width=560)
        self._kept = studio.settings.folder
        self.body.addWidget(self._head())
        self.say(SENTENCE)
        heading = QLabel("Made of", self)
        heading.setProperty("role", "heading")
        self.body.addWidget(heading)
        self.body.addWidget(self._libraries())
        self.button("Close", main=True)

    def _head(self) -> QWidget:
        head = QWidget(self)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        sign = QLabel(head)
        sign.setPixmap(mark().pixmap(56, 56))
        row.addWidget(sign)
        words = QVBoxLayout()
        words.setSpacing(2)
        title = QLabel(f"Heddle {version()}".strip(), head)
        title.setProperty("role", "title")
        words.addWidget(title)
        facts = f"{LICENCE} · Python {platform.python_version()} · Qt {qVersion()}"
        for text in (facts, f"What it keeps is in {self._kept}"):
            line = QLabel(text, head)
            line.setProperty("role", "small")
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(line)
        row.addLayout(words, 1)
        return head

    def _libraries(self) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setAccessibleName("Libraries and their licences")
        table.setHeaderLabels(["Library", "Version", "Licence"])
        table.setRootIsDecorated(False)
        table.setMinimumHeight(220)
        for library in libraries():
            QTreeWidgetItem(table, list(library))
        header = table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        table.ensurePolished()
        return table
