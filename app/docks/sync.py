"""Tables that are kept in step with a cache: how well, what waits, and what is to be decided."""

from PySide6.QtWidgets import QWidget

from app.docks import Dock
from app.docks.late import Late
from app.studio import Studio
from app.syncs.panel import Panel


class Syncs(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)


DOCK = Dock("sync", "Sync", "mdi6.database-sync-outline", "bottom", Syncs, order=31, shown=False)
