"""What goes wrong in a way that nobody foresaw is told to whoever listens."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from graph.flow import Block, Flow
from runtime.compose import compose, granted
from runtime.services.websocket import channels, session, sources
from runtime.services.websocket.channels import Channel
from runtime.services.websocket.messages import Missed, Subscribe, Told
from runtime.services.websocket.outbox import Outbox, Queue
from runtime.settings import Settings
from tests.runtime.services.auth.conftest import TOKEN, serving_house

WITHIN = 20.0


class Broken:
    """A source that fails the first time, in a way that no error of ours has."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, *_: Any) -> AsyncIterator[Any]:
        self.asked += 1
        if self.asked == 1:
            raise sqlite3.OperationalError("disk I/O error")
        yield {"n": self.asked}


async def test_a_subscription_to_a_run_never_ends_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "followed", Broken())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with serving_house(tmp_path) as served, asyncio.timeout(WITHIN):
        address = f"{served.address.replace('http', 'ws', 1)}/ws"
        async with connect(address, additional_headers=headers, proxy=None) as socket:
            await socket.send('{"type":"subscribe","id":"r","topic":"run","run":"x"}')
            told: dict[str, Any] = {}
            while told.get("type") != "refused":
                told = json.loads(await socket.recv())
            await socket.send('{"type":"subscribe","id":"r","topic":"run","run":"x"}')
            again = json.loads(await socket.recv())

    assert (told["title"], told["id"]) == ("Unexpected", "r")
    assert "OperationalError" in told["detail"]
    assert "disk" not in told["detail"]
    assert told["cure"]
    assert again["type"] == "subscribed"


async def test_a_topic_whose_source_failed_is_heard_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channels, "PAUSE", 0.0)
    channel, outbox = Channel("now", Broken()), Outbox()
    channel.join(Subscribe("s", "runs"), Queue("s"), outbox)

    async with asyncio.timeout(WITHIN):
        first, then = await outbox.next(), await outbox.next()
    channel.close()

    assert isinstance(first, Missed)
    assert then == Told("s", {"n": 2}, 2)


async def test_what_happens_to_runs_ends_with_their_runtime(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path), secrets_in="vault")
    flow = Flow.of([Block("a", "flow.constant", {"value": 1})], name="One")
    async with compose(settings, granted(tmp_path)) as runtime, asyncio.timeout(WITHIN):
        events = sources.events_of_all(runtime)
        first = asyncio.ensure_future(anext(events, None))
        while not first.done():  # it may not yet listen when a run begins
            await runtime.ended(await runtime.start(flow))
        rest = asyncio.create_task(_rest(events))
        await runtime.ended(last := await runtime.start(flow))

    async with asyncio.timeout(WITHIN):
        assert last in {event.run for event in await rest}


async def _rest(events: AsyncIterator[Any]) -> list[Any]:
    return [event async for event in events]
