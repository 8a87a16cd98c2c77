"""What is made of requests before a flow runs, and of its results before they are told."""

from typing import Any

import pytest

from tests.agents.swarm.api_gateway.conftest import Gateway

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/gateway/v1/lessons/7"


async def test_callers_and_flows_may_call_things_differently(gateway: Gateway) -> None:
    await gateway.create(
        path="/lessons/{number}",
        request={"rename": {"number": "id", "about": "topic"}, "defaults": {"words": ["warp"]}},
        response={"rename": {"lesson": "data"}, "defaults": {"kind": "lesson"}},
    )

    reply = await gateway.client.post(AT, json={"about": "weft"})
    wrong = await gateway.client.post(AT, json={"topic": "weft"})

    assert reply.json() == {
        "kind": "lesson",
        "data": {"id": 7, "topic": "weft", "words": ["warp"]},
    }
    assert wrong.json()["errors"][0]["name"] == "topic"


async def test_values_are_made_in_the_sandbox(gateway: Gateway) -> None:
    await gateway.create(
        takes={"first": {"type": "string"}, "last": {"type": "string", "default": ""}},
        request={"make": {"topic": "(first + ' ' + last).upper()"}, "defaults": {"last": "x"}},
        response={"make": {"length": "len(lesson['topic'])"}, "alone": "length"},
    )

    reply = await gateway.client.post(AT, json={"first": "Ada", "last": "Lovelace"})
    shorter = await gateway.client.post(AT, json={"first": "Ada"})

    assert (reply.json(), shorter.json()) == (12, 5)


async def test_what_is_picked_is_all_that_callers_can_give(gateway: Gateway) -> None:
    await gateway.create(request={"pick": ["id"]}, response={"alone": "lesson"})

    reply = await gateway.client.post(AT)
    more = await gateway.client.post(f"{AT}?topic=warp")

    assert reply.json()["topic"] == "looms"
    assert more.status_code == 422


async def test_values_of_which_nothing_can_be_made_are_the_callers_doing(gateway: Gateway) -> None:
    await gateway.create(takes={"count": {}}, request={"make": {"topic": "'x' * count"}})

    made = await gateway.client.post(AT, json={"count": 3})
    failed = await gateway.client.post(AT, json={"count": {"a": 1}})
    endless = await gateway.client.post(AT, json={"count": 10**12})

    assert made.json()["lesson"]["topic"] == "xxx"
    assert [failed.status_code, endless.status_code] == [422, 422]


async def test_what_was_made_has_to_be_what_the_flow_takes(gateway: Gateway) -> None:
    await gateway.create(request={"make": {"topic": "id + 1"}})

    reply = await gateway.client.post(AT)

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["in"] == "flow"
    assert reply.json()["errors"][0]["name"] == "topic"


async def test_an_answer_that_cannot_be_made_is_ours(gateway: Gateway) -> None:
    await gateway.create(response={"make": {"x": "lesson['nothing']"}})

    reply = await gateway.client.post(AT)

    assert (reply.status_code, reply.json()["title"]) == (500, "BadTransform")


async def test_an_answer_may_have_another_status_or_no_body(gateway: Gateway) -> None:
    await gateway.create(status=201)
    await gateway.create(name="quiet", path="/quiet/{id}", status=204)

    made = await gateway.client.post(AT)
    quiet = await gateway.client.post("/gateway/v1/quiet/7")

    assert made.status_code == 201
    assert (quiet.status_code, quiet.content) == (204, b"")


async def test_transforms_do_not_reach_out_of_the_sandbox(gateway: Gateway) -> None:
    for expression in ("__import__('os').getpid()", "open('/etc/passwd').read()"):
        await gateway.create(name="bad", request={"make": {"topic": expression}})
        reply: Any = await gateway.client.post(AT)
        await gateway.agent.remove("v1", "bad")

        assert reply.status_code == 422
