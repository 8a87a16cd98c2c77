"""Webhooks: what happens on channels is told, signed, and again until it is heard."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import NotGranted, Refused
from agents.swarm.realtime_update import webhooks
from agents.swarm.realtime_update.http_api import channel_answer
from agents.swarm.realtime_update.outside import client_for
from agents.swarm.realtime_update.shapes import WebhookTarget
from agents.swarm.realtime_update.signing import Credentials
from graph.errors import BadInput
from tests.agents.http.server import Sent, WebServer
from tests.agents.swarm.realtime_update.conftest import PATIENCE, House, Living, client_of
from tests.servers.soketi import Soketi


class Told:
    """Hears webhooks; `refuses` so many of them first."""

    def __init__(self, web: WebServer, refuses: int = 0) -> None:
        self.events = list[dict[str, Any]]()
        self.headers = list[dict[str, str]]()
        self.bodies = list[bytes]()
        self._web = web
        self._refuses = refuses
        self._happened = asyncio.Event()
        web.on["/told"] = self._hear

    @property
    def url(self) -> str:
        return self._web.url("/told")

    def _hear(self, request: Any) -> Sent:
        if self._refuses:
            self._refuses -= 1
            return Sent(503)
        self.headers.append(request.headers)
        self.bodies.append(request.body)
        self.events += json.loads(request.body)["events"]
        self._happened.set()
        return Sent(200)

    async def until(self, *names: str) -> list[dict[str, Any]]:
        """All events once these were among them, in this order."""
        async with asyncio.timeout(PATIENCE):
            while not _follow(names, [event["name"] for event in self.events]):
                self._happened.clear()
                await self._happened.wait()
        return self.events


def _follow(wanted: tuple[str, ...], names: list[str]) -> bool:
    left = iter(names)
    return all(any(one == name for name in left) for one in wanted)


async def _come_and_go(port: int, app: Credentials) -> None:
    """Two clients of one member come onto a presence channel, one says something, both go."""
    async with client_of(port, app.key) as one, client_of(port, app.key) as two:
        for client in (one, two):
            leave = channel_answer(app, client.socket_id, "presence-room", "ada", None)
            await client.join("presence-room", **leave)
        await one.say("client-typing", {"fast": True}, "presence-room")
        await two.until("client-typing")


HAPPENS = ("channel_occupied", "member_added", "client_event", "member_removed", "channel_vacated")


async def test_who_comes_and_goes_is_told_and_signed(house: House) -> None:
    async with WebServer() as web:
        told = Told(web)
        await house.agent.set_webhooks([WebhookTarget(told.url, HAPPENS)])

        await _come_and_go(house.port, house.app)
        events = await told.until("channel_occupied", "member_removed", "channel_vacated")

    assert {event["name"] for event in events} == set(HAPPENS)
    assert len(events) == len(HAPPENS)
    said = next(event for event in events if event["name"] == "client_event")
    assert (said["event"], said["user_id"]) == ("client-typing", "ada")
    assert json.loads(said["data"]) == {"fast": True}
    read = [
        await house.agent.read_webhook(headers, body.decode())
        for headers, body in zip(told.headers, told.bodies, strict=True)
    ]
    assert [event for events_ in read for event in events_] == events
    with pytest.raises(Refused, match="no webhook of the app"):
        await house.agent.read_webhook(told.headers[0], '{"time_ms": 0, "events": []}')


async def test_soketi_tells_the_same(house: House) -> None:
    async with WebServer() as web:
        told = Told(web)
        hook = {"url": told.url, "event_types": list(HAPPENS)}
        with Soketi(webhooks=[hook]) as soketi:
            app = Credentials(soketi.app_id, soketi.key, soketi.secret)
            await _come_and_go(soketi.port, app)
            await told.until("channel_vacated")
            theirs = await told.until("member_removed")
    async with WebServer() as web:
        told = Told(web)
        await house.agent.set_webhooks([WebhookTarget(told.url, HAPPENS)])
        await _come_and_go(house.port, house.app)
        await told.until("channel_vacated")
        ours = told.events

    def alike(events: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
        return {(e["name"], e["channel"], e.get("user_id", "")) for e in events}

    assert alike(ours) == alike(theirs)


async def test_an_address_that_is_down_is_told_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PAUSES", (0.01,))
    async with WebServer() as web:
        told = Told(web, refuses=3)
        await house.agent.set_webhooks([WebhookTarget(told.url, ("channel_occupied",))])

        async with client_of(house.port, house.app.key) as client:
            await client.join("news")
            events = await told.until("channel_occupied")

    assert events == [{"name": "channel_occupied", "channel": "news"}]


async def test_a_house_that_starts_anew_still_knows_whom_to_tell(
    living: Living, tmp_path: Path
) -> None:
    target = WebhookTarget("https://example.org/told", ("cache_miss",))
    async with living(tmp_path) as house:
        await house.agent.set_webhooks([target])
    async with living(tmp_path) as house:
        assert (await house.agent.statistics()).webhooks == [target]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (WebhookTarget("ftp://example.org"), "no address"),
        (WebhookTarget("https://example.org:99999"), "no address"),
        (WebhookTarget("https://[example.org"), "no address"),
        (WebhookTarget("https://example.org", ("never",)), "no event 'never'"),
    ],
)
async def test_what_can_t_be_told_is_refused(
    house: House, target: WebhookTarget, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        await house.agent.set_webhooks([target])


async def test_the_surroundings_of_the_machine_are_never_told() -> None:
    client = await client_for(1_000)

    with pytest.raises(NotGranted):
        await client.post("http://169.254.169.254/latest")
    await client.aclose()
