"""Which part of a run's time is seen, at what scale, and the marks of a ruler over it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

STEPS = (
    *(digit * 10.0**power for power in range(-6, 1) for digit in (1, 2, 5)),
    10.0, 15.0, 30.0, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY,
)  # fmt: skip
"""Seconds that may lie between two marks of a ruler."""

CLOSEST = 1e-7
"""Seconds a pixel at the least: a tenth of a millisecond is a thousand pixels wide."""

FURTHEST = DAY / 10

ROOM = 0.04
"""The part of the width that stays free beside a run that is seen as a whole."""


class Span(NamedTuple):
    """The part of the time that is seen: seconds since the run began, and seconds a pixel."""

    left: float
    pixel: float

    def x_of(self, time: float) -> float:
        """Where a time is, in pixels."""
        return (time - self.left) / self.pixel

    def time_at(self, x: float) -> float:
        """Which time is at a place."""
        return self.left + x * self.pixel

    def zoomed(self, factor: float, x: float) -> "Span":
        """Closer by a factor, what is at x staying there."""
        pixel = min(FURTHEST, max(CLOSEST, self.pixel / factor))
        return Span(self.time_at(x) - x * pixel, pixel)

    def moved(self, pixels: float) -> "Span":
        """Later by so many pixels."""
        return Span(self.left + pixels * self.pixel, self.pixel)

    def kept(self, length: float, width: float) -> "Span":
        """Moved so that some of a run of that length stays in sight, most of it if it fits."""
        seen = width * self.pixel
        spare = max(seen * ROOM, (seen - length) / 2)
        most = max(-spare, length - seen + spare)
        return self._replace(left=min(max(self.left, -spare), most))

    def shown(self, time: float, width: float) -> "Span":
        """Moved, if need be, so that a time is in sight."""
        x, edge = self.x_of(time), width * ROOM
        if edge <= x <= width - edge:
            return self
        return Span(time - self.pixel * (edge if x < edge else width - edge), self.pixel)


def whole(length: float, width: float) -> Span:
    """The span in which a run of that length is seen as a whole."""
    pixel = max(CLOSEST, max(length, 1e-4) / max(1.0, width * (1 - 2 * ROOM)))
    return Span(-pixel * width * ROOM, pixel)


class Mark(NamedTuple):
    """A line of a ruler, in seconds since the run began; minor ones have no text."""

    time: float
    text: str


def marks(span: Span, width: float, apart: float) -> Sequence[Mark]:
    """The marks of a ruler of that width, those with a text at least so many pixels apart."""
    step = next((s for s in STEPS if s / span.pixel >= apart), STEPS[-1])
    minor = step / _parts(step)
    first = math.ceil(max(0.0, span.left) / minor)
    last = math.floor(span.time_at(width) / minor)
    return [_mark(count * minor, step) for count in range(first, last + 1)]


def _parts(step: float) -> int:
    """Into how many minor ones a step falls."""
    if step >= 10.0 and step not in (10.0, 5 * MINUTE, 10 * MINUTE):
        return {15.0: 3, 30.0: 3, 15 * MINUTE: 3, 30 * MINUTE: 3, 3 * HOUR: 3}.get(step, 4)
    return 5 if round(step / 10 ** math.floor(math.log10(step) + 1e-9)) != 2 else 4


def _mark(time: float, step: float) -> Mark:
    count = time / step
    return Mark(time, at_time(time, step) if abs(count - round(count)) < 1e-6 else "")


def at_time(seconds: float, step: float) -> str:
    """A time since the beginning, as exactly as steps of that size need.

    `0`, `0.25 ms`, `250 ms`, `1.25 s`, `1 min 5 s`, `2 h 15 min`, `3 d 6 h`.
    """
    if abs(seconds) < step / 1000:
        return "0"
    if seconds < 1.0 and step < 1.0:
        return f"{_decimal(seconds * 1000, step * 1000)} ms"
    parts, rest = [], seconds + min(step / 1000, 1e-6)  # what is almost a minute, is one
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:.0f} {unit}")
    said = _decimal(rest, step)
    if not parts or float(said):
        parts.append(f"{said} s")
    return " ".join(parts)


def exact(seconds: float, to: float) -> str:
    """A time since the beginning, told as exactly as differences of that many seconds need."""
    return at_time(seconds, 10.0 ** math.floor(math.log10(min(max(to, 1e-6), 1.0)) + 1e-9))


def _decimal(value: float, step: float) -> str:
    return f"{value:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
