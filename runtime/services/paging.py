"""Lists a page at a time: a cursor says where the next page begins."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from graph.errors import HeddleError

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="The most there are on a page.")]
Cursor = Annotated[
    str, QueryParameter(max_length=500, description="What `next` of the page before said.")
]


LARGEST = 2**53
"""The largest number that is looked for: what every reader of JSON and every database can hold."""

_Number = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]


class BadCursor(HeddleError):
    """A cursor that no page has given."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items; `next` is the cursor of the page after, "" for the last."""

    items: Sequence[T]
    next: str = ""


def cursor_of(*place: float | str) -> str:
    """The cursor of what comes after a place in a list."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


def after(cursor: str) -> float | None:
    """The moment that a list goes on from, None for its beginning. Raises BadCursor."""
    return _place(cursor, float) if cursor else None


def number_after(cursor: str) -> int | None:
    """The number that a list goes on from, None for its beginning. Raises BadCursor."""
    return _place(cursor, _Number) if cursor else None


def text_after(cursor: str) -> str:
    """The name that a list goes on from, "" for its beginning. Raises BadCursor."""
    return _place(cursor, str) if cursor else ""


def _place(cursor: str, kind: type[T]) -> T:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        (place,) = msgspec.msgpack.decode(base64.urlsafe_b64decode(padded), type=tuple[Any])
        found = msgspec.convert(place, kind)
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError) as error:
        raise BadCursor(
            "That is no cursor of a page.", cure="Give `next` of the page before, or nothing."
        ) from error
    return found
