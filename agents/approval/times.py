"""How long people have, as people write it."""

import re

from graph.errors import BadInput
from graph.values import shorten

UNITS = {
    "s": 1.0, "sec": 1.0, "second": 1.0,
    "m": 60.0, "min": 60.0, "minute": 60.0,
    "h": 3600.0, "hour": 3600.0,
    "d": 86_400.0, "day": 86_400.0,
    "w": 604_800.0, "week": 604_800.0,
}  # fmt: skip

_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)", re.ASCII)


def seconds_of(text: str) -> float | None:
    """The seconds in `30 min`, `1 h 30 min` or `2 days`; None for nothing. Raises BadInput."""
    rest, total = text.strip().lower(), 0.0
    if not rest:
        return None
    while rest:
        part = _PART.match(rest)
        unit = UNITS.get(_singular(part[2])) if part else None
        if part is None or unit is None:
            raise BadInput(
                f"{shorten(text)} says not how long.",
                cure="Write a number and what of: 30 min, 4 h, 2 days, 1 week.",
            )
        total += float(part[1]) * unit
        rest = rest[part.end() :].lstrip(" ,")
    return total


def _singular(unit: str) -> str:
    return unit[:-1] if len(unit) > 1 and unit.endswith("s") else unit
