"""The connections dock: what flows may use of the world, and whether it works."""

from app.connections.panel import Panel
from app.docks import Dock
from app.docks.late import Late


class Connections(Late):
    """Is filled when it is first seen."""

    inside = Panel


DOCK = Dock(
    "connections",
    "Connections",
    "mdi6.connection",
    "bottom",
    Connections,
    order=28,
    shown=False,
)
