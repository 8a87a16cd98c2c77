"""The body of a message: what is sent as bytes, what comes back unpacked piece by piece."""

import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlencode

from agents.content import bytes_of, json_of
from agents.errors import Rejected, Unreachable
from graph.blocks.formats import format_json
from graph.errors import BadInput
from graph.values import as_text

if TYPE_CHECKING:
    import httpx

SendAs = Literal["auto", "json", "text", "form", "bytes"]
ReadBodyAs = Literal["auto", "json", "text", "bytes"]

PIECE = 64 * 1024
"""Bytes that unpacking gives at most in one go: a few packed ones may hold gigabytes."""

_BOTH = zlib.MAX_WBITS | 32  # zlib finds out itself whether it is gzip or zlib
_BARE = -zlib.MAX_WBITS  # what some servers call deflate: no header at all
_TEXTUAL = ("xml", "javascript", "yaml", "csv", "x-www-form-urlencoded", "graphql")


class Content(NamedTuple):
    """A body as it goes out; `type` is "" when there is none."""

    content: bytes
    type: str


def content_of(body: Any, send_as: SendAs) -> Content:
    """The body as bytes with their content type. Raises BadInput when it can't be sent so."""
    if body is None:
        return Content(b"", "")
    match send_as:
        case "json":
            return Content(format_json(body).encode(), "application/json")
        case "form":
            return Content(_form(body), "application/x-www-form-urlencoded")
        case "text":
            return Content(bytes_of(as_text(body)), "text/plain; charset=utf-8")
        case "bytes":
            return Content(bytes_of(body), "application/octet-stream")
        case "auto":
            return content_of(body, _natural(body))


def texts_of(named: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Named values as a query or form writes them: each item of a list once, nothing left out."""
    return {
        name: [as_text(item) for item in value] if isinstance(value, list) else as_text(value)
        for name, value in named.items()
        if value is not None
    }


def body_of(content: bytes, content_type: str, read_as: ReadBodyAs, name: str) -> Any:
    """The value an answer's body holds: JSON when its type says so, text, or bytes.

    An empty body has no JSON: None. Raises BadInput when it isn't what it should be.
    """
    kind, _, rest = content_type.partition(";")
    if read_as == "auto":
        read_as = _said(kind.strip().lower(), "charset=" in rest.lower())
    match read_as:
        case "json":
            return json_of(content, name) if content.strip() else None
        case "text":
            return _text(content, content_type)
        case "bytes":
            return content


async def pieces(response: "httpx.Response") -> AsyncIterator[bytes]:
    """The body as it comes in, unpacked, in pieces of at most `PIECE` bytes when packed.

    Raises Rejected for a packing nobody asked for, Unreachable when it breaks off.
    """
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing in ("", "identity") or response.request.method == "HEAD":
        async for part in response.aiter_raw():
            yield part
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise Rejected(f"The answer is packed as {packing!r}, which was not asked for.")
    unpacker = Unpacker()
    async for part in response.aiter_raw():
        for piece in unpacker.feed(part):
            yield piece
    if unpacker.unfinished:
        raise Unreachable("The answer broke off midway.")


class Unpacker:
    """Unpacks gzip and deflate, never more than `PIECE` bytes in one go."""

    def __init__(self) -> None:
        self._inner: zlib._Decompress | None = None
        self._started = False

    @property
    def unfinished(self) -> bool:
        """Whether more must come."""
        return self._inner is not None and not self._inner.eof

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """What the packed bytes hold. Raises Rejected when they are nothing packed."""
        try:
            while packed:
                if self._inner is None or self._inner.eof:
                    self._inner = zlib.decompressobj(_BOTH)
                yield self._piece(self._inner, packed)
                packed = self._inner.unused_data or self._inner.unconsumed_tail
        except zlib.error as error:
            raise Rejected(f"The answer can't be unpacked: {error}.") from error

    def _piece(self, inner: "zlib._Decompress", packed: bytes) -> bytes:
        try:
            piece = inner.decompress(packed, PIECE)
        except zlib.error:
            if self._started:
                raise
            self._inner = zlib.decompressobj(_BARE)
            piece = self._inner.decompress(packed, PIECE)
        self._started = True
        return piece


def _natural(body: Any) -> SendAs:
    if isinstance(body, str):
        return "text"
    return "bytes" if isinstance(body, (bytes, bytearray)) else "json"


def _form(body: Any) -> bytes:
    if not isinstance(body, Mapping):
        raise BadInput("A form is made of named values.", cure="Give a record as its body.")
    return urlencode(texts_of(body), doseq=True).encode()


def _said(kind: str, has_charset: bool) -> Literal["json", "text", "bytes"]:
    if kind.endswith(("/json", "+json")):
        return "json"
    is_text = kind.startswith("text/") or kind.endswith(_TEXTUAL) or has_charset
    return "text" if is_text else "bytes"


def _text(content: bytes, content_type: str) -> str:
    _, _, rest = content_type.lower().partition("charset=")
    charset = rest.partition(";")[0].strip(" \"'") or "utf-8"
    try:
        return content.decode(charset, errors="replace").removeprefix("\ufeff")
    except (LookupError, ValueError):
        return content.decode(errors="replace")
