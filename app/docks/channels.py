"""Events that are pushed to clients: channels, who is on them, and what was said, live."""

from app.channels.panel import Panel
from app.docks import Dock
from app.docks.late import Late


class Channels(Late):
    """Is filled when it is first seen."""

    inside = Panel


DOCK = Dock("channels", "Channels", Panel.sign, "bottom", Channels, order=29, shown=False)
