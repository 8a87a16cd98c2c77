"""Calls of endpoints over HTTP: what is read from where, what is refused, what is answered."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from agents.swarm.api_gateway import face
from tests.agents.swarm.api_gateway.conftest import HELLO, READS, SLEEPS, Gateway

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/gateway/v1/lessons/7"


async def test_a_flow_is_called_by_its_address(gateway: Gateway) -> None:
    await gateway.create(method="GET")

    reply = await gateway.client.get(AT, params={"topic": "warp", "words": ["a", "b"]})

    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == {"lesson": {"id": 7, "topic": "warp", "words": ["a", "b"]}}


async def test_values_stand_in_path_query_headers_and_body(gateway: Gateway) -> None:
    await gateway.create(query=["topic"], headers={"X-Words": "words"}, takes={
        "words": {"type": "string"}}, request={"make": {"words": "words.split(' ')"}})  # fmt: skip

    reply = await gateway.client.post(AT, params={"topic": "weft"}, headers={"X-Words": "a b"})

    assert reply.json()["lesson"] == {"id": 7, "topic": "weft", "words": ["a", "b"]}


@pytest.mark.parametrize(
    ("query", "body", "errors"),
    [
        ("", {"topic": 3}, [("body", "topic")]),
        ("", {"words": {}}, [("body", "words")]),
        ("", {"tpoic": "x", "topic": 1}, [("body", "tpoic"), ("body", "topic")]),
        ("?id=7", {}, [("query", "id")]),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(
    gateway: Gateway, query: str, body: Any, errors: list[tuple[str, str]]
) -> None:
    await gateway.create()
    began = time.time()

    reply = await gateway.client.post(f"{AT}{query}", json=body)

    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert [(one["in"], one["name"]) for one in reply.json()["errors"]] == errors
    assert not await gateway.runtime.journal.runs(flow="Lesson", since=began)


async def test_a_typing_error_is_told_with_what_was_meant(gateway: Gateway) -> None:
    await gateway.create()

    reply = await gateway.client.post(AT, json={"tpoic": "x"})

    assert reply.json()["errors"][0]["message"] == (
        "There is no such property. Did you mean 'topic'?"
    )


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"content-type": "application/json"}, 400),
        (b"\xff", {"content-type": "application/json"}, 400),
        (b'{"topic": "\\ud800"}', {"content-type": "application/json"}, 400),
        (b"[" * 100_000, {"content-type": "application/json"}, 400),
        (b"[1]", {"content-type": "application/json"}, 422),
        (b'{"words": [%d]}' % 2**64, {"content-type": "application/json"}, 422),
        (b'{"words": [%d]}' % (2**64 - 1), {"content-type": "application/json"}, 200),
        (b'{"words": %s}' % (b"[" * 70 + b"]" * 70), {"content-type": "application/json"}, 422),
        (b"null", {"content-type": "application/json"}, 422),
        (b"topic=x", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {}, 415),
        (b"x" * 2000, {"content-type": "application/json"}, 413),
        (b"{}", {"content-type": "application/merge-patch+json; charset=utf-8"}, 200),
        (b"", {}, 200),
    ],
)
async def test_bodies_that_cannot_be_read_are_refused(
    gateway: Gateway, content: bytes, headers: dict[str, str], status: int
) -> None:
    await gateway.create(largest=1000 if status == 413 else 1_000_000)

    reply = await gateway.client.post(AT, content=content, headers=headers)

    assert reply.status_code == status


async def test_a_body_without_a_length_is_cut_off_where_it_is_too_large(gateway: Gateway) -> None:
    await gateway.create(largest=1000)

    async def endless() -> Any:
        for _ in range(1000):
            yield b"x" * 100

    headers = {"content-type": "application/json"}
    reply = await gateway.client.post(AT, content=endless(), headers=headers)

    assert (reply.status_code, reply.json()["title"]) == (413, "TooLarge")
    assert (await gateway.client.post(AT, json={})).status_code == 200


async def test_whoever_sends_too_slowly_is_told_so(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "BODY_SECONDS", 0.2)
    await gateway.create()
    host, port = gateway.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    writer.write(
        f"POST {AT} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 20\r\n"
        "Content-Type: application/json\r\n\r\n{".encode()
    )
    told = await asyncio.wait_for(reader.readline(), 10)
    writer.close()

    assert told.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/gateway/v1/lessons/7", 405),
        ("GET", "/gateway/v1/lessons", 404),
        ("GET", "/gateway/v2/lessons/7", 404),
        ("GET", "/gateway/v4/lessons/7", 404),
        ("GET", "/gateway/nothing", 404),
        ("POST", "/gateway/v1/lessons/seven", 422),
        ("POST", "/gateway/v1/lessons/1%20OR%201=1", 422),
        ("POST", "/gateway/v1/lessons/..%2f..%2fetc%2fpasswd", 422),
        ("POST", "/gateway/v1/lessons/%00", 422),
        ("POST", "/gateway/v1/lessons/%ff", 400),
        ("POST", "/gateway/v1/lessons/7?topic=%ff", 400),
        ("TRACE", "/gateway/v1/lessons/7", 405),
        ("POST", "/gateway/v1/runs/x", 404),
    ],
)
async def test_what_leads_nowhere_is_told(
    gateway: Gateway, method: str, path: str, status: int
) -> None:
    await gateway.create()

    reply = await gateway.client.request(method, path)

    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"


async def test_other_methods_are_told_which_there_are(gateway: Gateway) -> None:
    await gateway.create()
    await gateway.create(method="GET", name="look")

    refused = await gateway.client.delete(AT)
    asked = await gateway.client.options(AT)
    headed = await gateway.client.head(AT)

    assert refused.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert (headed.status_code, headed.content) == (200, b"")


async def test_injected_texts_are_only_texts(gateway: Gateway) -> None:
    await gateway.create()
    nasty = "'; DROP TABLE workflows; -- {id} ${jndi:ldap://x} ../../etc <script>\x00\u202e"

    reply = await gateway.client.post(AT, json={"topic": nasty})

    assert reply.json()["lesson"]["topic"] == nasty


async def test_a_value_that_the_flow_cannot_take_is_the_callers_doing(gateway: Gateway) -> None:
    await gateway.create(READS, path="/read", name="read")

    reply = await gateway.client.post("/gateway/v1/read", json={"text": "no json"})

    assert reply.status_code == 422
    assert "no JSON" in reply.json()["detail"]
    assert (await gateway.runtime.journal.run(reply.json()["run"])).state == "failed"


async def test_a_flow_that_takes_too_long_is_ended(gateway: Gateway) -> None:
    await gateway.create(SLEEPS, path="/sleep", name="sleep", seconds=0.2)

    reply = await gateway.client.post("/gateway/v1/sleep", json={})

    assert (reply.status_code, reply.json()["title"]) == (504, "Overdue")
    assert (await gateway.runtime.ended(reply.json()["run"])).run == reply.json()["run"]


async def test_pages_elsewhere_may_call_only_what_allows_them(gateway: Gateway) -> None:
    await gateway.create(HELLO, path="/shut", name="shut")
    await gateway.create(HELLO, path="/shared", name="shared", origins=["https://app.example"])
    page = {"Origin": "https://app.example"}
    asks = {**page, "Access-Control-Request-Method": "POST"}

    shut = await gateway.client.post("/gateway/v1/shut", headers=page)
    before = await gateway.client.options("/gateway/v1/shared", headers=asks)
    shared = await gateway.client.post("/gateway/v1/shared", headers=page)
    other = await gateway.client.post(
        "/gateway/v1/shared", headers={"Origin": "https://evil.example"}
    )
    own = await gateway.client.post("/gateway/v1/shut", headers={"Origin": gateway.address})

    assert (shut.status_code, other.status_code, own.status_code) == (403, 403, 200)
    assert "access-control-allow-origin" not in shut.headers
    assert before.headers["access-control-allow-methods"] == "POST"
    assert shared.headers["access-control-allow-origin"] == "https://app.example"


async def test_calls_are_counted_by_what_came_of_them(gateway: Gateway) -> None:
    await gateway.create(rate={"calls": 3, "seconds": 3600})

    replies = [await gateway.client.post(AT, json={}) for _ in range(2)]
    replies += [await gateway.client.post(AT, json={"topic": 1}) for _ in range(2)]
    usage = (await gateway.agent.overview()).endpoints[0].usage

    assert [reply.status_code for reply in replies] == [200, 200, 422, 429]
    assert (usage.calls, usage.errors, usage.refused, usage.limited) == (4, 0, 1, 1)
    assert usage.p50 is not None
    assert usage.p95 is not None
    assert 0 < usage.p50 <= usage.p95
    assert len(usage.recent) == 2


async def test_a_web_socket_is_refused(gateway: Gateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.address) as client:
        reply = await client.get(
            AT, headers={"Upgrade": "websocket", "Connection": "Upgrade",
                         "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x" * 22 + "=="},
        )  # fmt: skip

    assert reply.status_code == 403
