"""A server over HTTP: every address looked at before it is connected to, every answer bounded."""

import asyncio
import contextlib
from typing import Any, Self

import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage

from agents.bodies import Bounded
from agents.door import Door
from agents.mcp.bounds import LARGEST, Bounds
from agents.mcp.servers import Address

CONNECT_SECONDS = 10.0
SILENCE = 300.0
"""Seconds a stream may be silent; what waits for an answer has a limit of its own."""


class Web:
    """One session over HTTP, as a transport of the SDK: entered, it gives two streams."""

    def __init__(self, address: Address, bounds: Bounds) -> None:
        self._address = address
        self._bounds = bounds
        self._stack = contextlib.AsyncExitStack()
        self._through = _Heard(bounds)

    @property
    def said(self) -> str:
        """How it last refused a request, "" when it didn't."""
        return f"status {self.status}" if self.status else ""

    @property
    def status(self) -> int:
        """The last status of 400 and above, 0 for none."""
        return self._through.status

    async def __aenter__(self) -> tuple["_Counted", Any]:
        trust = await asyncio.to_thread(httpx2.create_ssl_context)
        self._through.open(trust)
        client = httpx2.AsyncClient(
            transport=self._through,
            headers={"User-Agent": "Heddle", **self._address.headers},
            timeout=httpx2.Timeout(CONNECT_SECONDS, read=SILENCE),
            trust_env=False,
        )
        async with self._stack as stack:
            await stack.enter_async_context(client)
            read, write = await stack.enter_async_context(
                streamable_http_client(
                    self._address.url, http_client=client, max_sse_event_size=LARGEST
                )
            )
            self._stack = stack.pop_all()
        return _Counted(read, self._bounds), write

    async def __aexit__(self, *error: Any) -> None:
        await self._stack.__aexit__(*error)


class _Counted:
    """The messages of the server, none any more once it broke a bound."""

    def __init__(self, inner: Any, bounds: Bounds) -> None:
        self._inner = inner
        self._bounds = bounds

    async def receive(self) -> SessionMessage | Exception:
        item: SessionMessage | Exception = await self._inner.receive()
        return item

    async def __anext__(self) -> SessionMessage | Exception:
        item: SessionMessage | Exception = await self._inner.__anext__()
        self._bounds.heard()
        if self._bounds.broken:
            raise StopAsyncIteration
        return item

    def __aiter__(self) -> Self:
        return self

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._inner.aclose()


class _Heard(httpx2.AsyncBaseTransport):
    """Goes through the door once it is open, notes refusals, and bounds what comes back."""

    def __init__(self, bounds: Bounds) -> None:
        self.status = 0
        self._bounds = bounds
        self._bounded: Bounded | None = None

    def open(self, trust: Any) -> None:
        through = Door(httpx2.AsyncHTTPTransport(verify=trust, trust_env=False))
        self._bounded = Bounded(through, self._refuse, LARGEST, streams=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert self._bounded is not None, "open before sending"
        response = await self._bounded.handle_async_request(request)
        if response.status_code >= 400:
            self.status = response.status_code
        return response

    def _refuse(self, what: str) -> httpx2.StreamError:
        self._bounds.broken = self._bounds.broken or what
        return httpx2.StreamError(what)

    async def aclose(self) -> None:
        if self._bounded is not None:
            await self._bounded.aclose()
