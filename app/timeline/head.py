"""Where one looks at a run: at its end, which goes on with it, or at a moment of its past."""

import math
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.presenters.moments import Moment
from app.timeline.record import Record
from app.workbench import Workbench

FRAME = 16
SPEEDS = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
LASTS = 8.0
"""Seconds that playing a run takes at first, about."""


class Head(QObject):
    """Moves through a record, and has the workbench show what is there."""

    moved = Signal()

    def __init__(self, record: Record, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._record = record
        self._bench = workbench
        self.place = 0
        """How many events had happened there; only meant while `is_now` is false."""
        self.time = 0.0
        self.is_now = True
        self._speed: float | None = None
        self._shown = -1
        self._at = 0.0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        self._clock = QTimer(self, interval=FRAME)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        workbench.moment_changed.connect(self._on_moment)
        self.take_up()

    def close(self) -> None:
        """Move no more; the workbench goes on showing what it shows."""
        self._clock.stop()
        self._soon.stop()
        self._bench.moment_changed.disconnect(self._on_moment)

    @property
    def is_playing(self) -> bool:
        return self._clock.isActive()

    @property
    def last(self) -> int:
        """The place of the end."""
        return self._record.known.moments.last

    def take_up(self) -> None:
        """Be where the workbench looks, unless the run has gone back behind that."""
        moment, events = self._bench.moment, self._record.known.moments.events
        if not isinstance(moment, Moment) or moment.run != self._record.run or not events:
            return
        if moment.place > len(events) or events[moment.place - 1].seq != moment.seq:
            self.go_to_now()
        else:
            self.is_now = False
            self.place = self._shown = moment.place
            self.time = moment.now or moment.view.seen

    def now(self) -> float:
        """The time where it is, in seconds since the epoch."""
        return self._record.known.line.seen if self.is_now else self.time

    # Going.

    def go_to(self, place: int) -> None:
        """Look at the run after so many events; after the last one, at its end."""
        moments = self._record.known.moments
        place = max(1, place)
        if place >= moments.last:
            self.go_to_now()
        else:
            self._move(place, moments.times[place - 1])

    def go_by(self, events: int) -> None:
        """Go so many events on, or back."""
        self.go_to((self.last if self.is_now else self.place) + events)

    def go_to_time(self, when: float) -> None:
        """Look at the run as it was at a time."""
        known = self._record.known
        if when >= known.line.seen:
            self.go_to_now()
        else:
            self._move(max(1, known.moments.place_at(when)), max(when, known.line.began))

    def go_to_now(self) -> None:
        """Look at the end again, and go on with the run."""
        self.pause()
        self._soon.stop()
        self.is_now, self._shown = True, -1
        self._bench.show_moment(None)
        self.moved.emit()

    def _move(self, place: int, when: float) -> None:
        if place == self.place and when == self.time and not self.is_now:
            return
        self.place, self.time, self.is_now = place, when, False
        self.moved.emit()
        if not self._soon.isActive():
            self._soon.start()

    def _show(self) -> None:
        """Show what is there now, however often it has moved meanwhile."""
        moments = self._record.known.moments
        if self.is_now or self.place > moments.last:
            return
        news = moments.between(self._shown, self.place) if self._shown >= 0 else None
        self._shown = self.place
        self._bench.show_moment(moments.at(self.place, self.time), news)

    def _on_moment(self) -> None:
        """Somebody else went back to the end."""
        if self._bench.moment is None and not self.is_now:
            self.pause()
            self._soon.stop()
            self.is_now, self._shown = True, -1
            self.moved.emit()

    # Playing.

    def play(self) -> None:
        """Go on by itself; from the beginning when it is at the end."""
        if self.is_now or self.place >= self.last:
            self.go_to(1)
        if not self.is_now:
            self._at = time.perf_counter()
            self._clock.start()
            self.moved.emit()

    def pause(self) -> None:
        """Stay where it is."""
        if self._clock.isActive():
            self._clock.stop()
            self.moved.emit()

    @property
    def speed(self) -> float:
        """How fast it plays: as was chosen, or so that the run takes some seconds."""
        if self._speed is not None:
            return self._speed
        line = self._record.known.line
        wanted = math.log10(max(1e-6, line.seen - line.began) / LASTS)
        return min(SPEEDS, key=lambda speed: abs(math.log10(speed) - wanted))

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = speed

    def _tick(self) -> None:
        now = time.perf_counter()
        passed, self._at = now - self._at, now
        self.go_to_time(self.time + passed * self.speed)
