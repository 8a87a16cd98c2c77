"""All about the one that is selected, from the top down: only what is too long is scrolled."""

from collections.abc import Hashable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.controls import heading, paragraph, rich
from app.panes.wrapping import Wrapping
from app.results.elided_label import ElidedLabel

BETWEEN = 4
AROUND_BUTTONS = 6


class About(QScrollArea):
    """A title, and below it what a kind of it adds; changes in place while figures do."""

    def __init__(self, parent: QWidget, name: str) -> None:
        """`name` is for screen readers."""
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.setProperty("rings", True)
        self._shown: Hashable = None
        self.inside = QWidget(self)
        self.title = ElidedLabel(self.inside)
        self.title.setProperty("role", "title")
        self._end = QVBoxLayout(self.inside)
        self._end.setContentsMargins(14, 10, 14, 12)
        self._end.setSpacing(0)
        self._column = QVBoxLayout()
        self._column.setSpacing(BETWEEN)
        self._column.addWidget(self.title)
        self._end.addLayout(self._column)
        self._end.addStretch(1)
        self.setWidget(self.inside)

    def begin(self, key: Hashable, title: str) -> None:
        """Say which one it is from now on; another than before is shown from its top."""
        if key != self._shown:
            self._shown = key
            self.verticalScrollBar().setValue(0)
        self.title.show_text(title)

    def words(self, role: str, text: str = "") -> QLabel:
        """Add a paragraph."""
        return self.add(paragraph(self.inside, role, text))

    def table(self, name: str) -> QLabel:
        """Add a place for what `table_of` makes; `name` is for screen readers."""
        return self.add(rich(self.inside, name))

    def heading(self, text: str, *beside: QWidget) -> QLabel:
        """Begin a part; what can be done about it stands beside its heading."""
        made = heading(self.inside, text)
        row = QHBoxLayout()
        row.addWidget(made, 1)
        for widget in beside:
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)
        self._column.addLayout(row)
        return made

    def buttons(self, *buttons: QPushButton) -> None:
        """Add a row of buttons."""
        row = Wrapping(*buttons)
        row.setContentsMargins(0, AROUND_BUTTONS, 0, AROUND_BUTTONS)
        self._column.addLayout(row)

    def add_layout(self, layout: QLayout) -> None:
        """Add whatever else there is."""
        self._column.addLayout(layout)

    def add(self, label: QLabel) -> QLabel:
        """Add a label."""
        self._column.addWidget(label)
        return label


def cards() -> QVBoxLayout:
    """Where cards stand below each other."""
    made = QVBoxLayout()
    made.setSpacing(6)
    return made


def say(label: QLabel, text: str) -> None:
    """Say something, or take no room where there is nothing to say."""
    label.setText(text)
    label.setVisible(bool(text))
