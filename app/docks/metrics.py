"""How runs and the runtime do over time, live: charts to pick, pin, compare and hand on."""

from PySide6.QtWidgets import QWidget

from app.docks import Dock
from app.docks.late import Late
from app.studio import Studio


class Metrics(Late):
    """Makes what it holds when it is first seen: start-up has no time for pyqtgraph."""

    def inside(self, studio: Studio) -> QWidget:
        from app.metrics.panel import Panel  # noqa: PLC0415 - pyqtgraph, and only when seen

        return Panel(studio)


DOCK = Dock("metrics", "Metrics", "mdi6.chart-line", "bottom", Metrics, order=25, shown=False)
