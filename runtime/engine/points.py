"""The breakpoints of a run by place: which of them a task meets, and whether it stops there."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from graph.errors import BadInput, HeddleError
from graph.schemas import faults
from graph.values import shorten
from runtime.breakpoints import Breakpoint, Phase

Evaluate = Callable[[str, Mapping[str, Any]], Awaitable[Any]]

_HITS = re.compile(r"\s*(>=|>|==|=|%)?\s*(\d+)\s*")
_PLACES = re.compile(r"\{([^{}]+)\}")


class BadBreakpoint(HeddleError):
    """A breakpoint says something that makes no sense."""


class Stop(NamedTuple):
    """What came of a breakpoint that a task met: a stop with a note, or something to record."""

    point: Breakpoint
    note: str = ""
    message: str = ""
    """What a log point says; it doesn't stop."""


class Points:
    """The enabled breakpoints of a run, and what is remembered of their hits."""

    def __init__(self, breakpoints: Sequence[Breakpoint]) -> None:
        """Raises BadBreakpoint naming the one that makes no sense."""
        self._by_place: dict[tuple[str, Phase], list[Breakpoint]] = {}
        self.budgets: list[Breakpoint] = []
        self._hits: dict[str, int] = {}
        self._last: dict[str, Any] = {}
        for point in breakpoints:
            _check(point)
            if not point.enabled:
                continue
            if point.is_budget:
                self.budgets.append(point)
            else:
                self._by_place.setdefault((point.block, point.at), []).append(point)

    def __bool__(self) -> bool:
        return bool(self._by_place or self.budgets)

    def places(self) -> set[str]:
        """The blocks that a breakpoint is at."""
        return {place for place, _ in self._by_place if place}

    def at(self, place: str, phase: Phase) -> list[Breakpoint]:
        """The breakpoints that a task of a block meets in a phase of its life.

        Those of a sub-flow count for every task in it: who asks sees to it that only its first
        one stops.
        """
        met = list(self._by_place.get((place, phase), ()))
        if phase == "error":
            met += self._by_place.get(("", phase), ())
        if phase == "before":
            outer = place
            while "/" in outer:
                outer = outer.rpartition("/")[0]
                met += self._by_place.get((outer, phase), ())
        return met

    def exceeded(self, tokens: int, cost: float) -> Breakpoint | None:
        """The first budget that is exceeded; told of once."""
        for point in self.budgets:
            if point.tokens is not None and tokens > point.tokens:
                break
            if point.cost is not None and cost > point.cost:
                break
        else:
            return None
        self.budgets.remove(point)
        return point

    async def stops(
        self, point: Breakpoint, names: Mapping[str, Any], value: Any, evaluate: Evaluate
    ) -> Stop | None:
        """Whether a task that meets a breakpoint stops there; None when it goes on.

        `names` is what expressions see. `value` is that of the breakpoint's port.
        """
        note = self._fits(point, value)
        if note is None:
            return None
        if point.condition:
            try:
                if not await evaluate(point.condition, names):
                    return None
            except HeddleError as error:
                return Stop(point, f"Its condition can't be worked out: {error.message}")
        hits = self._hits[point.id] = self._hits.get(point.id, 0) + 1
        if not _counts(point.hits, hits):
            return None
        if point.log:
            return Stop(point, message=await _told(point.log, {**names, "hits": hits}, evaluate))
        return Stop(point, note)

    def is_plain(self, point: Breakpoint) -> bool:
        """Whether nothing has to be worked out to know that it stops."""
        return not (point.condition or point.log)

    def stops_plainly(self, point: Breakpoint, value: Any) -> Stop | None:
        """The same as `stops`, for one that is plain."""
        note = self._fits(point, value)
        if note is None:
            return None
        hits = self._hits[point.id] = self._hits.get(point.id, 0) + 1
        return Stop(point, note) if _counts(point.hits, hits) else None

    def _fits(self, point: Breakpoint, value: Any) -> str | None:
        """What there is to say of a value at which it may stop, None when it doesn't."""
        if point.changed:
            known, before = point.id in self._last, self._last.get(point.id)
            self._last[point.id] = value
            if not known or before == value:
                return None
            return f"It was {shorten(before)} and is {shorten(value)}."
        if point.schema is not None:
            found = faults(value, point.schema, most=1)
            return f"It doesn't fit the schema: {found[0]['message']}" if found else None
        return ""


def _check(point: Breakpoint) -> None:
    if point.hits and not _HITS.fullmatch(point.hits):
        raise BadBreakpoint(
            f"A breakpoint can't count hits by {point.hits!r}.",
            cure="Write a number, `>=` and a number, or `%` and a number for every so many.",
        )
    if (point.changed or point.schema is not None) and not point.port:
        raise BadBreakpoint(
            f"The breakpoint at {point.block!r} watches a value, but of no port.",
            cure="Name the port.",
        )
    if not point.block and point.at != "error" and not point.is_budget:
        raise BadBreakpoint("A breakpoint is at no block.", cure="Name the block it is at.")
    if point.schema is not None:
        try:
            faults(None, point.schema)
        except BadInput as error:
            raise BadBreakpoint(f"The breakpoint at {point.block!r}: {error.message}") from error


def _counts(wanted: str, hits: int) -> bool:
    """Whether the hit of that number is one at which to stop."""
    found = _HITS.fullmatch(wanted)
    if not found:
        return True
    number = int(found[2])
    match found[1]:
        case ">=":
            return hits >= number
        case ">":
            return hits > number
        case "%":
            return not number or hits % number == 0
    return hits == number


async def _told(text: str, names: Mapping[str, Any], evaluate: Evaluate) -> str:
    """The text of a log point with its {expressions} worked out."""
    parts: list[str] = []
    end = 0
    for found in _PLACES.finditer(text):
        parts.append(text[end : found.start()])
        try:
            value = await evaluate(found[1], names)
        except HeddleError as error:
            value = f"<{error.message}>"
        parts.append(value if isinstance(value, str) else shorten(value))
        end = found.end()
    return "".join([*parts, text[end:]])
