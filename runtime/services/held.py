"""Connections that stay open are closed once whoever opened them is known no more."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from agents.contract import Receive, Scope, Send
from graph.errors import HeddleError

App = Callable[[Any, Any, Any], Awaitable[None]]

LOOKING = 2.0
"""Seconds between looks whether somebody is still known."""

UNKNOWN = 4401
"""The code with which such a connection is closed: come again with a fresh token."""


async def while_known(
    app: App, scope: Scope, receive: Receive, send: Send, is_known: Callable[[], Awaitable[bool]]
) -> None:
    """Let `app` speak on a WebSocket until it is done, or `is_known` says no."""
    speaking = asyncio.ensure_future(app(scope, receive, send))
    looking = asyncio.create_task(_until_unknown(is_known))
    try:
        await asyncio.wait((speaking, looking), return_when=asyncio.FIRST_COMPLETED)
        if speaking.done():
            await speaking
            return
        speaking.cancel()
        await asyncio.wait((speaking,))
        with contextlib.suppress(Exception):  # it may be gone by now
            await send({"type": "websocket.close", "code": UNKNOWN, "reason": "Log in again."})
    finally:
        speaking.cancel()
        looking.cancel()
        await asyncio.wait((speaking, looking))


async def _until_unknown(is_known: Callable[[], Awaitable[bool]]) -> None:
    while True:
        await asyncio.sleep(LOOKING)
        try:
            if not await is_known():
                return
        except HeddleError:  # that can't be said now
            continue
