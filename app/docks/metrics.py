"""How runs and the runtime do over time, live: charts to pick, pin, compare and hand on."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.docks import Dock
from app.studio import Studio


class Metrics(QWidget):
    """Makes what it holds when it is first seen: start-up has no time for pyqtgraph."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.panel: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.panel is None:
            from app.metrics.panel import Panel  # noqa: PLC0415 - pyqtgraph, and only when seen

            self.panel = Panel(self._studio)
            self._column.addWidget(self.panel)


DOCK = Dock("metrics", "Metrics", "mdi6.chart-line", "bottom", Metrics, order=25)
