"""The HTTP API: the official library gets the same answers from us and from soketi."""

import asyncio
from typing import Any

import httpx
import pusher
import pytest
from pusher.errors import PusherBadAuth, PusherBadRequest

from agents.swarm.realtime_update import server
from agents.swarm.realtime_update.http_api import channel_answer
from agents.swarm.realtime_update.signing import Credentials, signed
from tests.agents.swarm.realtime_update.conftest import (
    TOKEN,
    House,
    client_of,
    library_for,
)
from tests.servers.soketi import Soketi


async def _answers(port: int, app: Credentials) -> list[Any]:
    """What the library is told while three clients are connected, and what these hear."""
    library = library_for(app, port)
    answers = list[Any]()

    async def ask(method: str, *arguments: Any, **named: Any) -> None:
        answers.append(await asyncio.to_thread(getattr(library, method), *arguments, **named))

    async with (
        client_of(port, app.key) as one,
        client_of(port, app.key) as two,
        client_of(port, app.key) as three,
    ):
        for client, user in ((one, "ada"), (two, "ada"), (three, "grace")):
            await client.join("news")
            leave = channel_answer(app, client.socket_id, "presence-room", user, {"n": 1})
            await client.join("presence-room", **leave)
        await ask("channels_info")
        await ask("channels_info", "presence-", ["user_count"])
        await ask("channel_info", "presence-room", ["user_count", "subscription_count"])
        await ask("channel_info", "empty")
        await ask("users_info", "presence-room")
        await ask("trigger", ["news", "presence-room"], "said", {"n": 1})
        await ask("trigger", "news", "said", "text", one.socket_id)
        channels = ("news", "news", "presence-room", "news")
        batch = [
            {"channel": one, "name": "said", "data": {"n": n}} for n, one in enumerate(channels)
        ]
        await ask("trigger_batch", [*batch, {"channel": "news", "name": "last", "data": {"n": 9}}])
        for client in (one, two, three):
            heard = list[Any]()
            while not heard or heard[-1][0] != "last":
                said = await client.hear()
                heard.append((said["event"], said.get("channel"), said["data"]))
            answers.append([one for one in heard if not one[0].startswith("pusher")])
    return answers


def _alike(answer: Any) -> Any:
    """An answer in an order of its own, without what says nothing."""
    match answer:
        case {"ok": True}:
            return {}
        case {"channels": dict() as channels}:
            return sorted(channels)  # soketi says nothing else of them, whatever is asked for
        case {"users": list() as users}:
            return sorted(user["id"] for user in users)
        case dict():
            return _told(answer)
        case _:
            return answer


def _told(about: dict[str, Any]) -> dict[str, Any]:
    """What was asked for; soketi tells more."""
    return {name: about[name] for name in ("user_count", "occupied") if name in about}


async def test_the_library_is_told_what_soketi_tells(house: House, soketi: Soketi) -> None:
    ours = await _answers(house.port, house.app)
    theirs = await _answers(soketi.port, Credentials(soketi.app_id, soketi.key, soketi.secret))

    assert [_alike(one) for one in ours] == [_alike(one) for one in theirs]


async def test_an_unsigned_or_forged_request_is_refused(house: House) -> None:
    forger = library_for(Credentials(house.app.app_id, house.app.key, "guessed"), house.port)

    async with httpx.AsyncClient(base_url=house.address) as client:
        unsigned = await client.get(f"/apps/{house.app.app_id}/channels")
        with_token = await client.post(
            f"/apps/{house.app.app_id}/events", headers={"Authorization": f"Bearer {TOKEN}"}
        )
    with pytest.raises(PusherBadAuth):
        await asyncio.to_thread(forger.trigger, "news", "said", {})

    assert (unsigned.status_code, with_token.status_code) == (401, 401)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"name":"said","data":"x","channels":["no good name"]}',
        b'{"name":"","data":"x","channels":["a"]}',
        b'{"name":"pusher:error","data":"x","channels":["a"]}',
        b'{"name":"said","data":{"not":"text"},"channels":["a"]}',
        b'{"name":"said","data":"%s","channels":["a"]}' % (b"x" * 10_241),
        b'{"name":"said","data":"x","channels":["a"],"socket_id":"nobody"}',
        b'{"name":"said","data":"\xff","channels":["a"]}',
        b'{"name":"said","data":"x","channels":["a"],"more":' + b"[" * 20_000,
    ],
)
async def test_a_wrong_body_is_told_what_is_wrong(house: House, body: bytes) -> None:
    path = f"/apps/{house.app.app_id}/events"

    async with httpx.AsyncClient(base_url=house.address) as client:
        query = signed(house.app, "POST", path, {}, body)
        answer = await client.post(path, params=query, content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.address) as client:
        answer = await client.post(f"/apps/{house.app.app_id}/events", content=b"x" * (3 << 20))

    assert answer.status_code == 413


async def test_nobody_is_waited_for_without_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "BODY_SECONDS", 0.0)
    never = asyncio.get_running_loop().create_future()
    told = list[Any]()

    async def send(message: Any) -> None:
        told.append(message)

    await house.agent.app({"type": "http"}, lambda: never, send)

    assert told[0]["status"] == 408


async def test_history_is_had_from_an_offset_on(house: House) -> None:
    said = [await house.agent.broadcast(["news"], "said", n) for n in range(5)]
    path = f"/apps/{house.app.app_id}/channels/news/history"
    since = str(said[1].events[0].offset)

    async with httpx.AsyncClient(base_url=house.address) as client:
        query = signed(house.app, "GET", path, {"since": since, "limit": "2"}, b"")
        answer = (await client.get(path, params=query)).json()

    assert [event["data"] for event in answer["events"]] == ["2", "3"]
    assert (answer["complete"], answer["offset"]) == (True, said[3].events[0].offset)


async def test_events_that_are_named_are_said_once(house: House) -> None:
    path = f"/apps/{house.app.app_id}/events"
    body = b'{"name":"said","data":"x","channels":["news"]}'

    async with httpx.AsyncClient(base_url=house.address) as client:
        for _ in range(3):
            query = signed(house.app, "POST", path, {}, body)
            headers = {"X-Event-Ids": "order-17"}
            await client.post(path, params=query, content=body, headers=headers)

    assert len((await house.agent.history("news")).events) == 1
    assert (await house.agent.statistics()).duplicates == 2


async def test_the_connections_of_a_user_are_ended(house: House) -> None:
    path = f"/apps/{house.app.app_id}/users/ada/terminate_connections"
    async with client_of(house.port, house.app.key) as client:
        user = await house.agent.authenticate(client.socket_id, "ada")
        await client.say("pusher:signin", user)
        await client.until("pusher:signin_success")

        async with httpx.AsyncClient(base_url=house.address) as asking:
            query = signed(house.app, "POST", path, {}, b"{}")
            assert (await asking.post(path, params=query, content=b"{}")).status_code == 200

        assert (await client.closed())[0] == 4009


async def test_who_wants_to_be_let_in_shows_the_token_of_the_server(house: House) -> None:
    form = {"socket_id": "1.2", "channel_name": "private-room"}

    async with httpx.AsyncClient(base_url=house.address) as client:
        stranger = await client.post("/pusher/auth", data=form)
        known = await client.post(
            "/pusher/auth", data=form, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    library = pusher.Pusher(house.app.app_id, house.app.key, house.app.secret, host="x")
    assert stranger.status_code == 401
    assert known.json() == library.authenticate("private-room", "1.2")


async def test_the_library_raises_for_what_is_wrong(house: House) -> None:
    with pytest.raises(PusherBadRequest):
        await house.ask("users_info", "news")
