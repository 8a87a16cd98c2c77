"""What is asked over HTTP, and what comes back."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

REDIRECTS = 10

Paging = Literal["link", "cursor", "page"]
"""link: `Link: <…>; rel="next"`; cursor: a field of the answer; page: a counted number."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request, ready to go; `time_limit` in seconds is for everything up to the last byte."""

    url: str
    method: str = "GET"
    query: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    content: bytes = b""
    time_limit: float = 30.0
    redirects: int = REDIRECTS


class Reply(msgspec.Struct, frozen=True):
    """An answer, complete. Header names are in small letters, links are absolute, by their rel."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    links: Mapping[str, str]

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


class Downloaded(NamedTuple):
    """A file that was fetched: its `path`, its size in bytes and the content type it came with."""

    path: str
    size: int
    content_type: str
