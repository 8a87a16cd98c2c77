"""When each block of a run was at work, and the way back to any moment of it."""

from PySide6.QtWidgets import QWidget

from app.docks import Dock
from app.docks.late import Late
from app.studio import Studio


class Timeline(Late):
    """Makes what it holds when it is first seen: start-up has no time for it."""

    def inside(self, studio: Studio) -> QWidget:
        from app.timeline.panel import Panel  # noqa: PLC0415 - numpy, and not before it is seen

        return Panel(studio)


DOCK = Dock("timeline", "Timeline", "mdi6.chart-timeline", "bottom", Timeline, order=15)
