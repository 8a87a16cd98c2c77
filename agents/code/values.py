"""What may go into the sandbox and come out again: JSON-like values, bytes and dates."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from agents.code.errors import ValueRefused

DEEPEST = 100
"""How deep a value may be nested."""

LEAST, MOST = -(2**63), 2**64 - 1
"""The whole numbers that every journal and file format here can hold."""

_LEAVES = frozenset((str, float, bool, type(None), bytes, datetime.datetime, datetime.date))

_LIST_OF_IT = "Give `list(…)` of it."
_CURES = {
    **dict.fromkeys(("set", "frozenset"), "Give `sorted(…)` of it."),
    **dict.fromkeys(("dict_keys", "dict_values", "dict_items", "range", "deque"), _LIST_OF_IT),
    **dict.fromkeys(("function", "builtin_function_or_method"), "Call it, and give its result."),
    "Decimal": "Give `float(…)` or `str(…)` of it.",
    "Match": "Give its `.group()`.",
    "PosixPath": "Give `str(…)` of it.",
    "time": "Give its `.isoformat()`.",
    "timedelta": "Give its `.total_seconds()`.",
}


class _Misfit(Exception):
    """Travels outward from the part that can't cross, collecting the path to it."""

    def __init__(self, what: str, cure: str) -> None:
        self.what, self.cure, self.path = what, cure, ""


def settled(value: Any, name: str = "value") -> Any:
    """The value with its tuples made lists and its mappings dicts; the same object if plain.

    Raises ValueRefused for the first part that can't cross, naming it: `value["a"][3]`.
    """
    kind = type(value)
    if kind in _LEAVES or (kind is int and LEAST <= value <= MOST):
        return value
    try:
        return _settled(value, 0)
    except _Misfit as misfit:
        raise ValueRefused(name + misfit.path, misfit.what, misfit.cure) from None


def of_kind(kind: str) -> tuple[str, str]:
    """What is said of a value of a Python type that can't cross, and its cure."""
    return f"of type {kind}", _CURES.get(kind, "Give text, numbers, lists, records or dates.")


def _settled(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _LEAVES:
        return value
    if kind is int:
        if LEAST <= value <= MOST:
            return value
        raise _Misfit("a whole number of more than 64 bits", "Give `float(…)` or `str(…)` of it.")
    if depth > DEEPEST:
        raise _Misfit(f"nested more than {DEEPEST} deep", "Flatten it.")
    if kind is list:
        return _list(value, depth)
    if kind is dict:
        return _dict(value, depth)
    return _settled(_plain(value), depth)


def _list(value: list[Any], depth: int) -> list[Any]:
    made = value
    index = 0
    try:
        for index, item in enumerate(value):
            if type(item) not in _LEAVES:
                settled_item = _settled(item, depth + 1)
                if settled_item is not item:
                    made = list(value) if made is value else made
                    made[index] = settled_item
    except _Misfit as misfit:
        misfit.path = f"[{index}]{misfit.path}"
        raise
    return made


def _dict(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    made = value
    key: Any = None
    try:
        for key, item in value.items():
            if type(key) is not str:
                raise _Misfit("a record with a key that is no text", "Use `str(…)` for its keys.")
            if type(item) not in _LEAVES:
                settled_item = _settled(item, depth + 1)
                if settled_item is not item:
                    made = dict(value) if made is value else made
                    made[key] = settled_item
    except _Misfit as misfit:
        misfit.path = f"[{key!r}]{misfit.path}"
        raise
    return made


def _plain(value: Any) -> Any:
    """The plain value that another kind of text, number, sequence or mapping stands for."""
    match value:
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case bytearray():
            return bytes(value)
        case Mapping():
            return dict(value)
        case Sequence() if not isinstance(value, memoryview | range):
            return list(value)
    raise _Misfit(*of_kind(type(value).__name__))
