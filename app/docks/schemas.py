"""Schemas by version: what each says, what a change breaks, and whether a value fits."""

from PySide6.QtWidgets import QWidget

from app.docks import Dock
from app.docks.late import Late
from app.schemas.panel import Panel
from app.studio import Studio


class Schemas(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)


DOCK = Dock(
    "schemas",
    "Schemas",
    "mdi6.book-open-outline",
    "bottom",
    Schemas,
    order=30,
    shown=False,
)
