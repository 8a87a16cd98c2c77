"""What a field may hold: JSON, and nothing that only looks like it."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

DEEPEST = 64
"""Levels of lists and records within one field. Far beyond sense, far below Python's own limit."""

_INTEGERS = range(-(2**63), 2**64)  # what every reader, journal and database takes
_SCALARS = frozenset({str, int, float, bool, type(None)})


class Flaw(NamedTuple):
    """Why a value is no JSON: `path` leads to the part at fault, `reason` ends a sentence."""

    path: tuple[str | int, ...]
    reason: str
    cure: str


def flaw(value: Any, depth: int = 0) -> Flaw | None:
    """What keeps `value` from being stored as JSON and read back as it was; None when nothing."""
    kind = type(value)
    if kind in _SCALARS:
        return _scalar_flaw(value)
    if not isinstance(value, (list, dict)):
        return Flaw((), f"can't be a {kind.__name__}", _cure(value))
    if depth == DEEPEST:
        return Flaw((), f"is nested more than {DEEPEST} levels deep", "Flatten it.")
    if isinstance(value, dict):
        return _record_flaw(value, depth)
    for index, item in enumerate(value):
        if found := flaw(item, depth + 1):
            return found._replace(path=(index, *found.path))
    return None


def _record_flaw(record: Mapping[Any, Any], depth: int) -> Flaw | None:
    for key, item in record.items():
        if type(key) is not str:
            return Flaw((), f"has a key that is no text: {key!r}", "Write the key as text.")
        if found := _scalar_flaw(key) or flaw(item, depth + 1):
            return found._replace(path=(key, *found.path))
    return None


def _scalar_flaw(value: Any) -> Flaw | None:
    kind = type(value)
    if kind is float and not math.isfinite(value):
        return Flaw((), f"is {value}, no number that JSON knows", "Use a number, or null.")
    if kind is int and value not in _INTEGERS:
        return Flaw((), "is too large a number", "Keep it as text.")
    if kind is str and not value.isascii() and not _encodable(value):
        return Flaw((), "holds half a character (a lone surrogate)", "Replace that character.")
    return None


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _cure(value: Any) -> str:
    if isinstance(value, (tuple, set, frozenset)):
        return "Use a list."
    if isinstance(value, (bytes, bytearray)):
        return "Use text, or read the bytes from a file."
    if isinstance(value, Mapping):
        return "Use a dict."
    return "Write it as text."
