"""Requests are read as they come; what is no body is bounded."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from runtime.services.guard import Receive, Scope, Send
from runtime.services.heads import MOST_HEAD
from runtime.services.server import Listening, serving

PATIENCE = 20.0
MOST_SENT = 20 * MOST_HEAD


async def counts(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers how many bytes came."""
    del scope
    count, more = 0, True
    while more:
        message = await receive()
        count += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(count).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def server() -> AsyncIterator[Listening]:
    listening = Listening("127.0.0.1", 0)
    async with serving(counts, listening, "token", free=("/",)):
        yield listening


async def answer_to(server: Listening, begins: str, goes_on: bytes) -> bytes:
    """What is answered to who never comes to an end; "" where that was lost on the way.

    A connection that is closed while more comes is reset, and with it what was on its way back.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(begins.format(host=f"127.0.0.1:{server.port}").encode())
    with contextlib.suppress(ConnectionError):
        for _ in range(MOST_SENT // len(goes_on)):
            writer.write(goes_on)
            await writer.drain()
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await reader.readline()
    except ConnectionError:
        answer = b""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return answer


@pytest.mark.parametrize("goes_on", [b"x" * 1024, b"X-More: more\r\n" * 64])
@pytest.mark.parametrize(
    "begins",
    [
        "GET / HTTP/1.1\r\nHost: {host}\r\nX-First: 1\r\nX-Long",
        "POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-T",
    ],
)
async def test_a_head_that_never_ends_is_refused(
    server: Listening, begins: str, goes_on: bytes
) -> None:
    answer = await answer_to(server, begins + ": ", goes_on)

    assert answer == b"" or b" 400 " in answer


async def test_a_body_may_be_longer_than_any_head_and_requests_follow_each_other(
    server: Listening,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for length in (3 * MOST_HEAD, 0, 5 * MOST_HEAD):
        head = (
            f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {length}\r\n\r\n"
        )
        writer.write(head.encode() + b"x" * length)
        async with asyncio.timeout(PATIENCE):
            answered = await reader.readuntil(b"\r\n\r\n")
            told = await reader.readexactly(len(str(length)))

        assert answered.startswith(b"HTTP/1.1 200")
        assert told == str(length).encode()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize(
    "body",
    [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
    ids=["whole", "chunked"],
)
async def test_a_request_that_offers_another_protocol_keeps_its_body(
    server: Listening, body: str, pieces: int
) -> None:
    asks = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: h2c\r\n"
        f"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n{body}"
    ).encode()
    head = asks.index(b"\r\n\r\n") + 4
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(2):
        for piece in [asks] if pieces == 1 else [asks[:head], asks[head:]]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            answered = await reader.readuntil(b"\r\n\r\n")
            told = await reader.readexactly(1)

        assert answered.startswith(b"HTTP/1.1 200")
        assert told == b"5"
    writer.close()
    await writer.wait_closed()


async def test_requests_that_offer_another_protocol_may_come_together(server: Listening) -> None:
    asks = (
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: h2c\r\n"
        "Connection: Upgrade\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(asks * 200)
    async with asyncio.timeout(PATIENCE):
        for _ in range(200):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(1) == b"0"
    writer.close()
    await writer.wait_closed()
