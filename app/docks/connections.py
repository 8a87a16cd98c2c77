"""The connections dock: what flows may use of the world, and whether it works."""

from PySide6.QtWidgets import QWidget

from app.connections.panel import Panel
from app.docks import Dock
from app.docks.late import Late
from app.studio import Studio


class Connections(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)


DOCK = Dock(
    "connections",
    "Connections",
    "mdi6.connection",
    "bottom",
    Connections,
    order=28,
    shown=False,
)
