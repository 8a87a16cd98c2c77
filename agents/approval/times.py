"""How long people have, as people write it."""

import re

from graph.errors import BadInput
from graph.values import shorten

UNITS = {
    "s": 1.0, "sec": 1.0, "second": 1.0,
    "m": 60.0, "min": 60.0, "minute": 60.0,
    "h": 3600.0, "hr": 3600.0, "hour": 3600.0,
    "d": 86_400.0, "day": 86_400.0,
    "w": 604_800.0, "week": 604_800.0,
}  # fmt: skip

_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)", re.ASCII)
_ISO = re.compile(
    r"p(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?"
    r"(?:t(?=\d)(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?)?",
    re.ASCII,
)
_CURE = "Write a number and what of: 30 min, 4 h, 2 days, 1 week."


def seconds_of(text: str) -> float | None:
    """The seconds in `30 min`, `1 h 30 min`, `2 days` or `P2DT12H`; None for nothing.

    Raises BadInput.
    """
    said = text.strip().lower()
    if not said:
        return None
    total = _iso(said) if said.startswith("p") else _parts(said)
    if total is None:
        raise BadInput(f"{shorten(text)} says not how long.", cure=_CURE)
    if total == 0:
        raise BadInput(
            f"{shorten(text)} leaves no time at all.", cure=f"{_CURE} Empty it for no end."
        )
    return total


def _parts(text: str) -> float | None:
    total = 0.0
    while text:
        part = _PART.match(text)
        unit = UNITS.get(_singular(part[2])) if part else None
        if part is None or unit is None:
            return None
        total += float(part[1]) * unit
        text = text[part.end() :].lstrip(" ,")
    return total


def _iso(text: str) -> float | None:
    """A duration by ISO 8601; months and years are none, as they are of no one length."""
    found = _ISO.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    return sum(float(number or 0) * UNITS[unit] for unit, number in found.groupdict().items())


def _singular(unit: str) -> str:
    return unit[:-1] if len(unit) > 1 and unit.endswith("s") else unit
