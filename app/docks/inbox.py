"""The inbox dock: what runs ask people, and the form to answer it by."""

from PySide6.QtWidgets import QDockWidget

from app.docks import Dock
from app.docks.late import Late
from app.inbox.panel import SIGN, Panel
from app.studio import Studio

TITLE = "Inbox"


class Inbox(Late):
    """Its tab says how much is asked; it is filled when it is first seen."""

    inside = Panel

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        studio.inbox.changed.connect(self._name_the_dock)

    def _name_the_dock(self) -> None:
        dock, count = self.parentWidget(), len(self._studio.inbox.open)
        if isinstance(dock, QDockWidget):
            dock.setWindowTitle(f"{TITLE} ({count})" if count else TITLE)


DOCK = Dock("inbox", TITLE, SIGN, "bottom", Inbox, order=16, shown=False)
