"""When each block of a run was at work, and the way back to any moment of it."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.docks import Dock
from app.studio import Studio


class Timeline(QWidget):
    """Makes what it holds when it is first seen: start-up has no time for it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.panel: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.panel is None:
            from app.timeline.panel import Panel  # noqa: PLC0415 - numpy, and not before it is seen

            self.panel = Panel(self._studio)
            self._column.addWidget(self.panel)


DOCK = Dock("timeline", "Timeline", "mdi6.chart-timeline", "bottom", Timeline, order=15)
