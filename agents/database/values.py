"""Values on their way into a database and out of it."""

import datetime
import decimal
import math
import uuid
from collections.abc import Mapping
from typing import Any, Literal

from graph.blocks.formats import format_json

Dialect = Literal["sqlite", "postgresql"]
Decimals = Literal["number", "text"]

_LARGEST = 2**63 - 1
"""The largest integer that either database has a type of its own for."""


def to_driver(value: Any, dialect: Dialect) -> Any:
    """A value as the driver takes it.

    Records and lists go as JSON; PostgreSQL takes a list of plain values as an array. SQLite has
    no dates: they go as ISO 8601 text, which its date functions read.
    """
    if value is None or isinstance(value, (str, float, bytes)):
        return value
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, int):
        return value if fits_integer(value) or dialect == "postgresql" else str(value)
    if isinstance(value, (list, tuple)) and dialect == "postgresql" and not _nested(value):
        return list(value)
    if isinstance(value, (Mapping, list, tuple)):
        return format_json(value)
    if isinstance(value, (datetime.datetime, datetime.date)) and dialect == "sqlite":
        return value.isoformat()
    return value


def from_driver(value: Any, decimals: Decimals) -> Any:
    """A value as links take it: JSON-like, bytes and dates; what else there is becomes text."""
    match value:
        case None | bool() | int() | str() | float() | bytes():
            return value
        case datetime.date():  # and datetime
            return value
        case decimal.Decimal():
            return _number(value) if decimals == "number" else str(value)
        case Mapping():
            return {str(name): from_driver(inner, decimals) for name, inner in value.items()}
        case list() | tuple():
            return [from_driver(inner, decimals) for inner in value]
        case memoryview() | bytearray():
            return bytes(value)
        case datetime.timedelta():
            return value.total_seconds()
        case datetime.time():
            return value.isoformat()
        case uuid.UUID() | _:
            return str(value)


def fits_integer(value: int) -> bool:
    """Whether an integer has 64 bits at most."""
    return -_LARGEST - 1 <= value <= _LARGEST


def _number(value: decimal.Decimal) -> int | float | None:
    """A decimal as a number; exact as long as it has 15 digits. None for what is no number."""
    number = float(value)
    return number if math.isfinite(number) else None


def _nested(items: list[Any] | tuple[Any, ...]) -> bool:
    return any(isinstance(item, (Mapping, list, tuple)) for item in items)
