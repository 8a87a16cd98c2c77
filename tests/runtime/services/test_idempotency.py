"""Requests with a key: done once, answered alike, whoever else uses the same."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from agents.errors import Unavailable
from runtime.access.principal import Principal, Role, up_to
from runtime.services import idempotency
from runtime.services.idempotency import Keys, Once


class Counter:
    """An app that counts what it did, and answers with the count."""

    def __init__(self) -> None:
        self.done = 0
        self.status = 201
        self.kind = b"application/json"
        self.hold: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = scope.get("state", {})
        body = (await receive())["body"]
        self.begun.set()
        if self.hold is not None:
            await self.hold.wait()
        self.done += 1
        kind = [(b"content-type", self.kind)]
        await send({"type": "http.response.start", "status": self.status, "headers": kind})
        await send({"type": "http.response.body", "body": b"%d %s" % (self.done, body)})


class Known:
    """Says who makes a request, as the guard of a server does."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.user = "ada"
        self.role: Role = "runner"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"principal": Principal(self.user, up_to(self.role))}
        await self.app(scope, receive, send)


class Desk:
    """An app behind its keys, and a client."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.counter = Counter()
        self.keys = Keys(folder, url)
        self.known = Known(Once(self.counter, self.keys, ("/keyed",)))
        transport = httpx.ASGITransport(self.known)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://desk")

    async def post(self, key: str, body: str = "x", path: str = "/runs") -> httpx.Response:
        return await self.client.post(path, content=body, headers={"Idempotency-Key": key})


@pytest_asyncio.fixture(params=["file", "postgres"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    url = request.getfixturevalue("empty_postgres_url") if request.param == "postgres" else ""
    made = Desk(tmp_path, url)
    yield made
    await made.client.aclose()
    made.keys.close()


async def test_the_same_request_is_done_once_and_answered_alike(desk: Desk) -> None:
    first, again = await desk.post("k1"), await desk.post("k1")

    assert (first.status_code, first.text) == (201, "1 x")
    assert (again.status_code, again.text) == (201, "1 x")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert "idempotent-replayed" not in first.headers
    assert desk.counter.done == 1


async def test_a_key_that_comes_with_another_request_is_refused(desk: Desk) -> None:
    await desk.post("k1")

    other = await desk.post("k1", "y")

    assert other.status_code == 422
    assert other.json()["title"] == "KeyReused"
    assert desk.counter.done == 1


async def test_what_is_under_way_is_not_begun_again(desk: Desk) -> None:
    desk.counter.hold = asyncio.Event()
    first = asyncio.create_task(desk.post("k1"))
    await desk.counter.begun.wait()

    early = await desk.post("k1")
    desk.counter.hold.set()
    done = await first

    assert (early.status_code, early.json()["title"]) == (409, "UnderWay")
    assert (done.text, (await desk.post("k1")).text) == ("1 x", "1 x")


async def test_others_and_other_paths_have_keys_of_their_own(desk: Desk) -> None:
    await desk.post("k1")
    elsewhere = await desk.post("k1", path="/flows")
    desk.known.user = "grace"
    another = await desk.post("k1")

    assert (elsewhere.text, another.text) == ("2 x", "3 x")


async def test_who_may_less_is_not_told_what_was_answered_before(desk: Desk) -> None:
    await desk.post("k1")
    desk.known.role = "viewer"

    assert (await desk.post("k1")).text == "2 x"


async def test_a_request_that_was_cut_off_is_not_done_and_may_be_sent_whole(desk: Desk) -> None:
    parts = [
        {"type": "http.request", "body": b"ha", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        pytest.fail(f"nobody is there to be told {message}")

    headers = [(b"idempotency-key", b"k1")]
    scope = {"type": "http", "method": "POST", "path": "/runs", "headers": headers}
    await desk.known(scope, receive, send)

    assert desk.counter.done == 0
    assert (await desk.post("k1", "half")).text == "1 half"


async def test_a_failure_of_the_server_may_be_tried_again(desk: Desk) -> None:
    desk.counter.status = 503
    await desk.post("k1")
    desk.counter.status = 201

    again = await desk.post("k1")

    assert (again.status_code, again.text) == (201, "2 x")


async def test_what_is_streamed_is_told_each_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.counter.kind = b"text/event-stream"

    answers = [(await desk.post("k1")).text for _ in range(2)]

    assert answers == ["1 x", "2 x"]
    await desk.client.aclose()
    desk.keys.close()


async def lost(desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch) -> asyncio.Task[Any]:
    """A request whose process seems to have ended midway."""
    desk.counter.hold = asyncio.Event()
    made = asyncio.create_task(desk.post("k1", path=path))
    await desk.counter.begun.wait()
    desk.counter.hold = None
    monkeypatch.setattr(idempotency, "UNDER_WAY", 0.0)
    return made


async def test_a_request_that_was_lost_with_its_process_is_not_done_again_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await lost(desk, "/flows", monkeypatch)

    again = await desk.post("k1", path="/flows")
    other = await desk.post("k1", "y", path="/flows")
    fresh = await desk.post("k2", path="/flows")

    assert (again.status_code, again.json()["title"]) == (409, "OutcomeUnknown")
    assert "new key" in again.json()["cure"]
    assert (other.status_code, other.json()["title"]) == (422, "KeyReused")
    assert (fresh.status_code, desk.counter.done) == (201, 1)
    before.cancel()
    await asyncio.gather(before, return_exceptions=True)


@pytest.mark.parametrize("path", ["/keyed", "/keyed/"])
async def test_what_is_done_once_for_each_key_by_itself_may_be_done_again_after_a_crash(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    before = await lost(desk, path, monkeypatch)

    again = await desk.post("k1", path=path)

    assert (again.status_code, again.text) == (201, "1 x")
    before.cancel()
    await asyncio.gather(before, return_exceptions=True)


async def test_a_request_that_is_given_up_midway_is_not_done_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.counter.hold = asyncio.Event()
    ended = asyncio.create_task(desk.post("k1"))
    await desk.counter.begun.wait()
    ended.cancel()
    await asyncio.gather(ended, return_exceptions=True)
    desk.counter.hold = None

    at_once = await desk.post("k1")
    monkeypatch.setattr(idempotency, "UNDER_WAY", 0.0)
    later = await desk.post("k1")

    assert [one.json()["title"] for one in (at_once, later)] == ["UnderWay", "OutcomeUnknown"]
    assert desk.counter.done == 0


async def test_a_request_that_takes_long_is_not_begun_again_while_it_is_under_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, renewed = SimpleNamespace(time=lambda: 0.0), asyncio.Event()
    monkeypatch.setattr(idempotency, "time", clock)
    monkeypatch.setattr(idempotency, "RENEWED", 0.01)

    async def renew(id: str) -> None:
        later = clock.time() > 0
        await Keys.renew(desk.keys, id)
        if later:
            renewed.set()

    monkeypatch.setattr(desk.keys, "renew", renew)
    desk.counter.hold = asyncio.Event()
    first = asyncio.create_task(desk.post("k1"))
    await desk.counter.begun.wait()
    clock.time = lambda: 10 * idempotency.UNDER_WAY
    async with asyncio.timeout(10):
        await renewed.wait()

    again = await desk.post("k1")
    desk.counter.hold.set()

    assert (again.status_code, again.json()["title"]) == (409, "UnderWay")
    assert ((await first).text, desk.counter.done) == ("1 x", 1)


async def test_two_processes_share_their_keys(desk: Desk, tmp_path: Path) -> None:
    await desk.post("k1")
    beside = Desk(tmp_path, desk.keys._tables._url)

    again = await beside.post("k1")

    assert (again.text, beside.counter.done) == ("1 x", 0)
    await beside.client.aclose()
    beside.keys.close()


async def test_without_a_key_all_is_done(desk: Desk) -> None:
    for _ in range(2):
        await desk.client.post("/runs", content="x")

    assert desk.counter.done == 2


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_some_characters_and_not_too_many(tmp_path: Path, key: str) -> None:
    desk = Desk(tmp_path)

    refused = await desk.post(key)

    assert (refused.status_code, refused.json()["title"]) == (400, "BadKey")
    await desk.client.aclose()


async def test_where_keys_cannot_be_kept_nothing_is_done(tmp_path: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    desk = Desk(tmp_path, nowhere)

    refused = await desk.post("k1")

    assert (refused.status_code, desk.counter.done) == (503, 0)
    assert "PostgreSQL" in refused.json()["cure"]
    with pytest.raises(Unavailable, match="can't be used"):
        await desk.keys.forget("k1")
    await desk.client.aclose()
    desk.keys.close()
