"""Tables that are kept in step with a cache: how well, what waits, and what is to be decided."""

from app.docks import Dock
from app.docks.late import Late
from app.syncs.panel import Panel


class Syncs(Late):
    """Is filled when it is first seen."""

    inside = Panel


DOCK = Dock("sync", "Sync", Panel.sign, "bottom", Syncs, order=31, shown=False)
