"""The channel that is selected: who is there, what was said lately, and saying something."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.controls import heading, paragraph, rich, small_button, table_of
from app.presenters.channels import Selected

NOBODY = "Nobody is there who says who they are."
NOTHING = "Nothing was said lately that is kept. What clients say to each other isn't."


class Details(QWidget):
    """Changes in place; what is to be said is asked for by a signal: channel, event, data."""

    said = Signal(str, str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("About the channel")
        self._channel = ""
        self._inside = QWidget(self)
        self.title = QLabel(self._inside)
        self.title.setProperty("role", "title")
        self.title.setMinimumWidth(40)
        self.headline = paragraph(self._inside, "muted")
        self.people = rich(self._inside, "Who is there")
        self.lately = rich(self._inside, "Said lately")
        self._who = heading(self._inside, "Who is there")
        self.name = QLineEdit(self, placeholderText="Event")
        self.name.setAccessibleName("Name of the event")
        self.data = QLineEdit(self, placeholderText="Data: JSON, or text")
        self.data.setAccessibleName("Data of the event")
        self.say = small_button(self, "Broadcast", "Say it to all on the channel", self._say)
        self._lay_out()

    def show_channel(self, selected: Selected) -> None:
        """Show a channel as it is now."""
        self._channel = selected.channel
        self.title.setText(selected.channel)
        self.title.setToolTip(selected.channel)
        self.headline.setText(selected.headline)
        is_presence = selected.channel.startswith("presence-")
        for part in (self._who, self.people):
            part.setVisible(is_presence)
        self._put(self.people, selected.people, NOBODY)
        self._put(self.lately, selected.said, NOTHING)

    def _say(self) -> None:
        event = self.name.text().strip()
        if not event or not self._channel:
            self.name.setFocus()
            return
        self.said.emit(self._channel, event, self.data.text())

    def _put(self, label: QLabel, rows: Iterable[tuple[str, str]], nothing: str) -> None:
        text = table_of(rows) or nothing
        if label.text() != text:  # or what is selected in it would be no more
            label.setText(text)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(4)
        for part in (self.title, self.headline, self._who, self.people):
            column.addWidget(part)
        column.addWidget(heading(self._inside, "Said lately"))
        column.addWidget(self.lately)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inside)
        bar = QHBoxLayout()
        bar.setContentsMargins(14, 6, 14, 8)
        bar.setSpacing(6)
        bar.addWidget(self.name, 1)
        bar.addWidget(self.data, 2)
        bar.addWidget(self.say)
        self.name.returnPressed.connect(self._say)
        self.data.returnPressed.connect(self._say)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(bar)
