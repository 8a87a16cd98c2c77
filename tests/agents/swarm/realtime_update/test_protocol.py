"""The protocol by hand: what is refused, and how, what is bounded, and how clients are closed."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from agents.swarm.realtime_update import lines, server, station
from agents.swarm.realtime_update.http_api import channel_answer, user_answer
from tests.agents.swarm.realtime_update.conftest import Client, House, client_of


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/app/another?protocol=7", 4001),
        ("/app/{key}", 4008),
        ("/app/{key}?protocol=seven", 4006),
        ("/app/{key}?protocol=99", 4007),
        (f"/app/{{key}}?protocol={'9' * 5_000}", 4007),
    ],
)
async def test_who_can_t_be_served_is_told_why_and_closed(
    house: House, path: str, code: int
) -> None:
    url = f"ws://127.0.0.1:{house.port}{path.format(key=house.app.key)}"

    async with connect(url) as connection:
        client = Client(connection, "")
        told = await client.hear()
        closed = await client.closed()

    assert told["event"] == "pusher:error"
    assert told["data"]["code"] == closed[0] == code


async def test_a_house_that_is_full_lets_nobody_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 0)

    async with connect(f"ws://127.0.0.1:{house.port}/app/{house.app.key}?protocol=7") as one:
        assert (await Client(one, "").closed())[0] == 4004


async def test_a_ping_is_answered(house: House) -> None:
    async with client_of(house.port, house.app.key) as client:
        await client.say("pusher:ping", {})
        assert (await client.hear())["event"] == "pusher:pong"


async def test_a_silent_client_is_asked_for_a_sign_of_life_and_closed_without_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "ACTIVITY", -1.0)
    monkeypatch.setattr(station, "PONG", -1.0)

    async with client_of(house.port, house.app.key) as client:
        house.agent._station.look_for_life()
        assert (await client.hear())["event"] == "pusher:ping"
        house.agent._station.look_for_life()
        assert (await client.closed())[0] == 4201


async def test_a_client_that_gave_a_sign_of_life_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "ACTIVITY", -1.0)

    async with client_of(house.port, house.app.key) as client:
        house.agent._station.look_for_life()
        await client.until("pusher:ping")
        await client.say("pusher:pong", {})
        await client.say("pusher:ping", {})
        await client.until("pusher:pong")
        monkeypatch.setattr(station, "PONG", -1.0)
        house.agent._station.look_for_life()
        assert (await client.hear())["event"] == "pusher:ping"


DEEP = "[" * 20_000


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "[]", "{}", '{"event": 1}', "\u0000", f'{{"event": "said", "data": {DEEP}',
        json.dumps({"event": "pusher:subscribe", "data": f'{{"channel": "a", "more": {DEEP}'}),
    ],
)  # fmt: skip
async def test_what_is_no_message_is_refused_and_the_client_stays(house: House, text: str) -> None:
    async with client_of(house.port, house.app.key) as client:
        await client.connection.send(text)
        assert (await client.hear())["event"] == "pusher:error"
        await client.join("news")


@pytest.mark.parametrize(
    "data",
    [
        {"channel": "private-room"},
        {"channel": "private-room", "auth": "key:forged"},
        {"channel": "presence-room", "auth": "key:forged", "channel_data": "{}"},
        {"channel": "spaces are not allowed"},
        {"channel": "#server-to-user-ada"},
    ],
)
async def test_a_subscription_without_leave_is_refused(house: House, data: dict[str, Any]) -> None:
    async with client_of(house.port, house.app.key) as client:
        await client.say("pusher:subscribe", data)
        told = await client.hear()

    assert (told["event"], told["channel"]) == ("pusher:subscription_error", data["channel"])
    assert told["data"]["status"] == 401


async def test_leave_for_one_connection_is_none_for_another(house: House) -> None:
    async with (
        client_of(house.port, house.app.key) as one,
        client_of(house.port, house.app.key) as two,
    ):
        leave = channel_answer(house.app, one.socket_id, "private-room", "", None)
        await two.say("pusher:subscribe", {"channel": "private-room", **leave})
        assert (await two.hear())["event"] == "pusher:subscription_error"
        await one.join("private-room", **leave)


async def test_who_forges_a_user_is_closed(house: House) -> None:
    async with client_of(house.port, house.app.key) as client:
        user = user_answer(house.app, "1.1", "ada", None)
        await client.say("pusher:signin", user)
        assert (await client.closed())[0] == 4009


async def test_client_events_are_for_private_channels_one_is_on(house: House) -> None:
    async with client_of(house.port, house.app.key) as client:
        await client.join("news")
        for channel in ("news", "private-room"):
            await client.say("client-typing", {}, channel)
            assert (await client.hear())["data"]["code"] == 4301


async def test_a_client_that_says_too_much_is_told_to_stop(house: House) -> None:
    async with client_of(house.port, house.app.key) as client:
        leave = channel_answer(house.app, client.socket_id, "private-room", "", None)
        await client.join("private-room", **leave)
        for _ in range(15):
            await client.say("client-typing", {}, "private-room")
        assert (await client.until("pusher:error"))["data"]["code"] == 4301


async def test_a_client_event_on_a_presence_channel_says_who_says_it(house: House) -> None:
    async with (
        client_of(house.port, house.app.key) as ada,
        client_of(house.port, house.app.key) as grace,
    ):
        for client, user in ((ada, "ada"), (grace, "grace")):
            leave = channel_answer(house.app, client.socket_id, "presence-room", user, None)
            await client.join("presence-room", **leave)
        await ada.say("client-typing", {"fast": True}, "presence-room")

        said = await grace.until("client-typing")

    assert (said["user_id"], said["data"]) == ("ada", {"fast": True})


async def test_who_says_where_it_was_gets_what_it_missed_with_its_subscription(
    house: House,
) -> None:
    first = (await house.agent.broadcast(["news"], "said", 0)).events[0].offset
    for n in (1, 2):
        await house.agent.broadcast(["news"], "said", n)

    async with client_of(house.port, house.app.key) as client:
        await client.join("news", since=first)
        missed = [await client.hear() for _ in range(2)]
        told = await client.hear()
        await house.agent.broadcast(["news"], "said", 3)
        live = await client.hear()

    assert [json.loads(one["data"]) for one in missed] == [1, 2]
    assert json.loads(told["data"])["complete"] is True
    offsets = [first, *(one["offset"] for one in missed), live["offset"]]
    assert offsets == sorted(set(offsets))


async def test_more_than_fits_is_made_up_for_in_parts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "RECOVERED_BYTES", 250)
    for n in range(5):
        await house.agent.broadcast(["news"], "said", f"{n}" * 100)

    async with client_of(house.port, house.app.key) as client:
        await client.join("news")
        since, got = 0, list[str]()
        more = True
        while more:
            await client.say("heddle:recover", {"channel": "news", "since": since})
            while (said := await client.hear())["event"] == "said":
                got.append(said["data"][0])
            told = json.loads(said["data"])
            since, more = told["offset"], told["more"]

    assert got == list("01234")


async def test_a_client_that_doesn_t_read_is_closed_and_the_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_BYTES", 100_000)
    monkeypatch.setattr(lines, "LAST_WORDS", 0.01)
    async with (
        client_of(house.port, house.app.key) as lazy,
        client_of(house.port, house.app.key) as eager,
    ):
        for client in (lazy, eager):
            await client.join("news")
        lazy.connection.transport.pause_reading()
        said = 0
        while not (await house.agent.statistics()).dropped and said < 5_000:
            await house.agent.broadcast(["news"], "said", "x" * 10_000)
            said += 1
            await eager.until("said")
        assert (await house.agent.statistics()).connections == 1
        await house.agent.broadcast(["news"], "last", "word")
        assert (await eager.until("last"))["data"] == "word"
        lazy.connection.transport.abort()


async def test_clients_are_sent_away_when_the_house_closes(house: House) -> None:
    async with client_of(house.port, house.app.key) as client:
        closing = asyncio.create_task(house.agents.close())
        assert (await client.closed())[0] == 4200
        await closing
