"""Pages of long lists: where the next one begins, and the Link header that says so."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromQuery, QueryParameter

from graph.errors import BadInput

T = TypeVar("T")

MOST = 100
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
Cursor = FromQuery[str]


class Page(NamedTuple):
    """Some of a list, and the cursor of what comes after them."""

    items: Sequence[Any]
    next: str | None


def page_of(items: Sequence[T], key: Callable[[T], str], limit: int, cursor: str) -> Page:
    """The items after the one whose key a cursor holds; they are in order of their keys."""
    after = opened(cursor) if cursor else ""
    rest = [item for item in items if not cursor or key(item) > after]
    more = len(rest) > limit
    return Page(rest[:limit], sealed(key(rest[limit - 1])) if more else None)


def sealed(place: str) -> str:
    """A place in a list as a cursor, which nobody has to understand."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def opened(cursor: str) -> str:
    """The place that a cursor holds. Raises BadInput."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise not_ours() from None


def not_ours() -> BadInput:
    """What is said of a cursor that nobody was given."""
    return BadInput("The cursor is not one of ours.", cure="Take `next_cursor` of the page before.")


def linked(request: Request[Any, Any, Any], answer: T, limit: int, next: str | None) -> Response[T]:
    """The answer, with a Link header to the next page if there is one (RFC 8288)."""
    if next is None:
        return Response(answer)
    query = urlencode({"limit": limit, "cursor": next})
    address = f"<{request.url.path}?{query}>"
    return Response(answer, headers={"Link": f'{address}; rel="next"'})
