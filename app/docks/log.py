"""What scripts say in Roblox Studio, live, and the code that lets a Studio in."""

from PySide6.QtWidgets import QWidget

from app.docks import Dock
from app.docks.late import Late
from app.log.panel import Panel
from app.studio import Studio


class Log(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)


DOCK = Dock(
    "log",
    "Log",
    "mdi6.text-box-outline",
    "bottom",
    Log,
    order=31,
    shown=False,
)
