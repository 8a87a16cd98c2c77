"""The stretch of time that all plots of a wall show: it goes with the clock, or stands still."""

from PySide6.QtCore import QObject, Signal

LEAST = 0.01
"""Seconds: nobody zooms in further."""


class Span(QObject):
    """From `start` to `end`; while `follows`, the end is where the newest value is."""

    changed = Signal()
    pointed = Signal()
    """The crosshair is elsewhere."""

    def __init__(self, length: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.length = length
        """Seconds that are shown when nobody has zoomed."""
        self.newest = length
        self.follows = True
        self.start, self.end = 0.0, length
        self.pointer: float | None = None
        """The time that the crosshair is at."""

    def show_last(self, length: float) -> None:
        """Show the newest so many seconds, and go with them."""
        self.length = length
        self.reset()

    def reset(self) -> None:
        """Show what is shown when nobody has zoomed."""
        self.follows = True
        self._become(self.newest - self.length, self.newest)

    def advance(self, newest: float) -> None:
        """There are newer values."""
        self.newest = newest
        if self.follows:
            self._become(newest - self.length, newest)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show a stretch shorter by the factor, which leaves one time where it is."""
        whole = self.end - self.start
        wanted = max(LEAST, whole / factor)
        share = 0.5 if around is None else (around - self.start) / whole
        at = self.start + share * whole
        self._leave(at - share * wanted, at + (1 - share) * wanted)

    def pan(self, seconds: float) -> None:
        """Show what was later, or earlier."""
        self._leave(self.start + seconds, self.end + seconds)

    def point(self, at: float | None) -> None:
        """Put the crosshair at a time, or take it away."""
        if at != self.pointer:
            self.pointer = at
            self.pointed.emit()

    def _leave(self, start: float, end: float) -> None:
        self.follows = False
        self._become(start, end)

    def _become(self, start: float, end: float) -> None:
        if (start, end) != (self.start, self.end):
            self.start, self.end = start, end
        self.changed.emit()
