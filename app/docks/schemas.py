"""Schemas by version: what each says, what a change breaks, and whether a value fits."""

from app.docks import Dock
from app.docks.late import Late
from app.schemas.panel import Panel


class Schemas(Late):
    """Is filled when it is first seen."""

    inside = Panel


DOCK = Dock("schemas", "Schemas", Panel.sign, "bottom", Schemas, order=30, shown=False)
