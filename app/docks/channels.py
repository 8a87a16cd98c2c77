"""Events that are pushed to clients: channels, who is on them, and what was said, live."""

from PySide6.QtWidgets import QWidget

from app.channels.panel import Panel
from app.docks import Dock
from app.docks.late import Late
from app.studio import Studio


class Channels(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)


DOCK = Dock(
    "channels",
    "Channels",
    "mdi6.broadcast",
    "bottom",
    Channels,
    order=29,
    shown=False,
)
