"""Connections that stay open end once whoever opened them is known no more."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from agents.contract import Receive, Scope, Send
from graph.errors import HeddleError

App = Callable[[Any, Any, Any], Awaitable[None]]

EVENT_STREAM = b"text/event-stream"

LOOKING = 2.0
"""Seconds between looks whether somebody is still known."""

UNKNOWN = 4401
"""The code with which such a connection is closed: come again with a fresh token."""


IsKnown = Callable[[], Awaitable[bool]]


async def while_known(
    app: App, scope: Scope, receive: Receive, send: Send, is_known: IsKnown
) -> None:
    """Let `app` answer; what it goes on telling ends once `is_known` says no."""
    hold = _hold_socket if scope["type"] == "websocket" else _hold_stream
    await hold(app, scope, receive, send, is_known)


async def _hold_socket(
    app: App, scope: Scope, receive: Receive, send: Send, is_known: IsKnown
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


async def _hold_stream(
    app: App, scope: Scope, receive: Receive, send: Send, is_known: IsKnown
) -> None:
    """Let `app` answer a request; a stream of events ends early once `is_known` says no."""
    looking = list[asyncio.Task[None]]()

    async def look(until: asyncio.Timeout) -> None:
        await _until_unknown(is_known)
        until.reschedule(0.0)

    async def told(message: Any) -> None:
        if _begins_stream(message):
            looking.append(asyncio.create_task(look(until)))
        await send(message)

    try:
        async with asyncio.timeout(None) as until:
            await app(scope, receive, told)
    except TimeoutError:
        if not until.expired():
            raise
        with contextlib.suppress(Exception):  # it may be gone by now
            await send({"type": "http.response.body", "body": b": Log in again.\n\n"})
    finally:
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)


def _begins_stream(message: Any) -> bool:
    return message["type"] == "http.response.start" and any(
        name.lower() == b"content-type" and value.startswith(EVENT_STREAM)
        for name, value in message.get("headers", ())
    )


async def _until_unknown(is_known: IsKnown) -> None:
    while True:
        await asyncio.sleep(LOOKING)
        try:
            if not await is_known():
                return
        except HeddleError:  # that can't be said now
            continue
