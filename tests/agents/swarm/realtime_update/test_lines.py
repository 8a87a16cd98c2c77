"""The way to a client: frames are those of the protocol, and one who lags behind is closed."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from agents.swarm.realtime_update import lines
from agents.swarm.realtime_update.lines import EXTENSION, Line, new_socket_id
from agents.swarm.realtime_update.names import look_at_socket
from agents.swarm.realtime_update.protocol import Message
from runtime.services import frames


class Client:
    """The other side of a connection to a server that knows ASGI alone; it reads when `reads`."""

    def __init__(self) -> None:
        self.got = list[MutableMapping[str, Any]]()
        self.reads = asyncio.Event()
        self.reads.set()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.reads.wait()
        self.got.append(message)


@given(st.one_of(st.binary(max_size=300), st.integers(65_500, 65_600).map(lambda n: b"x" * n)))
def test_a_frame_made_once_is_the_one_that_the_protocol_wants(text: bytes) -> None:
    frame = Frame(Opcode.TEXT, text).serialize(mask=False)

    assert Message(text).frames == frame
    assert Message(text, text).frames == frame + frame


def test_both_sides_call_the_extension_by_the_same_name() -> None:
    assert frames.EXTENSION == EXTENSION


def test_socket_ids_are_ids_and_never_come_twice() -> None:
    made = [new_socket_id() for _ in range(1_000)]

    assert len(set(made)) == 1_000
    for one in made:
        look_at_socket(one)


async def test_where_there_is_only_asgi_messages_go_out_in_order_and_then_it_closes() -> None:
    client = Client()
    line = Line({}, client.send)

    written = [line.write(message) for message in (Message(b"one", b"two"), Message(b"three"))]
    line.close(4200, "The server ends.")
    written.append(line.write(Message(b"four")))
    await line.carry()

    assert written == [True, True, False]
    assert [m.get("text") for m in client.got] == ["one", "two", "three", None]
    assert client.got[-1] == {
        "type": "websocket.close", "code": 4200, "reason": "The server ends.",
    }  # fmt: skip


async def test_where_there_is_only_asgi_too_a_client_that_lags_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "MOST_BYTES", 10)
    client = Client()
    client.reads.clear()
    line = Line({}, client.send)
    carrying = asyncio.create_task(line.carry())

    written = [line.write(Message(b"12345")) for _ in range(4)]
    client.reads.set()
    await carrying

    assert written == [True, True, False, False]
    assert client.got[-1]["code"] == 4100
    assert len(client.got) < 4
