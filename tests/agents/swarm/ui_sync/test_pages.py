"""Components over HTTP: read, made, changed, with versions and keys."""

import json
from typing import Any

import pytest

from agents.swarm.ui_sync.patches import LARGEST
from tests.agents.swarm.ui_sync.conftest import Served

CART = "/ui/components/shop/cart"


async def test_a_component_is_made_read_and_changed(served: Served) -> None:
    async with served.http() as client:
        made = await client.put(CART, json={"items": ["tea"], "note": "x"})
        merged = await client.patch(
            CART, content='{"note": null}', headers={"Content-Type": "application/merge-patch+json"}
        )
        patched = await client.patch(
            CART,
            content=json.dumps([{"op": "add", "path": "/items/-", "value": "milk"}]),
            headers={"Content-Type": "application/json-patch+json"},
        )
        read = await client.get(CART)

    assert (made.status_code, made.headers["etag"]) == (200, '"1"')
    assert merged.json()["value"] == {"items": ["tea"]}
    assert patched.json() == read.json()
    assert read.json()["component"] == "shop/cart"
    assert read.json()["value"] == {"items": ["tea", "milk"]}
    assert read.headers["etag"] == '"3"'


async def test_a_version_that_is_over_is_not_changed(served: Served) -> None:
    async with served.http() as client:
        await client.put(CART, json=1)
        await client.put(CART, json=2)

        late = await client.put(CART, json=3, headers={"If-Match": '"1"'})
        right = await client.put(CART, json=4, headers={"If-Match": '"2"'})

    assert (late.status_code, right.status_code) == (412, 200)
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["cure"]


async def test_a_key_makes_sure_that_it_is_done_once(served: Served) -> None:
    append = json.dumps([{"op": "add", "path": "/-", "value": 1}])
    headers = {"Content-Type": "application/json-patch+json", "Idempotency-Key": "k"}
    async with served.http() as client:
        await client.put(CART, json=[])
        for _ in range(3):
            answer = await client.patch(CART, content=append, headers=headers)

        other = await client.patch(CART, content=append.replace("1", "2"), headers=headers)

    assert answer.json()["value"] == [1]
    assert answer.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["cure"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/ui/nothing", {}, 404),
        ("GET", "/ui/components/", {}, 404),
        ("GET", "/ui/components/no%20name", {}, 400),
        ("GET", "/ui/components/%2e%2e/%00", {}, 400),
        ("DELETE", CART, {}, 405),
        ("PUT", CART, {"content": "{"}, 400),
        ("PUT", CART, {"content": "[" * 100_000}, 400),
        ("PUT", CART, {"content": json.dumps("x" * LARGEST)}, 413),
        ("PUT", CART, {"content": json.dumps("x" * (LARGEST - 2) + "y")}, 413),
        ("PUT", CART, {"content": "1", "headers": {"If-Match": '"x"'}}, 400),
        ("PUT", CART, {"content": "1", "headers": {"If-Match": '"9"'}}, 412),
        ("PUT", CART, {"content": "1", "headers": {"Idempotency-Key": "k" * 300}}, 400),
        ("PATCH", CART, {"content": "{}"}, 415),
        (
            "PATCH", CART,
            {"content": "{}", "headers": {"Content-Type": "application/json-patch+json"}}, 400,
        ),
        (
            "PATCH", CART,
            {"content": '[{"op": "remove", "path": "/x"}]',
             "headers": {"Content-Type": "application/json-patch+json"}}, 409,
        ),
        (
            "PATCH", CART,
            {"content": json.dumps([{"op": "remove", "path": f"/{'9' * 5_000}"}]),
             "headers": {"Content-Type": "application/json-patch+json"}}, 400,
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_a_problem_that_says_why(
    served: Served, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    async with served.http() as client:
        await client.put(CART, json=[], headers={"Idempotency-Key": "made"})
        answer = await client.request(method, path, **sent)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_body_that_ended_early_changes_nothing(served: Served) -> None:
    """What came of it is a number, too, though not the one that was meant."""
    agent = await served.agent()
    received = iter(
        [
            {"type": "http.request", "body": b"12", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(received)

    async def send(_: Any) -> None: ...

    await agent.app({"type": "http", "method": "PUT", "path": CART, "headers": []}, receive, send)

    assert (await agent.get("shop/cart")).version == 0
