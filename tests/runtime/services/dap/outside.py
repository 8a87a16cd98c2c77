"""A server outside the flow: says back what it was sent, and counts."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Outside:
    """Answers every request with its headers, in plain and as base64, and like a model's API."""

    def __init__(self) -> None:
        self.asked = 0
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        said = {"head": head.decode(), "coded": base64.b64encode(head).decode(), "n": self.asked}
        spent = {"usage": {"total_tokens": 40, "cost": 0.25}, "model": "one"}
        body = json.dumps(said | spent).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """The server, as long as this lasts."""
    made = Outside()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        yield made
    finally:
        server.close()
