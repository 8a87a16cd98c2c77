"""Values on their way: a dot runs along a link for a moment after a value came out."""

from collections.abc import Callable, Iterable
from time import monotonic

from PySide6.QtCore import QObject, QTimer

LASTS = 0.4
"""Seconds a dot takes from one end to the other."""
FRAME = 16
MOST = 200
"""Dots at the same time."""


class Pulses(QObject):
    """The only clock of the canvas; it ticks only while something moves."""

    def __init__(self, parent: QObject, tick: Callable[[], object]) -> None:
        super().__init__(parent)
        self._begun: dict[int, float] = {}
        self._timer = QTimer(self, interval=FRAME)
        self._timer.timeout.connect(self._drop_arrived)
        self._timer.timeout.connect(tick)

    def start(self, links: Iterable[int]) -> None:
        """Let a dot run along each of these links, unless one is running."""
        now = monotonic()
        for link in links:
            if len(self._begun) < MOST:
                self._begun.setdefault(link, now)
        if self._begun and not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Links have become others."""
        self._begun.clear()
        self._timer.stop()

    def dots(self) -> list[tuple[int, float]]:
        """The links on which a dot is, and how far it has come (0 to 1)."""
        now = monotonic()
        return [(link, min(1.0, (now - at) / LASTS)) for link, at in self._begun.items()]

    def _drop_arrived(self) -> None:
        now = monotonic()
        self._begun = {link: at for link, at in self._begun.items() if now - at < LASTS}
        if not self._begun:
            self._timer.stop()
