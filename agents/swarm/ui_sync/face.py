"""What programs and pages reach over HTTP and WebSocket: components to read, change and watch."""

import asyncio
from collections.abc import Awaitable, Callable

from agents.contract import NOTES, Receive, Scope, Send
from agents.swarm.ui_sync.board import Board
from agents.swarm.ui_sync.line import Line
from agents.swarm.ui_sync.pages import Pages
from agents.swarm.ui_sync.shapes import Applied, Mutation

PATH = "/ui/"
LIVE = "/ui/live"


class Face:
    """Below `/ui/`: the WebSocket at `/ui/live`, all else over HTTP."""

    def __init__(self, board: Board, mutate: Callable[[str, Mutation], Awaitable[Applied]]) -> None:
        self._board = board
        self._mutate = mutate
        self._pages = Pages(board, mutate)
        self._lines = set[asyncio.Task[None]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._pages(scope, receive, send)
        elif scope["path"] != LIVE:
            await send({"type": "websocket.close", "code": 1008, "reason": f"It is at {LIVE}."})
        else:
            await self._line(scope, receive, send)

    async def close(self) -> None:
        """Hang up on everybody."""
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _line(self, scope: Scope, receive: Receive, send: Send) -> None:
        notes = scope.get("extensions", {}).get(NOTES)
        line = Line(self._board, self._mutate, receive, send, notes)
        running = asyncio.create_task(line.run(scope.get("subprotocols", ())))
        self._lines.add(running)
        running.add_done_callback(self._lines.discard)
        try:
            await asyncio.wait([running])
        finally:
            running.cancel()
        if not running.cancelled():
            running.result()
