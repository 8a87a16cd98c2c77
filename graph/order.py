"""Which values are the same, and which of two comes first."""

import datetime
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from graph.errors import BadInput
from graph.values import kind_of


def identity(value: Any) -> Hashable:
    """Something hashable that is equal for equal values and for no others.

    Unlike Python's own comparison it keeps yes apart from 1, and takes records and lists.
    """
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, (str, int, bytes, datetime.date)) or value is None:
        return value
    if isinstance(value, float):
        return value if value == value else ("number", "nan")
    if isinstance(value, Mapping):
        return ("record", frozenset((name, identity(one)) for name, one in value.items()))
    if isinstance(value, (list, tuple)):
        return ("list", *map(identity, value))
    return (kind_of(value), bytes(value) if isinstance(value, bytearray) else repr(value))


def is_missing(value: Any) -> bool:
    """Whether there is nothing to compare: null, or what is not a number."""
    return value is None or (isinstance(value, float) and value != value)


def order_keys(
    values: Sequence[Any], *, indices: Sequence[int] | None = None, ignore_case: bool = False
) -> list[Any]:
    """For each value something that sorts as it should, null for a missing one.

    All must be of one kind; lists compare item by item, whatever their items are. Raises
    BadInput naming the two items that have no order, by their `indices` when given.
    """
    kinds = dict[str, int]()
    for place, value in enumerate(values):
        if not is_missing(value):
            index = indices[place] if indices else place
            kinds.setdefault(_order_kind(value, index), index)
    if len(kinds) > 1:
        (one, first), (other, second) = list(kinds.items())[:2]
        raise BadInput(
            f"Item {first} has {one} and item {second} has {other}: neither comes first.",
            cure="Turn them into one kind, for instance with an expression such as float(item).",
        )
    return [None if is_missing(value) else _key(value, ignore_case) for value in values]


_RANKS = ("boolean", "number", "text", "date", "datetime", "bytes", "list")


def _order_kind(value: Any, index: int) -> str:
    kind = "number" if (found := kind_of(value)) == "integer" else found
    if kind not in _RANKS:
        raise BadInput(
            f"Item {index} has a {kind}, which comes neither before nor after another.",
            cure="Choose a field of it.",
        )
    return kind


def _key(value: Any, ignore_case: bool) -> Any:
    if isinstance(value, str):
        return value.casefold() if ignore_case else value
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=datetime.UTC)
    if isinstance(value, (list, tuple)):
        return tuple(_ranked(one, index, ignore_case) for index, one in enumerate(value))
    return value


def _ranked(value: Any, index: int, ignore_case: bool) -> tuple[bool, int, Any]:
    if is_missing(value):
        return (True, 0, 0)
    return (False, _RANKS.index(_order_kind(value, index)), _key(value, ignore_case))
