"""The blocks: endpoints are published, changed, called, deprecated, listed and removed by flows."""

import datetime
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from agents.contract import Grants
from agents.swarm.api_gateway.blocks import (
    call,
    deprecate,
    describe,
    endpoints,
    publish,
    remove,
)
from graph.errors import BadInput
from tests.agents.conftest import Surroundings
from tests.agents.swarm.api_gateway.conftest import HELLO, LESSON, Gateway

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Inside(Surroundings):
    """A run in the house of the gateway."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(Grants(folder=str(gateway.database.parent)))
        self._gateway = gateway

    async def agent(self, _: type[Any]) -> Any:
        return self._gateway.agent


@pytest_asyncio.fixture(loop_scope="module")
async def inside(gateway: Gateway) -> AsyncIterator[Inside]:
    for text in (HELLO, LESSON):
        await gateway.agent.means.flows.store(text)
    yield Inside(gateway)


async def test_a_stored_flow_is_published_and_then_changed(
    gateway: Gateway, inside: Inside
) -> None:
    made = await publish("hello", "/hello", "Hello", inside, access="open", calls=5)
    first = await gateway.client.post("/gateway/v1/hello", json={"name": "Ada"})
    changed = await publish(
        "hello", "/hi", "Hello", inside, access="open", more={"title": "Greets", "status": 201}
    )
    second = await gateway.client.post("/gateway/v1/hi", json={})

    assert made == ("/gateway/v1/hello", "hello", "v1", True)
    assert changed == ("/gateway/v1/hi", "hello", "v1", False)
    assert (first.json(), first.headers["x-ratelimit-limit"]) == ({"greeting": "Hello, Ada!"}, "5")
    assert (second.status_code, "x-ratelimit-limit" in second.headers) == (201, False)


async def test_that_it_is_deprecated_outlives_a_change(gateway: Gateway, inside: Inside) -> None:
    await publish("hello", "/hello", "Hello", inside, access="open")
    sunset = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)

    address = await deprecate("hello", inside, sunset=sunset, successor="/gateway/v2/hello")
    await publish("hello", "/hello", "Hello", inside, access="open", calls=5)
    reply = await gateway.client.post("/gateway/v1/hello", json={})

    assert address == "/gateway/v1/hello"
    assert reply.headers["sunset"] == "Fri, 01 Jan 2100 00:00:00 GMT"


async def test_an_endpoint_is_called_from_a_flow(inside: Inside) -> None:
    await publish("lesson", "/lessons/{id}", "Lesson", inside, method="GET")

    plain = await call("lesson", inside, values={"id": 7})
    await deprecate("lesson", inside, note="Use v2.")
    told = await call("lesson", inside, values={"id": 7})

    assert plain.value["lesson"]["id"] == 7
    assert (plain.status, plain.deprecated) == (200, "")
    assert told.deprecated == "GET /gateway/v1/lessons/{id} is deprecated. Use v2."
    assert inside.traced == [("deprecated", {"endpoint": "v1/lesson", "said": told.deprecated})]
    with pytest.raises(BadInput, match="path id: It is missing"):
        await call("lesson", inside)


async def test_endpoints_are_listed_with_what_their_calls_came_to(
    gateway: Gateway, inside: Inside
) -> None:
    await publish("hello", "/hello", "Hello", inside, access="open")
    await publish("lesson", "/lessons/{id}", "Lesson", inside, version="v2")
    await gateway.client.post("/gateway/v1/hello", json={})

    listed = await endpoints(inside)
    only = await endpoints(inside, version="v2")

    assert [(one["version"], one["name"], one["calls"]) for one in listed] == [
        ("v1", "hello", 1), ("v2", "lesson", 0),
    ]  # fmt: skip
    assert [one["address"] for one in only] == ["/gateway/v2/lessons/{id}"]


async def test_a_flow_gets_the_document_that_callers_get(gateway: Gateway, inside: Inside) -> None:
    await publish("lesson", "/lessons/{id}", "Lesson", inside, version="v2")

    document = await describe(inside, version="v2")

    assert document == (await gateway.client.get("/gateway/v2/openapi.json")).json()
    assert list(document["paths"]) == ["/lessons/{id}"]


async def test_removing_says_whether_there_was_one(inside: Inside) -> None:
    await publish("hello", "/hello", "Hello", inside)

    assert [await remove("hello", inside) for _ in range(2)] == [True, False]


async def test_what_is_no_endpoint_is_refused_with_the_reason(inside: Inside) -> None:
    with pytest.raises(BadInput, match=r"That is no endpoint: .*name"):
        await publish("Not a name", "/x", "Hello", inside)
    with pytest.raises(BadInput, match="'nothing' is nothing"):
        await publish("hello", "/{nothing}", "Hello", inside)
