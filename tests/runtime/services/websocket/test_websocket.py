"""The WebSocket service as clients have it: a real process, a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.servers.heddle import TOKEN, Heddle

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENGINE = "/api/v1/workflows"
WITHIN = 20.0


def flow(seconds: float = 0.0) -> Any:
    return {
        "heddle": 1,
        "name": "told",
        "blocks": {
            "wait": {"kind": "logic.wait", "fields": {"seconds": seconds}},
            "out": {"kind": "flow.output"},
        },
        "links": ["wait.value -> out.value"],
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(server: Heddle) -> AsyncIterator[httpx.AsyncClient]:
    async with server.client() as made:
        yield made


class Socket:
    """A socket, and what was said over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.told = set[str]()
        """The subscriptions of which something was told."""

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self) -> Any:
        message = json.loads(await asyncio.wait_for(self.connection.recv(), WITHIN))
        self.told |= {message["id"]} if message["type"] == "event" else set()
        return message

    async def until(self, type: str, **fields: Any) -> list[Any]:
        """All messages up to one of a type, with these fields."""
        seen = list[Any]()
        while True:
            message = await self.next()
            seen.append(message)
            if message["type"] == type and fields.items() <= message.items():
                return seen

    async def begin(self, **wish: Any) -> Any:
        await self.say(type="subscribe", **wish)
        return (await self.until("subscribed", id=wish["id"]))[-1]


@asynccontextmanager
async def opened(server: Heddle, token: str = TOKEN) -> AsyncIterator[Socket]:
    address = server.address.replace("http", "ws", 1) + "/ws"
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(
        address, additional_headers=headers, proxy=None, close_timeout=1
    ) as connection:
        yield Socket(connection)


async def started(client: httpx.AsyncClient, seconds: float = 0.0) -> str:
    stored = (await client.post(f"{ENGINE}/flows", json={"flow": flow(seconds)})).json()["flow"]
    run: str = (await client.post(f"{ENGINE}/runs", json={"flow": stored})).json()["run"]
    return run


def kinds(messages: list[Any], id: str) -> list[str]:
    return [m["data"]["event"] for m in messages if m["type"] == "event" and m["id"] == id]


async def test_it_says_who_speaks_and_answers_pings(server: Heddle) -> None:
    async with opened(server) as socket:
        hello = await socket.next()
        await socket.say(type="ping", nonce="n1")
        pong = await socket.next()

    assert (hello["type"], hello["heartbeat"] > 0) == ("hello", True)
    assert pong == {"type": "pong", "nonce": "n1"}


