"""WebSockets whose application writes frames itself."""

import asyncio

from websockets.asyncio.client import connect

from runtime.services.frames import EXTENSION
from runtime.services.guard import Receive, Scope, Send
from runtime.services.server import Listening, serving

FRAME = b"\x81\x7f" + (1 << 16).to_bytes(8) + b"x" * (1 << 16)
PATIENCE = 20.0


async def test_a_client_that_gives_no_sign_of_life_is_gone_whatever_it_has_yet_to_read() -> None:
    heard = asyncio.Queue[str]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()  # it reads no more
        frames = scope["extensions"][EXTENSION]
        while not frames.write(FRAME):
            pass
        frames.keepalive_timeout()
        heard.put_nowait((await receive())["type"])

    listening = Listening("127.0.0.1", 0)
    async with (
        serving(app, listening, "token", free=("/",)),
        connect(f"ws://127.0.0.1:{listening.port}/", proxy=None) as client,
    ):
        client.transport.pause_reading()
        await client.send("now")
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == "websocket.disconnect"
        client.transport.abort()
