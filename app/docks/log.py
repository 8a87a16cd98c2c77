"""What scripts say in Roblox Studio, live, and the code that lets a Studio in."""

from app.docks import Dock
from app.docks.late import Late
from app.log.panel import Panel


class Log(Late):
    """Is filled when it is first seen."""

    inside = Panel


DOCK = Dock("log", "Log", Panel.sign, "bottom", Log, order=31, shown=False)
