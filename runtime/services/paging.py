"""Lists a page at a time: a cursor says where the next page begins."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from graph.errors import HeddleError

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="The most there are on a page.")]
Cursor = Annotated[
    str, QueryParameter(max_length=500, description="What `next` of the page before said.")
]


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
    if not cursor:
        return None
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        (moment,) = msgspec.msgpack.decode(base64.urlsafe_b64decode(padded), type=tuple[float])
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError) as error:
        raise BadCursor(
            "That is no cursor of a page.", cure="Give `next` of the page before, or nothing."
        ) from error
    return moment
