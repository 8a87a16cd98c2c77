"""Flows behind addresses: who may call them, how often, what came of it; keys of callers."""

from app.docks import Dock
from app.docks.late import Late
from app.endpoints.panel import Panel


class Endpoints(Late):
    """Is filled when it is first seen."""

    inside = Panel


DOCK = Dock("endpoints", "Endpoints", Panel.sign, "bottom", Endpoints, order=30, shown=False)
