"""The bar above a canvas that shows a run as it was."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.presenters.run_words import duration
from app.workbench import Workbench


class PastBanner(QFrame):
    """Says which moment is shown, and is the way back to now."""

    def __init__(self, workbench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = workbench
        self.setProperty("banner", "info")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 10, 4)
        row.setSpacing(8)
        self.words = QLabel(self)
        row.addWidget(self.words, 1)
        back = QPushButton("Back to now", self)
        back.setProperty("small", True)
        back.setToolTip("Show the run as it is now")
        back.clicked.connect(lambda: workbench.show_moment(None))
        row.addWidget(back)
        workbench.moment_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        moment = self._bench.moment
        if moment is not None:
            self.words.setText(f"The run as it was after {duration(moment.view.took)}")
        self.setVisible(moment is not None)
