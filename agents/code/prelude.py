"""What every session is fed first: how calls are made inside, and what may come out of them."""

from agents.code.values import DEEPEST, LEAST, MOST

SEPARATOR = "\x1f"
"""Stands between where and what in the message by which a value is refused inside."""

_PRELUDE = r"""
from json import dumps as _dumps
import datetime as _dt

_at = [-1]
_next = next
_LEAVES = (bool, float, str, bytes, _dt.datetime, _dt.date)


def next(items, *default):
    # A generator expression is a list here: `next(x for x in …)` must work all the same.
    return _next(iter(items) if type(items) is list else items, *default)


def _each(function, items, start, rest):
    _at[0] = -1
    made = []
    for index, item in enumerate(items, start):
        _at[0] = index
        made.append(function(item, index, *rest))
    _at[0] = -1
    return made


def _out(value):
    # What JSON can't hold would leave as a text that describes it; so it is found here.
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if kind is str or kind is bytes:
        if len(value) <= VALUE_BYTES:
            return value
    elif kind is not int:
        try:
            if len(_dumps(value, ensure_ascii=False)) <= VALUE_BYTES:
                return value
        except (TypeError, ValueError, RecursionError):
            pass
    _look(value, "", 0, [VALUE_BYTES])
    return value


def _look(value, where, depth, left):
    kind = type(value)
    left[0] -= len(value) if kind is str or kind is bytes else 2
    if left[0] < 0:
        raise OverflowError("")
    if depth > DEEPEST:
        raise RecursionError(where)
    if kind is list or kind is tuple:
        for index, item in enumerate(value):
            _look(item, where + "[" + str(index) + "]", depth + 1, left)
    elif isinstance(value, dict):
        for key, item in value.items():
            left[0] -= len(key) if type(key) is str else 0
            _look(item, where + "[" + repr(key) + "]", depth + 1, left)
    elif kind is int:
        if not LEAST <= value <= MOST:
            raise ValueError(where)
    elif value is not None and kind not in _LEAVES:
        raise TypeError(where + "\x1f" + kind.__name__)
"""


def prelude(value_bytes: int) -> str:
    """The code, for values of at most so many bytes as JSON."""
    numbers = {"VALUE_BYTES": value_bytes, "DEEPEST": DEEPEST, "LEAST": LEAST, "MOST": MOST}
    code = _PRELUDE
    for name, number in numbers.items():
        code = code.replace(name, str(number))
    return code
