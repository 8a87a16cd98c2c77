"""What passed over HTTP, told to whoever debugs a flow: without what opens a door."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

PREVIEW = 16 * 1024
"""Bytes of a body that are told of. The engine shortens them further, once secrets are out."""

HIDDEN = "•••"

_DOORS = re.compile(
    r"\bauth\b|authoriz|authentic|token|secret|passw|api-?_?key|^key$|access-?_?key|cookie|session|signature|credential"
    r"|^sig$|jwt",
    re.IGNORECASE,
)
"""Names of headers, fields and parts of a query whose values open doors."""

_QUOTED = re.compile(r'("([^"\\]{1,60})"\s*:\s*)"((?:[^"\\]|\\.)*)"?')
_PAIR = re.compile(r"(?<![^?&;\n])([^=&?;\s]{1,60})=([^&;\s]*)")

Tell = Callable[[Mapping[str, Any]], None]
"""Takes one exchange: `request`, `response` (None when there was none), `took`, `error`."""


class Exchange:
    """One request and its answer; `ended` tells of them, once."""

    def __init__(self, request: httpx.Request, tell: Tell | None) -> None:
        self._request = request
        self._response: httpx.Response | None = None
        self._tell = tell
        self._began = time.monotonic()
        self._answered = 0.0
        self._content: bytes | bytearray = b""
        self._complete = False

    def answered(self, response: httpx.Response) -> None:
        """The status and the headers are there."""
        self._response = response
        self._answered = time.monotonic() - self._began

    def received(self, content: bytes | bytearray, *, complete: bool = True) -> None:
        """So much of the body is there."""
        self._content, self._complete = content, complete

    def ended(self, error: str = "") -> None:
        """It is over, by an error if there is one."""
        tell, self._tell = self._tell, None
        if tell is None:
            return
        took = time.monotonic() - self._began
        tell({
            "request": _asked(self._request),
            "response": self._answer() if self._response is not None else None,
            "waited": round(self._answered, 6),
            "took": round(took, 6),
            "error": error,
        })  # fmt: skip

    def _answer(self) -> dict[str, Any]:
        response = self._response
        assert response is not None
        return {
            "status": response.status_code,
            "reason": response.reason_phrase,
            "headers": _headers(response.headers.raw),
            "body": _preview(self._content),
            "size": len(self._content) if self._complete else _announced(response),
        }


def _asked(request: httpx.Request) -> dict[str, Any]:
    try:
        content = request.content
    except httpx.RequestNotRead:  # a redirected one, which sends what the first one did
        content = b""
    return {
        "method": request.method,
        "url": _address(request.url),
        "headers": _headers(request.headers.raw),
        "body": _preview(content),
        "size": len(content),
    }


def _address(url: httpx.URL) -> str:
    """The address without who asks, and without the keys in its query."""
    bare = str(url.copy_with(username=None, password=None, query=None, fragment=None))
    query = url.query.decode("ascii", "replace")
    return f"{bare}?{_PAIR.sub(_hide_pair, query)}" if query else bare


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> list[list[str]]:
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
    return [[name, HIDDEN if _DOORS.search(name) else value] for name, value in named]


def _preview(content: bytes | bytearray) -> str | None:
    """The beginning of a body as text, None for what is no text."""
    start = bytes(content[:PREVIEW])
    if b"\0" in start:
        return None
    try:
        text = start.decode()
    except UnicodeDecodeError as error:
        if len(start) - error.start > 3:  # not just a character that was cut in two
            return None
        text = start[: error.start].decode()
    text = _QUOTED.sub(_hide_quoted, text)
    return _PAIR.sub(_hide_pair, text) if "=" in text and "\n" not in text[:200] else text


def _hide_quoted(found: re.Match[str]) -> str:
    return f'{found[1]}"{HIDDEN}"' if _DOORS.search(found[2]) else found[0]


def _hide_pair(found: re.Match[str]) -> str:
    return f"{found[1]}={HIDDEN}" if _DOORS.search(found[1]) else found[0]


def _announced(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdigit() else None
