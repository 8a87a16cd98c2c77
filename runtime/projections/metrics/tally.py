"""What is added up about one thing over a stretch of time."""

import msgspec

from runtime.projections.metrics.sketch import Sketch


class Series(msgspec.Struct, frozen=True, order=True, omit_defaults=True, cache_hash=True):
    """What is measured: everything, a flow (by name), a block of a flow, or a kind of agent."""

    flow: str = ""
    block: str = ""
    agent: str = ""


EVERYTHING = Series()


class Level(msgspec.Struct, omit_defaults=True, array_like=True):
    """Something, never below 0, looked at now and then: how often, the sum seen, and the most."""

    seen: int = 0
    total: float = 0.0
    peak: float = 0.0

    def add(self, other: "Level") -> None:
        """Add what was seen at other moments."""
        self.seen += other.seen
        self.total += other.total
        self.peak = max(self.peak, other.peak)


class Tally(msgspec.Struct, omit_defaults=True):
    """Counts, durations and levels by name. Two are added part by part, in whatever order.

    A name that nobody counted is absent, so that new ones change no format.
    """

    counts: dict[str, float] = {}
    times: dict[str, Sketch] = {}
    levels: dict[str, Level] = {}

    def count(self, name: str, by: float = 1) -> None:
        """Count something."""
        self.counts[name] = self.counts.get(name, 0) + by

    def time(self, name: str, bin: int, by: int = 1) -> None:
        """Count durations of a bin."""
        sketch = self.times.get(name)
        if sketch is None:
            sketch = self.times[name] = {}
        sketch[bin] = sketch.get(bin, 0) + by

    def see(self, name: str, value: float) -> None:
        """Take note of a level."""
        self.levels.setdefault(name, Level()).add(Level(1, value, value))

    def add(self, other: "Tally") -> None:
        """Add what another has."""
        for name, by in other.counts.items():
            self.count(name, by)
        for name, sketch in other.times.items():
            for bin, by in sketch.items():
                self.time(name, bin, by)
        for name, level in other.levels.items():
            self.levels.setdefault(name, Level()).add(level)


class Point(msgspec.Struct, frozen=True):
    """What came to be counted about something from a moment on, for as long as its step is."""

    series: Series
    at: int
    tally: Tally
