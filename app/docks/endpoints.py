"""Flows behind addresses: who may call them, how often, what came of it; keys of callers."""

from PySide6.QtWidgets import QWidget

from app.docks import Dock
from app.docks.late import Late
from app.endpoints.panel import Panel
from app.studio import Studio


class Endpoints(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)


DOCK = Dock(
    "endpoints",
    "Endpoints",
    "mdi6.api",
    "bottom",
    Endpoints,
    order=30,
    shown=False,
)
