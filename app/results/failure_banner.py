"""Why something failed, where, what cures it, and the way there."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.controls import paragraph
from app.presenters.cures import PLACE
from runtime.events import Failure


class FailureBanner(QWidget):
    """Shows one failure."""

    def __init__(
        self, parent: QWidget, go: Callable[[str], object], allow: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._task = ""
        frame = QFrame(self)
        frame.setProperty("banner", "error")
        around = QHBoxLayout(self)
        around.setContentsMargins(12, 8, 12, 8)
        around.addWidget(frame)
        self.message = paragraph(frame, "heading")
        self.cure = paragraph(frame, "")
        self.place = paragraph(frame, "small")
        self.button = QPushButton("Go to block", frame)
        self.button.setProperty("small", True)
        self.button.clicked.connect(lambda: go(self._task))
        self.allow = QPushButton("What it may touch…", frame)
        self.allow.setProperty("small", True)
        self.allow.clicked.connect(lambda: allow())
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self.message, self.cure, self.place):
            texts.addWidget(label)
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 12, 8)
        row.addLayout(texts, 1)
        for button in (self.allow, self.button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_failure(self, failure: Failure | None, block: str = "", here: bool = False) -> None:
        """Show why; nothing when nothing failed.

        `block` is what the block is called; `here`, that it is the one that is selected.
        """
        self.setVisible(failure is not None)
        if failure is None:
            return
        self._task = failure.task
        _say(self.message, failure.message)
        _say(self.cure, failure.cure)
        _say(self.place, place_of(failure, block))
        self.button.setVisible(bool(failure.task) and not here)
        self.allow.setVisible(PLACE in failure.cure)
        self.setAccessibleName(f"{failure.message} {failure.cure}".strip())


def place_of(failure: Failure, block: str = "") -> str:
    """Where it was, and what sort of error."""
    spot = [block or failure.task] if failure.task else []
    if failure.line:
        spot.append(f"line {failure.line}")
    return " · ".join(filter(None, (", ".join(spot), _kind(failure))))


def _kind(failure: Failure) -> str:
    """What sort of error it was, where the message doesn't begin with it already."""
    return "" if failure.message.startswith(failure.type) else failure.type


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
