"""Asks what became of an effect that a crash interrupted: nobody but a person can know."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

Verdict = Literal["again", "done", "failed"]

VERDICTS: tuple[tuple[Verdict, str, str], ...] = (
    ("again", "Do it again", "It didn't happen, or may happen twice"),
    ("done", "It was done", "Go on without doing it again; the block gives nothing"),
    ("failed", "It failed", "Go on as after a failure of the block"),
)


class DoubtBanner(QWidget):
    """One task that is doubted at a time."""

    def __init__(self, parent: QWidget, settle: Callable[[str, Verdict], object]) -> None:
        super().__init__(parent)
        self._task = ""
        frame = QFrame(self)
        frame.setProperty("banner", "warning")
        around = QHBoxLayout(self)
        around.setContentsMargins(12, 8, 12, 8)
        around.addWidget(frame)
        self.text = QLabel(frame)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for verdict, title, tip in VERDICTS:
            buttons.addWidget(self._button(verdict, title, tip, settle, frame))
        buttons.addStretch(1)
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.text)
        column.addLayout(buttons)
        self.hide()

    def show_doubt(self, task: str, block: str) -> None:
        """Ask about a task of a block; "" asks nothing."""
        self._task = task
        self.text.setText(
            f"The run was interrupted while “{block}” was at work outside Heddle."
            " Was it done? Look there, then say so."
        )
        self.setVisible(bool(task))

    def _button(
        self,
        verdict: Verdict,
        title: str,
        tip: str,
        settle: Callable[[str, Verdict], object],
        parent: QWidget,
    ) -> QPushButton:
        button = QPushButton(title, parent)
        button.setObjectName(verdict)
        button.setProperty("small", True)
        button.setToolTip(tip)
        button.clicked.connect(lambda: settle(self._task, verdict))
        return button
