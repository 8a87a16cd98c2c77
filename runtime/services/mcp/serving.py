"""How clients reach it: over the standard input and output, or over HTTP with a token."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from mcp.server.stdio import stdio_server

from runtime.services.mcp.server import FlowServer, Watched
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
            Watched(incoming, ended), outgoing, flows.server.create_initialization_options()
        )


@contextlib.asynccontextmanager
async def speaking_at(
    flows: FlowServer, listening: Listening, token: str
) -> AsyncIterator[asyncio.Event]:
    """Serve any number of clients that know the token; gives an event that is set at the end."""
    app = flows.server.streamable_http_app(streamable_http_path=PATH)
    async with flows.server.session_manager.run(), serving(app, listening, token) as ending:
        yield ending
