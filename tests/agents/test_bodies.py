"""Answers over HTTP that are packed, or without end, are not read."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from agents.bodies import LONGEST_LINE, Bounded
from agents.contract import Grants, Means
from agents.errors import Rejected
from agents.llm.asking import answer
from agents.llm.errors import Endless
from agents.llm.shapes import Message, Question, Text
from agents.mcp.agent import McpAgent
from graph.connections import Connection
from tests.agents.conftest import Surroundings
from tests.agents.mcp.conftest import Plain

BOMB = gzip.compress(b"\0" * (64 * 1024 * 1024))
QUESTION = Question(model="", messages=(Message("user", (Text("Hello"),)),))
PACKED = f"Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n"
ENDLESS = b"x" * (1024 * 1024)


@asynccontextmanager
async def serving(headers: str, body: bytes, *, over_and_over: bool = False) -> AsyncIterator[str]:
    """The address of a server that gives this to whatever it is asked."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (line for line in head.lower().split(b"\r\n") if b"content-length" in line), b"0"
        )
        await reader.readexactly(int(length.rpartition(b":")[2]))
        writer.write(f"HTTP/1.1 200 OK\r\n{headers}Connection: close\r\n\r\n".encode())
        try:
            writer.write(body)
            await writer.drain()
            while over_and_over:
                writer.write(body)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def client(largest: int) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=Bounded(httpx2.AsyncHTTPTransport(), OSError, largest))


async def test_what_is_packed_is_not_unpacked() -> None:
    async with serving(PACKED, BOMB) as address, client(10**9) as asking:
        with pytest.raises(OSError, match="packed"):
            await asking.get(address)


async def test_no_more_is_read_than_is_bearable() -> None:
    async with serving("", ENDLESS, over_and_over=True) as address, client(3 * 1024**2) as asking:
        with pytest.raises(OSError, match="more than 3 MB"):
            await asking.get(address)


async def test_a_line_of_a_stream_ends() -> None:
    stream = "Content-Type: text/event-stream\r\n"
    async with (
        serving(stream, ENDLESS, over_and_over=True) as address,
        client(10 * LONGEST_LINE) as asking,
    ):
        with pytest.raises(OSError, match="a line of more than 16 MB"):
            await asking.get(address)


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
async def test_a_service_of_models_sends_nothing_packed(context: Surroundings, kind: str) -> None:
    async with serving(f"Content-Type: text/event-stream\r\n{PACKED}", BOMB) as address:
        context.connected = {"m": Connection("m", kind, {"key": "k", "base_url": address})}

        with pytest.raises(Endless, match="packed"):
            await answer(context, ["m/any"], QUESTION)


async def test_a_server_of_tools_sends_nothing_packed(tmp_path: Path) -> None:
    agent = McpAgent(Grants(folder=""), Means(Plain(), tmp_path))
    await agent.connect()
    async with serving(f"Content-Type: application/json\r\n{PACKED}", BOMB) as address:
        with pytest.raises(Rejected, match="packed"):
            await agent.tools(Connection("far", "mcp", {"url": f"{address}/mcp"}))
    await agent.close()
