"""Processes of one home that share a Redis show one presence, whoever dies or is away."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from agents.contract import Outside
from agents.swarm.realtime_update import fellows, webhooks
from agents.swarm.realtime_update.http_api import channel_answer
from agents.swarm.realtime_update.log import Log
from agents.swarm.realtime_update.shapes import WebhookTarget
from agents.swarm.realtime_update.signing import Credentials, signed
from tests.agents.http.server import WebServer
from tests.agents.swarm.realtime_update.conftest import (
    PATIENCE,
    Client,
    House,
    Living,
    client_of,
)
from tests.agents.swarm.realtime_update.test_webhooks import Told
from tests.servers.realtime import RealtimeHouse
from tests.servers.redis import RedisServer

ROOM = "presence-room"


class Two(NamedTuple):
    """Two processes of a home: what they share, they share by files and Redis alone."""

    one: House
    two: House
    stack: AsyncExitStack

    async def come(self, house: House, user: str = "") -> Client:
        """A client, on the presence channel if it says who it is."""
        client = await self.stack.enter_async_context(client_of(house.port, house.app.key))
        if user:
            await client.join(ROOM, **leave(house.app, client, user))
        return client


def leave(app: Credentials, client: Client, user: str) -> dict[str, str]:
    return channel_answer(app, client.socket_id, ROOM, user, None)


@pytest.fixture
async def two(living: Living, tmp_path: Path, redis_server: RedisServer) -> AsyncIterator[Two]:
    outside = Outside(redis_url=redis_server.url)
    async with (
        living(tmp_path, outside) as one,
        living(tmp_path, outside) as other,
        AsyncExitStack() as stack,
    ):
        yield Two(one, other, stack)


async def users_at(house: House) -> list[str]:
    return sorted(member.user_id for member in await house.agent.presence(ROOM, server="own"))


async def connections_at(house: House) -> int:
    (there,) = await house.agent.channels(prefix=ROOM, server="own")
    return there.subscriptions or 0


async def until(find: Callable[[], Any], wanted: Any) -> None:
    """Wait until that is found."""
    async with asyncio.timeout(PATIENCE):
        while await find() != wanted:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)


async def test_members_come_and_go_once_wherever_they_are(two: Two) -> None:
    watcher = await two.come(two.one, "ada")
    first = await two.come(two.two, "grace")
    second = await two.come(two.one, "grace")
    for house in two[:2]:
        await until(lambda house=house: connections_at(house), 3)
    there = await two.two.ask("users_info", ROOM)
    count = await two.two.ask("channel_info", ROOM, ["user_count", "subscription_count"])

    for client in (first, second):
        await client.say("pusher:unsubscribe", {"channel": ROOM})
    for house in two[:2]:
        await until(lambda house=house: users_at(house), ["ada"])
    await two.one.agent.broadcast([ROOM], "last")
    heard = list[tuple[str, str]]()
    while (said := await watcher.hear())["event"] != "last":
        heard.append((said["event"], json.loads(said["data"])["user_id"]))

    assert sorted(user["id"] for user in there["users"]) == ["ada", "grace"]
    assert count == {"occupied": True, "user_count": 2, "subscription_count": 3}
    assert heard == [
        ("pusher_internal:member_added", "grace"),
        ("pusher_internal:member_removed", "grace"),
    ]


async def test_who_joins_is_told_of_those_elsewhere(two: Two) -> None:
    await two.come(two.one, "ada")
    await until(lambda: users_at(two.two), ["ada"])

    client = await two.come(two.two)
    told = await client.join(ROOM, **leave(two.two.app, client, "grace"))

    assert sorted(json.loads(told["data"])["presence"]["ids"]) == ["ada", "grace"]


async def test_clients_say_events_to_each_other_wherever_they_are(two: Two) -> None:
    ada, grace = await two.come(two.one, "ada"), await two.come(two.two, "grace")
    await until(lambda: users_at(two.one), ["ada", "grace"])

    await ada.say("client-typing", {"fast": True}, ROOM)
    said = await grace.until("client-typing")

    assert (said["data"], said["user_id"], said["channel"]) == ({"fast": True}, "ada", ROOM)


async def test_a_user_s_connections_are_ended_wherever_they_are(two: Two) -> None:
    client = await two.come(two.one)
    answer = await two.one.agent.authenticate(client.socket_id, "ada")
    await client.say("pusher:signin", answer)
    await client.until("pusher:signin_success")
    await until(lambda: met(two.two), True)

    await end(two.two, "ada")

    assert (await client.closed())[0] == 4009


async def end(house: House, user: str) -> None:
    """Have a user's connections closed."""
    path = f"/apps/{house.app.app_id}/users/{user}/terminate_connections"
    async with httpx.AsyncClient(base_url=house.address) as asking:
        query = signed(house.app, "POST", path, {}, b"{}")
        assert (await asking.post(path, params=query, content=b"{}")).status_code == 200


async def met(house: House) -> bool:
    """Whether a house knows that there is another."""
    assert house.agent._fellows is not None
    return bool(house.agent._fellows._heard)


