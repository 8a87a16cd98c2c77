"""Values whose parts are shared: small in memory, and endless when written out."""

from collections.abc import Sequence
from itertools import chain
from math import inf
from typing import Any

MANY = 100_000
"""Parts of one level from which it is asked whether they are different ones."""

MOST = 5_000_000
"""Parts of a value that repeats itself, each counted as often as it stands there."""

_DEEPEST = 1000


def is_endless(value: Any) -> bool:
    """Whether writing the value out would say the same things over and over, or never end.

    Forty records, each holding the one before twice, are a value of a million million parts. A
    level of the value is looked at at a time and in C: some 50 ns a part.
    """
    level = [value]
    for _ in range(_DEEPEST):
        records = [part for part in level if isinstance(part, dict)]
        lists = [part for part in level if isinstance(part, list | tuple)]
        if not records and not lists:
            return False
        if repeats(records, lists):
            return _parts(value) > MOST
        level = list(chain(chain.from_iterable(map(dict.values, records)), *lists))
    return True


def repeats(*parts: Sequence[Any]) -> bool:
    """Whether much of what is in these lists and records is the same over and over."""
    inside = sum(sum(map(len, some)) for some in parts)
    if inside <= MANY:
        return False
    different = {id(part): len(part) for some in parts for part in some}
    return 2 * sum(different.values()) < inside


def _parts(value: Any) -> float:
    """How many parts the value has when written out; each is counted once to find out."""
    counted: dict[int, float] = {}

    def count(part: Any) -> float:
        if not isinstance(part, dict | list | tuple):
            return 1
        if id(part) not in counted:
            counted[id(part)] = inf  # if it is in itself
            inside = part.values() if isinstance(part, dict) else part
            counted[id(part)] = 1 + sum(map(count, inside))
        return counted[id(part)]

    try:
        return count(value)
    except RecursionError:
        return inf
