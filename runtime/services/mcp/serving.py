"""How clients reach it: over the standard input and output, or over HTTP with a token."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from mcp.server.stdio import stdio_server

from runtime.services.mcp.server import FlowServer
from runtime.services.server import Listening, serving

PATH = "/mcp"
"""Where clients speak to it over HTTP."""


async def speak_on_stdio(flows: FlowServer) -> None:
    """Serve the one client at the standard streams, until it hangs up.

    Meanwhile nothing else gets to the standard output: the SDK leads it to the standard error.
    """

    def ended() -> None:
        flows.hung_up = True

    async with stdio_server() as (incoming, outgoing):
        await flows.server.run(
            _Watched(incoming, ended), outgoing, flows.server.create_initialization_options()
        )


@contextlib.asynccontextmanager
async def speaking_at(
    flows: FlowServer, listening: Listening, token: str
) -> AsyncIterator[asyncio.Event]:
    """Serve any number of clients that know the token; gives an event that is set at the end."""
    app = flows.server.streamable_http_app(streamable_http_path=PATH)
    async with flows.server.session_manager.run(), serving(app, listening, token) as ending:
        yield ending


class _Watched:
    """A stream of messages that says when the client has hung up, before anybody else learns."""

    def __init__(self, inner: Any, ended: Callable[[], None]) -> None:
        self._inner = inner
        self._ended = ended

    @property
    def last_context(self) -> Any:
        """What the SDK hands on from whoever sent the message."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Any:
        return await self._inner.receive()

    def __aiter__(self) -> "_Watched":
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._inner.__anext__()
        except StopAsyncIteration:
            self._ended()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> "_Watched":
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        with contextlib.suppress(Exception):
            await self._inner.__aexit__(*error)