async def test_a_run_is_told_from_its_beginning_to_its_end_and_gone_on_with(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    run = await started(client)
    async with opened(server) as socket:
        await socket.begin(id="whole", topic="run", run=run)
        whole = await socket.until("ended", id="whole")
        await socket.begin(id="rest", topic="run", run=run, after=whole[0]["seq"])
        rest = await socket.until("ended", id="rest")

    assert kinds(whole, "whole")[0] == "run_started"
    assert kinds(whole, "whole")[-1] == "run_succeeded"
    assert kinds(rest, "rest") == kinds(whole, "whole")[1:]


async def test_one_socket_has_many_subscriptions(server: Heddle, client: httpx.AsyncClient) -> None:
    async with opened(server) as socket:
        for topic in ("runs", "agents", "services", "metrics"):
            await socket.begin(id=topic, topic=topic)
        run = await started(client)
        await socket.begin(id="mine", topic="run", run=run)
        await client.post("/agents/files/drain")
        await client.post("/agents/files/restart")

        wanted = {"runs", "agents", "services", "metrics", "mine"}
        while not wanted <= socket.told:
            await socket.next()

    assert wanted == socket.told


async def test_who_comes_later_is_told_how_things_stand(server: Heddle) -> None:
    for _ in range(2):
        async with opened(server) as socket:
            await socket.begin(id="s", topic="services")
            (entry, *_) = (await socket.until("event", id="s"))[-1]["data"]["services"]
            assert entry["health"] == "ok"


async def test_after_unsubscribing_nothing_more_is_told(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    async with opened(server) as socket:
        await socket.begin(id="all", topic="runs")
        await socket.say(type="unsubscribe", id="all")
        await socket.until("ended", id="all")
        run = await started(client)
        await socket.begin(id="one", topic="run", run=run)
        seen = await socket.until("ended", id="one")

    assert {message["id"] for message in seen} == {"one"}


async def test_who_comes_back_is_told_what_happened_meanwhile(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    async with opened(server) as socket:
        epoch = (await socket.begin(id="a", topic="runs"))["epoch"]
        first = await started(client)
        seen = await socket.until("event", id="a")
        while seen[-1]["data"] != {**seen[-1]["data"], "event": "run_succeeded", "run": first}:
            seen += await socket.until("event", id="a")
    meanwhile = await started(client)
    await client.get(f"{ENGINE}/runs/{meanwhile}/outputs", params={"wait": 10})

    async with opened(server) as socket:
        await socket.begin(id="b", topic="runs", after=seen[-1]["seq"], epoch=epoch)
        told = await socket.until("event", id="b")
        while told[-1]["data"]["event"] != "run_succeeded":
            told += await socket.until("event", id="b")

    assert {message["data"]["run"] for message in told if message["type"] == "event"} == {meanwhile}
    assert kinds(told, "b")[0] == "run_started"


async def test_who_comes_back_to_another_process_is_told_that_something_was_missed(
    server: Heddle,
) -> None:
    async with opened(server) as socket:
        await socket.begin(id="a", topic="runs", after=5, epoch="another")
        missed = (await socket.until("missed"))[-1]

    assert missed == {"type": "missed", "id": "a", "missed": None}


async def test_runs_of_other_processes_are_told_as_well(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    with Heddle(server.home, "workflows") as beside:
        async with beside.client() as other, opened(server) as socket:
            await socket.begin(id="all", topic="runs")
            await socket.begin(id="services", topic="services")
            run = await started(other)
            seen = await socket.until("event", id="all")
            while seen[-1]["data"] != {**seen[-1]["data"], "event": "run_succeeded", "run": run}:
                seen += await socket.until("event", id="all")

    mine = [m["data"]["seq"] for m in seen if m.get("id") == "all" and "data" in m]
    assert mine == sorted(mine)
    assert kinds(seen, "all")[0] == "run_started"


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("{", "Malformed"),
        ("[]", "Malformed"),
        ('{"type":"dance"}', "Malformed"),
        ('{"type":"subscribe","id":"x","topic":"nothing"}', "Malformed"),
        ('{"type":"subscribe","id":"","topic":"runs"}', "Malformed"),
        ('{"type":"subscribe","id":"x","topic":"run","run":"nowhere"}', "UnknownRun"),
    ],
)
async def test_what_cannot_be_is_refused_and_the_socket_stays(
    server: Heddle, message: str, title: str
) -> None:
    async with opened(server) as socket:
        await socket.connection.send(message)
        refused = (await socket.until("refused"))[-1]
        await socket.say(type="ping")
        await socket.until("pong")

    assert refused["title"] == title


async def test_an_id_is_taken_once_and_there_are_so_many(server: Heddle) -> None:
    async with opened(server) as socket:
        await socket.begin(id="x", topic="agents")
        await socket.say(type="subscribe", id="x", topic="agents")
        taken = (await socket.until("refused"))[-1]
        for number in range(99):
            await socket.begin(id=f"n{number}", topic="agents")
        await socket.say(type="subscribe", id="more", topic="agents")
        full = (await socket.until("refused"))[-1]

    assert (taken["title"], full["title"]) == ("Taken", "TooMany")


async def test_nobody_without_the_token_is_let_in(server: Heddle) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(server, "wrong"):
            pass

    assert refused.value.response.status_code == 401


async def test_a_client_that_takes_nothing_holds_up_nobody(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    async with opened(server) as lazy, opened(server) as socket:
        for number in range(20):
            await lazy.begin(id=f"all{number}", topic="runs")
        run = ""
        for _ in range(20):
            run = await started(client)
        await socket.begin(id="one", topic="run", run=run)
        seen = await socket.until("ended", id="one")

    assert kinds(seen, "one")[-1] == "run_succeeded"


async def test_a_socket_is_there_again_after_its_process_was_killed(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    run = await started(client, 600)
    with Heddle(server.home, "websocket") as apart:
        async with opened(apart) as socket:
            await socket.begin(id="one", topic="run", run=run)
            first = (await socket.until("event", id="one"))[-1]
        apart.kill()
        apart.start()
        async with opened(apart) as socket:
            await socket.begin(id="one", topic="run", run=run, after=first["seq"])
            await client.post(f"{ENGINE}/runs/{run}/cancel", json={})
            rest = await socket.until("ended", id="one")

    assert kinds(rest, "one")[-1] == "run_cancelled"
    assert "run_started" not in kinds(rest, "one")
