"""Whatever comes in: an answer, or an end; never a crash, nor a wait without end."""

import asyncio
import json
from typing import Any

import pytest

from runtime.services.dap.framing import LONGEST, framed
from tests.runtime.services.dap.conftest import TOKEN, Adapter
from tests.runtime.services.dap.flows import TOTAL
from tests.runtime.services.dap.protocol import flaws, split

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELLO = {"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "x"}}


class Raw:
    """A connection on which anything may be sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._seq = 1

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def ask(self, command: str, arguments: Any = None) -> dict[str, Any]:
        """The answer to a request whose arguments may be anything."""
        self._seq += 1
        request: dict[str, Any] = {"seq": self._seq, "type": "request", "command": command}
        if arguments is not None:
            request["arguments"] = arguments
        await self.send(framed(request))
        while True:
            message = await self.next()
            if message["type"] == "response" and message["request_seq"] == self._seq:
                return message

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            head = await self._reader.readuntil(b"\r\n\r\n")
            body = await self._reader.readexactly(int(head.split(b":")[1]))
        [message] = split(head + body)
        assert flaws(message) == []
        return message

    async def rest(self) -> bytes:
        async with asyncio.timeout(10):
            return await self._reader.read()

    def close(self) -> None:
        self._writer.close()


async def connected(adapter: Adapter) -> Raw:
    return Raw(*await asyncio.open_connection("127.0.0.1", adapter._port))


async def launched(adapter: Adapter) -> Raw:
    """A connection whose run stands at its entry."""
    raw = await connected(adapter)
    file = adapter.flow("total", TOTAL)
    await raw.ask("initialize", {"adapterID": "x"})
    launch = {"flow": str(file), "token": TOKEN, "stopOnEntry": True}
    await raw.send(
        framed({"seq": 100, "type": "request", "command": "launch", "arguments": launch})
    )
    assert (await raw.next())["event"] == "initialized"
    await raw.ask("configurationDone")
    while (await raw.next()).get("event") != "stopped":
        pass
    return raw


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"Content-Length: many\r\n\r\n{}",
        b"Content-Length: -5\r\n\r\n{}",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}",
        b"x" * 100_000,
        b"Content-Length: 9999999999999999999999999\r\n\r\n",
    ],
)
async def test_a_header_that_is_none_is_answered_and_ends_the_session(
    adapter: Adapter, data: bytes
) -> None:
    raw = await connected(adapter)

    await raw.send(data)
    answer = await raw.next()

    assert not answer["success"]
    assert await raw.rest() == b""
    raw.close()


async def test_a_message_too_long_is_passed_over(adapter: Adapter) -> None:
    raw = await connected(adapter)

    await raw.send(b"Content-Length: %d\r\n\r\n" % (LONGEST + 5))
    for _ in range(LONGEST // 65536):
        await raw.send(b"x" * 65536)
    await raw.send(b"x" * 5 + framed(HELLO))

    assert "too long" in (await raw.next())["message"]
    assert (await raw.next())["success"]
    raw.close()


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b"7", b'"text"', b"{}", b"[" * 100_000,
        b'{"seq": 1}', b'{"seq": "x", "type": "request", "command": "threads"}',
        b'{"seq": 7, "type": "event", "event": "output"}',
        b'{"seq": 1, "type": "request", "command": 5}',
        b"\xff\xfe\x00", b'{"seq": 1e999, "type": "request", "command": "threads"}',
    ],
)  # fmt: skip
async def test_a_body_that_is_no_request_is_answered_and_the_next_one_too(
    adapter: Adapter, body: bytes
) -> None:
    raw = await connected(adapter)

    await raw.send(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    answer = await raw.next()
    await raw.send(framed(HELLO))

    assert not answer["success"]
    assert (await raw.next())["success"]
    raw.close()


@pytest.mark.parametrize(
    "command",
    ["threads", "stackTrace", "continue", "configurationDone", "restart", "terminate", "launch",
     "setBreakpoints", "evaluate", "nonsense", "", "heddle/skip"],
)  # fmt: skip
async def test_a_request_out_of_its_order_is_refused(adapter: Adapter, command: str) -> None:
    raw = await connected(adapter)

    answer = await raw.ask(command, {})

    assert not answer["success"]
    assert answer["message"]
    raw.close()


async def test_an_unknown_request_is_refused_with_the_nearest(adapter: Adapter) -> None:
    raw = await launched(adapter)

    answer = await raw.ask("stackTraces", {})

    assert "stackTrace" in answer["message"]
    raw.close()


WRONG: list[Any] = [
    None, [], 7, "text", {"threadId": "one"}, {"threadId": -1}, {"threadId": 10**30},
    {"frameId": 99, "expression": 5}, {"variablesReference": 10**9}, {"variablesReference": []},
    {"source": 7, "breakpoints": {}}, {"source": {"path": "\0"}, "line": -10**12},
    {"breakpoints": [None]}, {"filters": "all"}, {"name": None},
    {"expression": "(" * 10_000, "value": "(" * 10_000, "text": "(" * 10_000, "column": -1},
    {"expression": "while", "frameId": 0, "context": "repl"},
    {"threadId": 1, "startFrame": -5, "levels": -5}, {"threadId": 1, "targetId": 1},
]  # fmt: skip


async def test_arguments_that_dont_suit_are_refused_by_every_request(adapter: Adapter) -> None:
    from runtime.services.dap.requests import REQUESTS

    raw = await launched(adapter)

    for command in sorted({*REQUESTS, "initialize", "launch", "attach", "cancel"} - {"terminate"}):
        for arguments in WRONG:
            answer = await raw.ask(command, arguments)
            assert answer["success"] or answer["message"]
            assert "unexpected" not in answer.get("message", ""), (command, arguments, answer)
    raw.close()


async def test_a_client_that_hangs_up_leaves_its_run_standing(adapter: Adapter) -> None:
    raw = await launched(adapter)
    runs = len(adapter.runtime._executor.runs)

    raw.close()
    await asyncio.sleep(0.1)

    assert len(adapter.runtime._executor.runs) == runs
    other = await launched(adapter)
    assert (await other.ask("threads"))["success"]
    other.close()


async def test_an_expression_under_way_is_cancelled(adapter: Adapter) -> None:
    raw = await launched(adapter)
    endless = {"expression": "sum(n for n in range(10**12))"}

    await raw.send(
        framed({"seq": 500, "type": "request", "command": "evaluate", "arguments": endless})
    )
    assert (await raw.ask("threads"))["success"], "nobody waits for it"
    await raw.send(
        framed({"seq": 501, "type": "request", "command": "cancel",
                "arguments": {"requestId": 500}})
    )  # fmt: skip
    answers = {(m := await raw.next())["request_seq"]: m for _ in range(2)}

    assert answers[501]["success"]
    assert answers[500]["message"] == "cancelled"
    raw.close()


async def test_what_is_sent_is_measured_in_bytes() -> None:
    message = {"text": "für Ada"}

    head, _, body = framed(message).partition(b"\r\n\r\n")

    assert head == b"Content-Length: %d" % len(body)
    assert json.loads(body) == message
