"""Values as JSON can hold them, the keys of rows as text, and versions by content."""

import datetime
import decimal
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from graph.errors import BadInput

KeyKind = Literal["integer", "text", "uuid", "date", "boolean"]
"""What a column of a key may be: what has one way only to be written."""

LONGEST_KEY = 1_000
"""Characters of a key; longer ones belong into another column."""

_AS_THEY_ARE = frozenset((type(None), bool, int, str, float, bytes))
_encoder = msgspec.json.Encoder(order="deterministic")
_key_encoder = msgspec.json.Encoder()
_key_decoder = msgspec.json.Decoder(list[Any])
_INTEGERS = 2**63


def record(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its values as JSON has them."""
    values = dict(row)
    if _AS_THEY_ARE.issuperset(map(type, values.values())):  # as those of nearly every row are
        return values
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    """A value of a driver as JSON has it; bytes stay bytes, dates become ISO 8601."""
    match value:
        case None | bool() | int() | str() | float() | bytes():
            return value
        case decimal.Decimal():
            return _number(value)
        case datetime.date() | datetime.time():  # and datetime
            return value.isoformat()
        case datetime.timedelta():
            return value.total_seconds()
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case memoryview() | bytearray():
            return bytes(value)
        case uuid.UUID() | _:
            return str(value)


def _number(value: decimal.Decimal) -> int | float | str:
    """A decimal as a number that says the same, or else as text with every digit."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and abs(value) < _INTEGERS:
        return int(value)
    return number if decimal.Decimal(repr(number := float(value))) == value else str(value)


def digest(row: Mapping[str, Any]) -> str:
    """The version of a row whose table counts none: the same content, the same version."""
    return hashlib.blake2b(_encoder.encode(row), digest_size=12).hexdigest()


def key_text(values: Sequence[Any]) -> str:
    """A key as text, from values that `key_value` made; equal keys give equal texts."""
    return _key_encoder.encode(values).decode()


def key_values(key: str) -> list[Any]:
    """The values that a key's text was made of."""
    return _key_decoder.decode(key)


def no_key(value: Any, kind: KeyKind, column: str) -> BadInput:
    """The error for what no key can be."""
    return BadInput(f"The key column {column!r} can't be {value!r}: it is {_SAYS[kind]}.")


def _integer(value: Any) -> int:
    if type(value) is int:
        number = value
    elif isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError
    else:
        number = int(value)
    if not -_INTEGERS <= number < _INTEGERS:
        raise ValueError
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value or len(value) > LONGEST_KEY:
        raise ValueError
    return value


def _date(value: Any) -> str:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    return datetime.date.fromisoformat(value).isoformat()


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


READ: dict[KeyKind, Callable[[Any], Any]] = {
    "integer": _integer,
    "text": _text,
    "uuid": lambda value: str(uuid.UUID(str(value))),
    "date": _date,
    "boolean": _boolean,
}
"""A value of a key as the database would write it: raises one of NO_KEY for what is none."""

NO_KEY = (ValueError, TypeError, AttributeError, OverflowError)

_SAYS = {
    "integer": "a whole number of 64 bits",
    "text": f"text of at most {LONGEST_KEY:,} characters",
    "uuid": "a UUID",
    "date": "a date such as 2026-11-29",
    "boolean": "true or false",
}
