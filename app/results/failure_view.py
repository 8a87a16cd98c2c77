"""What caused a failure, and below it what failed by that, each with the way to its block."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.results.failure_banner import FailureBanner
from runtime.events import Failure

DEEPEST = 20
"""Causes that are shown."""


class FailureView(QScrollArea):
    """Shows one failure with its chain of causes, the first of all on top."""

    def __init__(
        self, parent: QWidget, go: Callable[[str], object], allow: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._go, self._allow = go, allow
        self._shown: Failure | None = None
        self.banners: list[FailureBanner] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("What went wrong")

    def show_failure(
        self, failure: Failure, title_at: Callable[[str], str], here: str = ""
    ) -> None:
        """Show why; `here` is the block that is looked at, to which no way leads."""
        if failure == self._shown:
            return
        self._shown = failure
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(0)
        self.banners = []
        for number, one in enumerate(reversed(list(chain(failure)))):
            if number:
                column.addWidget(_so(inside))
            banner = FailureBanner(inside, self._go, self._allow)
            banner.show_failure(one, title_at(one.task) if one.task else "", here=one.task == here)
            column.addWidget(banner)
            self.banners.append(banner)
        column.addStretch(1)
        self.setWidget(inside)


def chain(failure: Failure) -> Iterator[Failure]:
    """The failure, what caused it, what caused that, and so on."""
    left: Failure | None = failure
    for _ in range(DEEPEST):
        if left is None:
            return
        yield left
        left = left.cause


def _so(parent: QWidget) -> QLabel:
    label = QLabel("So this failed as well:", parent)
    label.setProperty("role", "small")
    label.setContentsMargins(16, 4, 12, 0)
    return label
