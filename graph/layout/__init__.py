"""Where blocks stand: in layers along the links, in a row or column, beside what is there."""

from graph.layout.alignment import Alignment, Axis, align, distribute
from graph.layout.arrangement import arranged
from graph.layout.boxes import PortHeights, Positions, Size, Sizes, bounds
from graph.layout.room import room_for
from graph.layout.spots import free_spot

__all__ = [
    "Alignment",
    "Axis",
    "PortHeights",
    "Positions",
    "Size",
    "Sizes",
    "align",
    "arranged",
    "bounds",
    "distribute",
    "free_spot",
    "room_for",
]
