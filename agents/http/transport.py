"""Connections over which nothing forbidden is reached: each is made to an address looked at."""

import ssl
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Any

import httpcore
import httpx

from agents.hosts import resolve

CONNECTIONS = 256
IDLE_CONNECTIONS = 64
IDLE_SECONDS = 15.0
CONNECT_SECONDS = 10.0
NEXT_ADDRESS_SECONDS = 2.0
"""An address that swallows packets must not use up the time of those after it."""


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a name itself, looks at every address, and connects to one of just these."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises NotGranted, Unreachable, and httpcore's ConnectError and ConnectTimeout."""
        *others, last = await resolve(host, port)
        deadline = time.monotonic() + (timeout or CONNECT_SECONDS)
        for address in others:
            try:
                patience = min(NEXT_ADDRESS_SECONDS, deadline - time.monotonic())
                return await self._network.connect_tcp(
                    address, port, patience, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        patience = max(0.0, deadline - time.monotonic())
        return await self._network.connect_tcp(last, port, patience, local_address, socket_options)


class CheckedTransport(httpx.AsyncBaseTransport):
    """httpx's door to the connections. What httpcore raises is passed on as it is."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=CONNECTIONS,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=CheckedNetwork(),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, AsyncIterable)
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response.stream),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
