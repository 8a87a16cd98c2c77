"""A web server of the test: it keeps every request, and answers as it is told, byte for byte."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple, Self

import msgspec


class Received(NamedTuple):
    """A request as it came in; header names in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


class Sent(NamedTuple):
    """An answer; `cut` closes the connection after that many bytes of the body."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""
    cut: int | None = None


Handler = Callable[[Received], Sent | Awaitable[Sent]]


def json_answer(value: Any, status: int = 200, **headers: str) -> Sent:
    named = {"Content-Type": "application/json"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    return Sent(status, named, msgspec.json.encode(value))


class WebServer:
    """`async with WebServer() as web`; `web.on["/path"]` is an answer or makes one."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self.on: dict[str, Sent | Handler] = {}
        self.received: list[Received] = []
        self.connections = 0
        self._trust = trust
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        # A client that has gone says no goodbye; from Python 3.12 closing would wait 30 s for it.
        patience = 0.2 if self._trust else None
        # Room for whoever comes at once: beyond it a connection that its client believes in is
        # dropped, and it takes up to half a minute until both know.
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._trust, ssl_shutdown_timeout=patience,
            backlog=1024,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._open:
            writer.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._trust else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while request := await _read(reader):
                self.received.append(request)
                if not await self._answer(request, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        answer = self.on.get(request.path, Sent(404, {}, b"nothing here"))
        if not isinstance(answer, Sent):
            made = answer(request)
            answer = made if isinstance(made, Sent) else await made
        headers = {"Content-Length": str(len(answer.body))} | dict(answer.headers)
        head = f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in headers.items()
        )
        body = b"" if request.method == "HEAD" else answer.body[: answer.cut]
        writer.write(head.encode() + b"\r\n" + body)
        await writer.drain()
        return answer.cut is None


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
