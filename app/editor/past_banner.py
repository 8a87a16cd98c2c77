"""What lies over a canvas that shows a run as it was, and the way back to now."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.presenters.time_scale import exact
from app.workbench import Workbench

INSET = 12
EXACT = 0.001
"""Seconds to which the moment is told."""


class PastBanner(QFrame):
    """Says which moment is shown; at the upper edge, so that the flow stays where it is."""

    def __init__(self, workbench: Workbench, over: QWidget) -> None:
        super().__init__(over)
        self._bench = workbench
        self._over = over
        self.setProperty("banner", "info")
        self.setAccessibleName("A moment of the past is shown")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 6, 5)
        row.setSpacing(14)
        self.words = QLabel(self)
        row.addWidget(self.words, 1)
        self.back = QPushButton("Back to now", self)
        self.back.setProperty("small", True)
        self.back.setToolTip("Show the run as it is now")
        self.back.clicked.connect(self._go_back)
        row.addWidget(self.back)
        workbench.moment_changed.connect(self._refresh)
        over.installEventFilter(self)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the edge."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _refresh(self) -> None:
        moment = self._bench.moment
        if moment is not None:
            passed = (moment.now or moment.view.seen) - moment.view.began
            self.words.setText(f"You see the run as it was after {exact(passed, EXACT)}")
            self._place()
        self.setVisible(moment is not None)

    def _place(self) -> None:
        self.resize(self.sizeHint())
        self.move(max(0, (self._over.width() - self.width()) // 2), INSET)

    def _go_back(self) -> None:
        """The keyboard goes on with the canvas: the button is gone."""
        self._bench.show_moment(None)
        self._over.setFocus()
