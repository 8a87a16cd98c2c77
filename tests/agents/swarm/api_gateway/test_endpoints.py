"""Endpoints are created, changed, deprecated and removed while they are called, and are kept."""

import asyncio
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.errors import BadInput, FlowInvalid
from tests.agents.swarm.api_gateway.conftest import (
    HELLO,
    LESSON,
    Gateway,
    eventually,
    served,
)
from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/gateway/v1/hello"


async def greeting(gateway: Gateway, at: str = AT) -> Any:
    reply = await gateway.client.post(at, json={"name": "Ada"})
    return reply.json().get("greeting", reply.status_code)


async def is_greeting(gateway: Gateway) -> bool:
    return await greeting(gateway) != 404


async def test_an_endpoint_stands_from_its_creation_to_its_removal(gateway: Gateway) -> None:
    before = await greeting(gateway)
    shown = await gateway.create(HELLO, name="hello", path="/hello")
    while_there = await greeting(gateway)
    await gateway.agent.remove("v1", "hello")

    assert shown.address == AT
    assert shown.endpoint.flow_name == "Hello"
    assert [before, while_there, await greeting(gateway)] == [404, "Hello, Ada!", 404]


async def test_versions_stand_side_by_side(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello")
    newer = HELLO.replace("Hello, {name}!", "Good day, {name}!")
    await gateway.create(newer, name="hello", path="/hello", version="v2")

    assert await greeting(gateway) == "Hello, Ada!"
    assert await greeting(gateway, "/gateway/v2/hello") == "Good day, Ada!"
    listed = (await gateway.client.get("/gateway/")).json()["versions"]
    assert [(one["version"], one["endpoints"]) for one in listed] == [("v1", 1), ("v2", 1)]


async def test_a_change_holds_at_once_and_the_rest_stays(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello", title="Greets")
    changed = HELLO.replace("Hello, {name}!", "Bye, {name}!")

    await gateway.agent.change("v1", "hello", {"path": "/bye"}, text=changed)
    moved = [await greeting(gateway), await greeting(gateway, "/gateway/v1/bye")]
    shown = await gateway.agent.change("v1", "hello", {"title": None, "method": "PUT"})

    assert moved == [404, "Bye, Ada!"]
    assert (shown.endpoint.title, shown.endpoint.method) == ("", "PUT")


async def test_changes_while_it_is_called_fail_no_call(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello")
    statuses: list[int] = []
    ended = asyncio.Event()

    async def call() -> None:
        while not ended.is_set():
            statuses.append((await gateway.client.post(AT, json={})).status_code)

    callers = [asyncio.create_task(call()) for _ in range(4)]
    for number in range(10):
        await gateway.agent.change("v1", "hello", {"title": f"Number {number}"})
    ended.set()
    await asyncio.gather(*callers)

    assert {*statuses} == {200}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"request": {"pick": ["topic"]}}, "needs 'id', which nobody gives"),
        ({"path": "/lessons/{number}"}, "path: 'number' is nothing"),
        ({"query": ["tpoic"]}, "query: 'tpoic' is nothing.*Did you mean 'topic'"),
        ({"headers": {"X-Words": "wrods"}}, "headers: 'wrods' is nothing"),
        ({"request": {"rename": {"number": "nmber"}}}, "request: the flow 'Lesson' has no input"),
        ({"request": {"defaults": {"tpoic": "x"}}}, r"no input 'tpoic'\. Did you mean 'topic'"),
        ({"request": {"make": {"topic": "1 +"}}}, r"request.make.topic: '1 \+' is no expression"),
        ({"response": {"pick": ["lessn"]}}, "response: there is no 'lessn'.*Did you mean 'lesson'"),
        ({"response": {"alone": "text"}}, "response.alone: 'text' isn't in the record"),
        ({"headers": {"Authorization": "topic"}}, "headers: 'Authorization' can't be the name"),
        ({"headers": {"X Topic": "topic"}}, "headers: 'X Topic' can't be the name"),
        ({"name": "gateway_x"}, "name: Names that begin with gateway_"),
        ({"takes": {"topic": {"type": "txt"}}}, "The schema is wrong"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    gateway: Gateway, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        await gateway.create(**said)

    assert not (await gateway.agent.overview()).endpoints


async def test_a_flow_that_is_wrong_is_refused(gateway: Gateway) -> None:
    with pytest.raises(FlowInvalid):
        await gateway.create(LESSON.replace("code.python", "code.pythn"))


async def test_two_cannot_have_one_name_or_one_address(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello")
    await gateway.create(HELLO, name="other", path="/other")

    with pytest.raises(BadInput, match="There is an endpoint 'v1/hello' already"):
        await gateway.create(HELLO, name="hello", path="/else")
    with pytest.raises(BadInput, match="is answered by 'hello' already"):
        await gateway.create(HELLO, name="third", path="/hello")
    with pytest.raises(BadInput, match="is answered by 'hello' already"):
        await gateway.agent.change("v1", "other", {"path": "/hello"})
    with pytest.raises(BadInput, match=r"There is no endpoint 'v1/othr'. Did you mean 'v1/other'"):
        await gateway.agent.change("v1", "othr", {})
    with pytest.raises(BadInput, match="keeps its name"):
        await gateway.agent.change("v1", "other", {"name": "x"})


async def test_endpoints_keys_and_their_kind_outlive_the_server(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.create(HELLO, name="hello", path="/hello", access="key")
        key = await gateway.agent.make_key("a partner")

    async with served(tmp_path) as gateway:
        headers = {"X-API-Key": key.secret}
        reply = await gateway.client.post(AT, json={"name": "Ada"}, headers=headers)

    assert reply.json() == {"greeting": "Hello, Ada!"}


async def test_a_change_by_one_server_is_followed_by_another(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database()
    one_home, other_home = tmp_path / "one", tmp_path / "other"
    async with (
        served(one_home, database_url=url) as one,
        served(other_home, database_url=url) as other,
    ):
        await one.create(HELLO, name="hello", path="/hello")
        await eventually(lambda: is_greeting(other))

        assert await greeting(other) == await greeting(one) == "Hello, Ada!"


async def test_who_calls_what_is_deprecated_is_told_until_it_is_gone(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello")
    sunset = float(int(time.time()) + 86_400)

    await gateway.agent.deprecate(
        "v1", "hello", since=1_700_000_000.0, sunset=sunset, note="It greets no more.",
        successor="/gateway/v2/hello", link="https://example.org/bye",
    )  # fmt: skip
    reply = await gateway.client.post(AT, json={})
    refused = await gateway.client.post(AT, json={"nam": 1})
    await gateway.agent.deprecate(
        "v1", "hello", sunset=time.time() - 1, successor="/gateway/v2/hello"
    )
    gone = await gateway.client.post(AT, json={})
    await gateway.agent.change("v1", "hello", {"deprecation": None})
    back = await gateway.client.post(AT, json={})

    assert reply.status_code == 200
    assert reply.headers["deprecation"] == "@1700000000"
    assert parsedate_to_datetime(reply.headers["sunset"]).timestamp() == sunset
    links = httpx.Headers(reply.headers)["link"]
    assert '<https://example.org/bye>; rel="deprecation"; type="text/html"' in links
    assert '<https://example.org/bye>; rel="sunset"; type="text/html"' in links
    assert '</gateway/v2/hello>; rel="successor-version"' in links
    assert refused.headers["deprecation"] == "@1700000000"
    assert (gone.status_code, gone.json()["cure"]) == (410, "Call /gateway/v2/hello instead.")
    assert (back.status_code, "deprecation" in back.headers) == (200, False)


async def test_a_call_from_within_is_checked_and_told_what_is_deprecated(gateway: Gateway) -> None:
    await gateway.create(method="GET", access="key", rate={"calls": 1})
    await gateway.agent.deprecate("v1", "lesson", sunset=4_102_444_800.0, note="Use v2.")

    called = [await gateway.agent.call("v1", "lesson", {"id": 7}) for _ in range(2)]
    with pytest.raises(BadInput, match="path id: "):
        await gateway.agent.call("v1", "lesson", {"id": "seven"})

    assert called[1].value["lesson"]["id"] == 7
    assert called[1].deprecated == (
        "GET /gateway/v1/lessons/{id} is deprecated. It is answered until 2100-01-01. Use v2."
    )