async def test_webhooks_are_told_once_whichever_process_was_told_of_them(two: Two) -> None:
    kinds = ("channel_occupied", "member_added", "member_removed", "channel_vacated")
    for house in (two.one, two.two):
        await until(lambda house=house: met(house), True)
    async with WebServer() as web:
        told = Told(web)
        await two.one.agent.set_webhooks([WebhookTarget(told.url, kinds)])
        await until(lambda: targets_of(two.two), 1)

        first, second = await two.come(two.one, "ada"), await two.come(two.two, "ada")
        for client in (first, second):
            await client.say("pusher:unsubscribe", {"channel": ROOM})
        await told.until("channel_vacated")
        await two.come(two.two, "grace")
        events = await told.until("channel_vacated", "member_added")

    names = [event["name"] for event in events]
    assert names.count("channel_vacated") == names.count("member_removed")
    assert names.count("channel_occupied") == names.count("channel_vacated") + 1
    assert [event.get("user_id") for event in events if event["name"] == "member_added"][-1] == (
        "grace"
    )


async def targets_of(house: House) -> int:
    return len((await house.agent.statistics()).webhooks)


@pytest.mark.slow
async def test_members_at_a_process_that_is_killed_go_after_a_while(
    living: Living, tmp_path: Path, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fellows, "SILENCE", 3.0)
    outside = Outside(redis_url=redis_server.url)
    async with (
        living(tmp_path, outside) as house,
        RealtimeHouse(tmp_path, {"redis_url": redis_server.url}) as other,
        client_of(house.port, house.app.key) as watcher,
    ):
        await watcher.join(ROOM, **leave(house.app, watcher, "ada"))
        async with client_of(other.port, other.key) as client:
            await client.join(ROOM, **leave(house.app, client, "grace"))
            came = await watcher.until("pusher_internal:member_added")
            await other.kill()
            went = await watcher.until("pusher_internal:member_removed")

        assert [json.loads(one["data"])["user_id"] for one in (came, went)] == ["grace", "grace"]
        await until(lambda: users_at(house), ["ada"])


@pytest.mark.slow
async def test_redis_may_go_and_come_back(two: Two, redis_server: RedisServer) -> None:
    watcher = await two.come(two.one, "ada")
    gone = await two.come(two.two, "grace")
    await until(lambda: users_at(two.one), ["ada", "grace"])

    redis_server.stop()
    await until(lambda: state_of(two.one), "degraded")
    await two.come(two.two, "joan")
    await gone.say("pusher:unsubscribe", {"channel": ROOM})
    await two.two.agent.broadcast([ROOM], "said", 1)
    said = await watcher.until("said")
    meanwhile = await users_at(two.one)
    redis_server.start()

    await until(lambda: users_at(two.one), ["ada", "joan"])
    await until(lambda: users_at(two.two), ["ada", "joan"])
    await until(lambda: state_of(two.one), "ok")
    assert said["data"] == "1"
    assert meanwhile == ["ada", "grace"]


async def state_of(house: House) -> str:
    return (await house.agent.health()).state


@pytest.mark.slow
async def test_what_was_ordered_while_redis_was_away_is_done_once_it_is_back(
    two: Two, redis_server: RedisServer
) -> None:
    client = await two.come(two.one)
    await client.say("pusher:signin", await two.one.agent.authenticate(client.socket_id, "ada"))
    await client.until("pusher:signin_success")
    await until(lambda: met(two.two), True)
    redis_server.stop()
    await until(lambda: state_of(two.two), "degraded")

    await end(two.two, "ada")
    await two.two.agent.set_webhooks([WebhookTarget("http://127.0.0.1:9/", ())])
    redis_server.start()

    await until(lambda: targets_of(two.one), 1)
    assert (await client.closed())[0] == 4009


async def test_a_process_that_begins_tells_each_target_once(
    living: Living, tmp_path: Path, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Outside(redis_url=redis_server.url)
    read, made = asyncio.Event(), list[object]()
    make, targets = webhooks.client_for, Log.webhooks
    loop = asyncio.get_running_loop()

    def told(log: Log) -> list[WebhookTarget]:
        loop.call_soon_threadsafe(read.set)
        return targets(log)

    async def slowly(most: int) -> Any:
        read.clear()
        with contextlib.suppress(TimeoutError):  # unless the targets are read meanwhile
            async with asyncio.timeout(1.0):
                await read.wait()
        made.append(await make(most))
        return made[-1]

    async with living(tmp_path) as house:
        await house.agent.set_webhooks([WebhookTarget("http://127.0.0.1:9/", ())])
    monkeypatch.setattr(webhooks, "client_for", slowly)
    monkeypatch.setattr(Log, "webhooks", told)

    async with living(tmp_path, outside) as house:
        await until(lambda: hears(house), True)
        await asyncio.gather(*house.agent._readings)
        assert await targets_of(house) == 1

    assert len(made) == 1


async def hears(house: House) -> bool:
    """Whether a house would hear of others."""
    assert house.agent._fellows is not None
    return house.agent._fellows._hears.is_set()
