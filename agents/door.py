"""A transport that reaches nothing forbidden: it connects only to addresses looked at."""

import contextlib

import httpx2

from agents.hosts import resolve


class Door(httpx2.AsyncBaseTransport):
    """Resolves a name itself, looks at every address, and connects to one of just these.

    Raises NotGranted for a forbidden address, Unreachable for a name without any.
    """

    def __init__(self, through: httpx2.AsyncBaseTransport) -> None:
        self._through = through

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        *others, last = await resolve(url.raw_host.decode(), port)
        for address in others:
            with contextlib.suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return await self._sent(request, address)
        return await self._sent(request, last)

    async def _sent(self, request: httpx2.Request, address: str) -> httpx2.Response:
        """The answer of an address to a request that names its host as it was written."""
        there = httpx2.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode()},
        )
        return await self._through.handle_async_request(there)

    async def aclose(self) -> None:
        await self._through.aclose()
