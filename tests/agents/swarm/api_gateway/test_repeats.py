"""Calls that are repeated run once, and long ones are asked for later."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.agents.swarm.api_gateway.conftest import (
    HELLO,
    LESSON,
    SLEEPS,
    Gateway,
    eventually,
    served,
)
from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/gateway/v1/lessons/7"
KEY = {"Idempotency-Key": "order-1"}


@pytest_asyncio.fixture(loop_scope="module")
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """One with runs of its own."""
    async with served(tmp_path) as made:
        yield made


async def runs(gateway: Gateway) -> int:
    return len(await gateway.runtime.journal.runs())


async def test_a_repeated_call_has_the_same_answer_and_one_run(gateway: Gateway) -> None:
    await gateway.create()

    first = await gateway.client.post(AT, json={"topic": "warp"}, headers=KEY)
    again = await gateway.client.post(AT, json={"topic": "warp"}, headers=KEY)

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (
        False, "true",
    )  # fmt: skip
    assert await runs(gateway) == 1


async def test_a_call_repeated_at_the_same_time_waits_for_the_one_run(gateway: Gateway) -> None:
    await gateway.create(SLEEPS, name="sleep", path="/sleep")

    async def call() -> Any:
        reply = await gateway.client.post("/gateway/v1/sleep", json={"seconds": 0.3}, headers=KEY)
        return reply.status_code

    assert await asyncio.gather(*(call() for _ in range(5))) == [200] * 5
    assert await runs(gateway) == 1


async def test_a_key_is_of_one_request_only(gateway: Gateway) -> None:
    await gateway.create(headers={"X-Words": "words"})
    await gateway.client.post(AT, json={"topic": "warp"}, headers=KEY)

    other_body = await gateway.client.post(AT, json={"topic": "weft"}, headers=KEY)
    other_path = await gateway.client.post("/gateway/v1/lessons/8", json={"topic": "warp"},
                                           headers=KEY)  # fmt: skip
    other_header = await gateway.client.post(AT, json={"topic": "warp"},
                                             headers=KEY | {"X-Words": "7"})  # fmt: skip

    others = (other_body, other_path, other_header)
    assert [one.json().get("title") for one in others] == ["KeyReused"] * 3


async def test_what_was_refused_before_it_ran_may_be_mended_under_the_same_key(
    gateway: Gateway,
) -> None:
    await gateway.create()

    wrong = await gateway.client.post(AT, json={"topic": 1}, headers=KEY)
    mended = await gateway.client.post(AT, json={"topic": "warp"}, headers=KEY)

    assert [wrong.status_code, mended.status_code] == [422, 200]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ü"])
async def test_what_is_no_key_is_refused(gateway: Gateway, key: str) -> None:
    await gateway.create()

    reply = await gateway.client.post(AT, json={}, headers={b"Idempotency-Key": key.encode()})

    assert (reply.status_code, reply.json()["title"]) == (400, "Malformed")


async def test_keys_of_different_callers_are_different(gateway: Gateway) -> None:
    await gateway.create(access="key")
    secrets = [(await gateway.agent.make_key(label)).secret for label in ("one", "other")]

    replies = [
        await gateway.client.post(AT, json={}, headers={**KEY, "X-API-Key": secret})
        for secret in secrets
    ]

    assert ["idempotent-replayed" in reply.headers for reply in replies] == [False, False]


async def test_an_answer_is_known_after_a_restart(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.create()
        first = await gateway.client.post(AT, json={"topic": "warp"}, headers=KEY)

    async with served(tmp_path) as gateway:
        again = await gateway.client.post(AT, json={"topic": "warp"}, headers=KEY)

    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_long_flow_is_begun_at_once_and_asked_for_later(gateway: Gateway) -> None:
    await gateway.create(SLEEPS, name="sleep", path="/sleep", answers="later")

    begun = await gateway.client.post("/gateway/v1/sleep", json={"seconds": 0.5})
    place = begun.headers["location"]
    running = await gateway.client.get(place)
    ended = await gateway.client.get(place, headers={"Prefer": "wait=20"})

    assert (begun.status_code, begun.json()["state"], begun.json()["at"]) == (202, "running", place)
    assert (running.json()["state"], running.headers["retry-after"]) == ("running", "1")
    assert ended.json()["state"] == "succeeded"
    assert "waited" in ended.json()["result"]


async def test_a_long_flow_is_cancelled_by_its_caller(gateway: Gateway) -> None:
    await gateway.create(SLEEPS, name="sleep", path="/sleep", answers="later")
    place = (await gateway.client.post("/gateway/v1/sleep", json={})).headers["location"]

    cancelled = await gateway.client.post(f"{place}/cancel")
    ended = await gateway.client.get(place, headers={"Prefer": "wait=20"})

    assert cancelled.status_code == 202
    assert ended.json()["state"] == "failed"
    assert ended.json()["problem"]["title"] == "FlowFailed"


async def test_a_repeated_long_call_is_the_same_run(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello", answers="later")

    places = [
        (await gateway.client.post("/gateway/v1/hello", json={}, headers=KEY)).headers["location"]
        for _ in range(2)
    ]

    assert len({*places}) == 1
    assert await runs(gateway) == 1


async def test_only_who_began_a_run_is_told_of_it(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello", answers="later", access="key")
    mine, other = [(await gateway.agent.make_key(label)).secret for label in ("one", "other")]
    begun = await gateway.client.post("/gateway/v1/hello", headers={"X-API-Key": mine})
    place = begun.headers["location"]

    def asked(path: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return gateway.client.get(path, headers=named)

    assert (await asked(place, X_API_Key=mine, Prefer="wait=20")).json()["state"] == "succeeded"
    assert (await asked(place, X_API_Key=other)).status_code == 404
    assert (await asked(place)).status_code == 401
    assert (await asked(place.replace("v1", "v2"), X_API_Key=mine)).status_code == 404


async def test_a_run_that_was_begun_is_gone_on_with_after_a_restart(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.create(SLEEPS, name="sleep", path="/sleep", answers="later")
        begun = await gateway.client.post("/gateway/v1/sleep", json={"seconds": 1.0})

    async with served(tmp_path) as gateway:
        reply = await gateway.client.get(begun.headers["location"], headers={"Prefer": "wait=20"})

    assert reply.json()["state"] == "succeeded"


async def test_a_postgresql_that_goes_away_under_load_loses_nothing_that_was_answered(
    tmp_path: Path, own_postgres: PostgresServer
) -> None:
    async with served(tmp_path, database_url=own_postgres.new_database()) as gateway:
        await gateway.create()
        await gateway.create(LESSON, name="kept", path="/kept/{id}")
        answers: dict[str, Any] = {}
        refused: list[int] = []
        ended = asyncio.Event()

        async def call(caller: int) -> None:
            number = 0
            while not ended.is_set():
                key = f"{caller}-{number}"
                reply = await gateway.client.post(
                    AT, json={"topic": key}, headers={"Idempotency-Key": key}, timeout=30
                )
                if reply.status_code == 200:
                    answers[key] = reply.json()
                    number += 1
                else:
                    refused.append(reply.status_code)
                    await asyncio.sleep(0.05)

        callers = [asyncio.create_task(call(number)) for number in range(3)]
        await more(answers)
        own_postgres.stop()
        await eventually(lambda: stands(gateway, "degraded"))
        own_postgres.start()
        await eventually(lambda: stands(gateway, "ok"))
        await more(answers)
        ended.set()
        await asyncio.gather(*callers)

        for key, answer in answers.items():
            again = await gateway.client.post(
                AT, json={"topic": key}, headers={"Idempotency-Key": key}
            )
            assert again.json() == answer
            assert answer["lesson"]["topic"] == key
        assert {*refused} <= {503}
        assert len((await gateway.agent.overview()).endpoints) == 2
        done = await gateway.runtime.journal.runs(state="succeeded", limit=10_000)
        assert len(done) >= len(answers)


async def more(answers: dict[str, Any]) -> None:
    """Wait until more calls were answered."""
    wanted = len(answers) + 5

    async def enough() -> bool:
        return len(answers) >= wanted

    await eventually(enough)


async def stands(gateway: Gateway, state: str) -> bool:
    return (await gateway.agent.health()).state == state
