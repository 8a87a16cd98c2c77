"""How often an endpoint is answered: counted in Redis for all servers, here while that is away."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from agents.resilience.guards import Guards
from agents.resilience.ledger import TIDY_EVERY, Ledger
from agents.swarm.api_gateway.limiting import Limiter
from agents.swarm.api_gateway.shapes import Rate, Window
from tests.agents.swarm.api_gateway.conftest import HELLO, Gateway, eventually, served
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/gateway/v1/hello"


class StillClock:
    """Goes on when told to."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def now(self) -> float:
        return self.at

    def later(self, seconds: float, call: object) -> asyncio.TimerHandle:
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest_asyncio.fixture(loop_scope="module")
async def limiter(clock: StillClock) -> AsyncIterator[Limiter]:
    made = Limiter(Guards().of("api_gateway:redis"), clock=clock)
    yield made
    await made.close()


async def test_a_sliding_window_is_always_the_last_seconds(
    limiter: Limiter, clock: StillClock
) -> None:
    rate = Rate(2, 10, "sliding")

    first = await limiter.take("a", rate)
    clock.at += 6
    second = await limiter.take("a", rate)
    refused = await limiter.take("a", rate)
    clock.at += 5
    again = [(await limiter.take("a", rate)).may for _ in range(2)]

    assert (first.may, first.remaining, first.reset) == (True, 1, 10.0)
    assert (second.may, second.remaining, second.reset) == (True, 0, 4.0)
    assert (refused.may, refused.remaining, refused.reset) == (False, 0, 4.0)
    assert again == [True, False]


async def test_a_fixed_window_ends_whole(limiter: Limiter, clock: StillClock) -> None:
    rate = Rate(2, 10, "fixed")

    first = await limiter.take("a", rate)
    clock.at += 6
    taken = [await limiter.take("a", rate) for _ in range(2)]
    clock.at += 5
    again = [(await limiter.take("a", rate)).may for _ in range(3)]

    assert (first.remaining, first.reset) == (1, 10.0)
    assert [(one.may, one.remaining, one.reset) for one in taken] == [
        (True, 0, 4.0), (False, 0, 4.0),
    ]  # fmt: skip
    assert again == [True, True, False]


async def test_names_are_counted_apart(limiter: Limiter) -> None:
    rate = Rate(1, 10)

    assert [(await limiter.take(name, rate)).may for name in "aba"] == [True, True, False]


@pytest.mark.parametrize("window", ["fixed", "sliding"])
async def test_who_called_once_is_forgotten_in_time(clock: StillClock, window: Window) -> None:
    ledger = Ledger(clock)

    for number in range(2 * TIDY_EVERY):
        if window == "fixed":
            await ledger.incr(f"caller {number}", 10)
        else:
            await ledger.acquire_entry(f"caller {number}", 1, 10)
        clock.at += 0.01

    kept = len(ledger._counts) + len(ledger._begun)
    assert 1_000 <= kept <= TIDY_EVERY + 1_000


@pytest.mark.parametrize("window", ["fixed", "sliding"])
async def test_callers_are_told_where_they_stand(gateway: Gateway, window: str) -> None:
    await gateway.create(
        HELLO, name="hello", path="/hello", rate={"calls": 2, "seconds": 600, "window": window}
    )

    replies = [await gateway.client.post(AT) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["x-ratelimit-limit"] for reply in replies] == ["2"] * 3
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert 0 < int(replies[2].headers["x-ratelimit-reset"]) - time.time() <= 602
    assert 0 < int(replies[2].headers["retry-after"]) <= 601


async def test_each_caller_may_have_a_rate_of_their_own(gateway: Gateway) -> None:
    rate = {"calls": 1, "seconds": 600, "each": "caller"}
    await gateway.create(HELLO, name="hello", path="/hello", access="key", rate=rate)
    keys = [(await gateway.agent.make_key(label)).secret for label in ("one", "other")]

    statuses = [
        (await gateway.client.post(AT, headers={"X-API-Key": key})).status_code
        for key in (*keys, *keys)
    ]

    assert statuses == [200, 200, 429, 429]


@pytest.mark.parametrize("window", ["fixed", "sliding"])
async def test_servers_with_one_redis_count_together(
    tmp_path: Path, redis_server: RedisServer, window: str
) -> None:
    async with (
        served(tmp_path / "one", redis_url=redis_server.url) as one,
        served(tmp_path / "other", redis_url=redis_server.url) as other,
    ):
        for gateway in (one, other):
            rate = {"calls": 3, "seconds": 600, "window": window}
            await gateway.create(HELLO, name=f"hello_{window}", path="/hello", rate=rate)
        replies = [await gateway.client.post(AT) for gateway in (one, other, one, other)]
        counted_in = (await one.agent.overview()).counted_in

    assert counted_in == "redis"
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["2", "1", "0", "0"]


async def test_a_redis_that_goes_away_under_load_stops_nobody_and_is_used_again(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    async with served(tmp_path, redis_url=redis_server.url) as gateway:
        rate = {"calls": 100_000, "seconds": 600}
        await gateway.create(HELLO, name="hello", path="/hello", rate=rate)
        async with called_all_along(gateway) as statuses:
            await until(gateway, "ok", statuses)
            redis_server.stop()
            try:
                lost = await until(gateway, "degraded", statuses)
                deep = await gateway.agent.health(deep=True)
            finally:
                redis_server.start()
            back = await until(gateway, "ok", statuses)

    assert {*statuses} == {200}
    assert "Redis" in deep.detail
    assert "it is used again once it answers" in lost
    assert back == ""
    guards = {one.guard: one.state for one in gateway.runtime.agents.guards.snapshot()}
    assert guards["api_gateway:redis"] == "closed"


@contextlib.asynccontextmanager
async def called_all_along(gateway: Gateway) -> AsyncIterator[list[int]]:
    statuses: list[int] = []
    ended = asyncio.Event()

    async def call() -> None:
        while not ended.is_set():
            statuses.append((await gateway.client.post(AT, json={})).status_code)

    callers = [asyncio.create_task(call()) for _ in range(4)]
    try:
        yield statuses
    finally:
        ended.set()
        await asyncio.gather(*callers)


async def until(gateway: Gateway, state: str, statuses: list[int]) -> str:
    """Wait until the gateway says so of itself, with calls answered before and after."""
    before = len(statuses)

    async def is_so() -> bool:
        enough = len(statuses) >= before + 8
        return enough and (await gateway.agent.health()).state == state

    await eventually(is_so)
    return (await gateway.agent.health()).detail
