"""The channel that is selected: who is there, what was said lately, and saying something."""

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.controls import breakable, small_button, table_of
from app.panes.about import About
from app.panes.wrapping import Wrapping
from app.presenters.channels import Selected

NOBODY = "Nobody is there who says who they are."
NOTHING = "Nothing was said lately that is kept. What clients say to each other isn't."


class Details(QWidget):
    """Changes in place; what is to be said is asked for by a signal: channel, event, data."""

    said = Signal(str, str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._channel = ""
        self.about = About(self, "About the channel")
        self.title, self.headline = self.about.title, self.about.words("muted")
        self._who = self.about.heading("Who is there")
        self.people = self.about.table("Who is there")
        self.about.heading("Said lately")
        self.lately = self.about.table("Said lately")
        self.name = QLineEdit(self, placeholderText="Event")
        self.name.setAccessibleName("Name of the event")
        self.data = QLineEdit(self, placeholderText="Data: JSON, or text")
        self.data.setAccessibleName("Data of the event")
        self.say = small_button(self, "Broadcast", "Say it to all on the channel", self._say)
        self._lay_out()

    def show_channel(self, selected: Selected) -> None:
        """Show a channel as it is now."""
        self._channel = selected.channel
        self.about.begin(selected.channel, selected.channel)
        self.headline.setText(selected.headline)
        is_presence = selected.channel.startswith("presence-")
        for part in (self._who, self.people):
            part.setVisible(is_presence)
        self.people.setText(table_of(selected.people) or NOBODY)
        self.lately.setText(_events(selected.said) or NOTHING)

    def _say(self) -> None:
        event = self.name.text().strip()
        if not event or not self._channel:
            self.name.setFocus()
            return
        self.said.emit(self._channel, event, self.data.text())

    def _lay_out(self) -> None:
        self.data.setMinimumWidth(140)
        bar = Wrapping(self.name, self.data, self.say)
        bar.setContentsMargins(14, 6, 14, 8)
        self.name.returnPressed.connect(self._say)
        self.data.returnPressed.connect(self._say)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.about, 1)
        whole.addLayout(bar)


def _events(said: Iterable[tuple[str, str, str]]) -> str:
    """One below the other, each over as many lines as it needs."""
    return "".join(
        f"<p style='margin: 0 0 4px 0'>{at} &nbsp;<b>{escape(breakable(name))}</b>"
        f" &nbsp;{escape(breakable(data))}</p>"
        for at, name, data in said
    )
