"""What callers are told: answers, refusals as problem documents, and the headers of both."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import formatdate
from typing import Any, NamedTuple

import msgspec

from agents.swarm.api_gateway.shapes import Deprecation

Send = Callable[[Any], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON = (b"content-type", b"application/json")
PROBLEM = (b"content-type", b"application/problem+json")
HTML = (b"content-type", b"text/html; charset=utf-8")

_to_json = msgspec.json.Encoder(enc_hook=str).encode


class Answer(NamedTuple):
    """An answer, whole."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = (JSON,)


class Refusal(Exception):
    """A request isn't answered as was asked: a problem document (RFC 9457) says why.

    `errors` are the places at fault, `wait` the seconds after which it may be tried again.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        cure: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Sequence[Header] = (),
        wait: float | None = None,
        run: str = "",
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.cure = cure
        self.errors = errors
        self.headers = tuple(headers)
        self.wait = wait
        self.run = run

    def answer(self) -> Answer:
        """What the caller is told."""
        told = {
            "title": self.title, "status": self.status, "detail": self.detail, "cure": self.cure,
            "errors": self.errors, "run": self.run,
        }  # fmt: skip
        body = as_json({name: value for name, value in told.items() if value})
        wait = () if self.wait is None else ((b"retry-after", _seconds(self.wait)),)
        return Answer(self.status, body, (PROBLEM, *wait, *self.headers))


def _seconds(wait: float) -> bytes:
    return str(max(1, int(-(-wait // 1)))).encode()


def as_json(value: Any) -> bytes:
    """A value as JSON; infinite numbers become null, and what JSON has no word for a text."""
    try:
        return _to_json(value)
    except (TypeError, ValueError, OverflowError):
        text = json.dumps(value, default=str, skipkeys=True)
        return json.dumps(json.loads(text, parse_constant=lambda _: None)).encode()


def deprecation_headers(
    deprecation: Deprecation | None, docs: str, successor: str
) -> tuple[Header, ...]:
    """Deprecation (RFC 9745), Sunset (RFC 8594) and the links of both; none where it isn't."""
    if deprecation is None:
        return ()
    link = deprecation.link or docs
    links = [f'<{link}>; rel="deprecation"; type="text/html"']
    headers = [(b"deprecation", f"@{int(deprecation.since)}".encode())]
    if deprecation.sunset is not None:
        headers.append((b"sunset", formatdate(deprecation.sunset, usegmt=True).encode()))
        links.append(f'<{link}>; rel="sunset"; type="text/html"')
    if successor:
        links.append(f'<{successor}>; rel="successor-version"')
    return (*headers, (b"link", ", ".join(links).encode()))


async def tell(
    send: Send, answer: Answer, more: Sequence[Header] = (), *, bare: bool = False
) -> None:
    """Send an answer; `bare` is without its body, as HEAD has it."""
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [*answer.headers, length, *more]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bare else answer.body})
