"""Real pusher-js clients on our server: they join, are let in, hear and are heard."""

import asyncio
from typing import Any

from agents.swarm.realtime_update.shapes import data_of
from tests.agents.swarm.realtime_update.conftest import House, client_of, library_for
from tests.servers.pusher_js import Open


async def test_a_client_hears_what_the_official_library_says(house: House, pusher_js: Open) -> None:
    client = await pusher_js(house.port, house.app.key)
    await client.subscribe("news")

    await house.ask("trigger", "news", "said", {"text": "grüß dich"})

    assert await client.until("said", "news") == {"text": "grüß dich"}


async def test_events_come_in_the_order_they_were_said(house: House, pusher_js: Open) -> None:
    client = await pusher_js(house.port, house.app.key)
    await client.subscribe("news")

    for n in range(50):
        await house.agent.broadcast(["news"], "said", n)
    await client.until("said", "news", count=50)

    assert [h.data for h in client.heard if h[:2] == ("news", "said")] == list(range(50))


async def test_who_says_an_event_needn_t_hear_it(house: House, pusher_js: Open) -> None:
    one, two = [await pusher_js(house.port, house.app.key) for _ in range(2)]
    mine = (await one.until("connected"))["socket_id"]
    for client in (one, two):
        await client.subscribe("news")

    await house.agent.broadcast(["news"], "said", 1, socket_id=mine)
    await house.agent.broadcast(["news"], "said", 2)
    await one.until("said", "news")
    await two.until("said", "news", count=2)

    assert [h.data for h in one.heard if h[:2] == ("news", "said")] == [2]


async def test_a_private_channel_is_for_who_is_let_in(house: House, pusher_js: Open) -> None:
    let_in = await pusher_js(house.port, house.app.key, house.auth)
    stranger = await pusher_js(
        house.port, house.app.key, {**house.auth, "headers": {"Authorization": "Bearer guessed"}}
    )

    await let_in.subscribe("private-room")
    stranger.tell("subscribe", channel="private-room")
    refused = await stranger.until("pusher:subscription_error", "private-room")
    await house.agent.broadcast(["private-room"], "said", "secret")

    assert await let_in.until("said", "private-room") == "secret"
    assert refused["status"] == 401
    assert not [h for h in stranger.heard if h.event == "said"]


async def test_what_is_said_on_an_encrypted_channel_is_read_by_its_clients_alone(
    house: House, pusher_js: Open
) -> None:
    room = "private-encrypted-room"
    client = await pusher_js(house.port, house.app.key, house.auth)
    await client.subscribe(room)
    theirs = library_for(house.app, house.port)

    async with client_of(house.port, house.app.key) as between:
        leave = await house.agent.authorize(between.socket_id, room)
        await between.join(room, auth=leave["auth"])
        await house.agent.broadcast([room], "said", {"text": "grüß dich"})
        await asyncio.to_thread(theirs.trigger, room, "said", {"text": "hello"})
        seen = [(await between.until("said"))["data"] for _ in range(2)]
    told = await house.agent.history(room)

    said = [{"text": "grüß dich"}, {"text": "hello"}]
    assert [await client.until("said", room, count=n) for n in (1, 2)] == said
    assert [data_of(event) for event in told.events] == said
    assert all("ciphertext" in one for one in seen)
    assert not any("dich" in one or "hello" in one for one in seen)


async def test_members_see_each_other_come_and_go(house: House, pusher_js: Open) -> None:
    def auth(user: str) -> dict[str, Any]:
        return {**house.auth, "params": {"user_id": user, "user_info": user.title()}}

    ada = await pusher_js(house.port, house.app.key, auth("ada"))
    assert await ada.subscribe("presence-room") == {"me": "ada", "members": {"ada": "Ada"}}

    grace = await pusher_js(house.port, house.app.key, auth("grace"))
    there = await grace.subscribe("presence-room")
    came = await ada.until("pusher:member_added", "presence-room")
    users = await house.ask("users_info", "presence-room")
    grace.tell("disconnect")
    went = await ada.until("pusher:member_removed", "presence-room")

    assert there["members"] == {"ada": "Ada", "grace": "Grace"}
    assert users == {"users": [{"id": "ada"}, {"id": "grace"}]}
    assert (came["id"], went["id"]) == ("grace", "grace")


async def test_clients_say_events_to_each_other_on_private_channels(
    house: House, pusher_js: Open
) -> None:
    one, two = [await pusher_js(house.port, house.app.key, house.auth) for _ in range(2)]
    for client in (one, two):
        await client.subscribe("private-room")

    one.tell("trigger", channel="private-room", event="client-typing", data={"by": "one"})

    assert await two.until("client-typing", "private-room") == {"by": "one"}
    assert not [h for h in one.heard if h.event == "client-typing"]


async def test_a_user_who_signs_in_is_reached_on_every_connection(
    house: House, pusher_js: Open
) -> None:
    auth = {**house.auth, "params": {"user_id": "ada"}}
    clients = [await pusher_js(house.port, house.app.key, auth) for _ in range(2)]
    for client in clients:
        client.tell("signin")
        await client.until("pusher_internal:subscription_succeeded", "#server-to-user-ada")

    await house.ask("send_to_user", "ada", "said", {"to": "you"})

    assert [await client.until("said", "user") for client in clients] == [{"to": "you"}] * 2


async def test_who_joins_a_cache_channel_gets_what_was_said_last(
    house: House, pusher_js: Open
) -> None:
    client = await pusher_js(house.port, house.app.key)
    await house.agent.broadcast(["cache-score"], "goal", {"home": 1})

    await client.subscribe("cache-score")
    await client.subscribe("cache-empty")

    assert await client.until("goal", "cache-score") == {"home": 1}
    assert await client.until("pusher:cache_miss", "cache-empty") == {}


async def test_a_client_that_was_away_gets_what_it_missed(house: House, pusher_js: Open) -> None:
    client = await pusher_js(house.port, house.app.key)
    await client.subscribe("news")
    client.tell("send", event="heddle:recover", data={"channel": "news"})
    await client.until("heddle:recovered", "news")
    await house.agent.broadcast(["news"], "said", 1)
    last = (await client.until("heddle:offset", "news"))["offset"]

    client.tell("disconnect")
    await client.until("disconnected")
    for n in (2, 3):
        await house.agent.broadcast(["news"], "said", n)
    client.tell("connect")
    await client.until("pusher:subscription_succeeded", "news", count=2)
    client.tell("send", event="heddle:recover", data={"channel": "news", "since": last})
    told = await client.until("heddle:recovered", "news", count=2)

    assert [h.data for h in client.heard if h[:2] == ("news", "said")] == [1, 2, 3]
    assert (told["complete"], told["more"], told["events"]) == (True, False, 2)


async def test_a_client_with_a_wrong_key_gives_up(house: House, pusher_js: Open) -> None:
    client = await pusher_js(house.port, "another", waits=False)

    error = await client.until("error")

    assert error["error"]["data"]["code"] == 4001, error
