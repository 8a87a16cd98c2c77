"""What a store of metrics does, whatever it is kept in."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from graph.errors import HeddleError
from runtime.projections.metrics.tally import Point, Series

By = Literal["everything", "flow", "block", "agent"]
"""What there is to be one line for: all together, each flow, each block, each kind of agent."""


class MetricsGone(HeddleError):
    """The database of the metrics doesn't answer."""


class Wanted(NamedTuple):
    """Which series are asked for; with a name given, only those of that name."""

    by: By = "everything"
    flow: str = ""
    block: str = ""
    agent: str = ""

    def fits(self, series: Series) -> bool:
        """Whether a series is among them."""
        kind = {
            "everything": not (series.flow or series.agent),
            "flow": bool(series.flow) and not series.block,
            "block": bool(series.block),
            "agent": bool(series.agent),
        }[self.by]
        return kind and all(
            not wanted or wanted == has
            for wanted, has in zip(self[1:], msgspec.structs.astuple(series), strict=True)
        )


class Seen(msgspec.Struct, frozen=True):
    """A series that is kept, and when something was last counted for it."""

    series: Series
    last: float


class MetricStore(Protocol):
    """Points added up, rolled up as they age, and read back.

    Several processes may add to one store. What is added of the same second is summed, so it
    makes no difference who added what, or in which order. Raises MetricsGone.
    """

    async def open(self) -> None:
        """Get ready. The tables are there: the journal's `open` has seen to it."""
        ...

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        ...

    async def add(
        self, points: Sequence[Point], cursors: Mapping[str, int | None] | None = None
    ) -> None:
        """Add points of single seconds: all of them or, when it raises, none.

        With them goes how far runs were counted: the `seq` of their last event, None for those
        that are over.
        """
        ...

    async def read(self, wanted: Wanted, start: int, end: int, level: int) -> list[Point]:
        """Points of `level` seconds each in [start, end), finer ones where it isn't rolled up."""
        ...

    async def seen(self) -> list[Seen]:
        """Every series that is kept."""
        ...

    async def cursors(self) -> dict[str, int]:
        """How far each run was counted that wasn't told to be over."""
        ...

    async def tidy(self, now: float) -> None:
        """Roll up what is old enough, and forget what is too old."""
        ...
