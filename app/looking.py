"""What is looked at again and again, for as long as somebody sees it."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class Looking(QWidget):
    """Calls `look` when it is shown, and then at each beat until it is hidden."""

    def __init__(self, every: int, parent: QWidget | None = None) -> None:
        """`every` is milliseconds between two looks."""
        super().__init__(parent)
        self._timer = QTimer(self, interval=every)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """See how things are."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
