"""So many calls in so much time: counted here by the test's clock, or in a real Redis for all."""

import asyncio
from collections.abc import Callable

import pytest

from agents.errors import Busy
from agents.resilience.clock import SteadyClock
from agents.resilience.guard import SystemGuard
from agents.resilience.guards import Guards
from agents.resilience.rate import Counts
from agents.resilience.settings import BadGuards, GuardRules, GuardSettings
from runtime.clock import ManualClock
from tests.agents.resilience.conftest import System
from tests.servers.redis import RedisServer

Guarding = Callable[..., SystemGuard]


async def begun_after(clock: ManualClock, seconds: float, calls: list[asyncio.Task[str]]) -> int:
    """How many calls are done once so much time has gone by, in small steps."""
    for _ in range(round(seconds * 4)):
        await clock.advance(0.25)
    await clock.advance(0)
    return sum(call.done() for call in calls)


@pytest.mark.parametrize("window", ["moving", "fixed"])
async def test_calls_wait_for_their_turn(
    guarding: Guarding, system: System, clock: ManualClock, window: str
) -> None:
    guard = guarding(rate=2, rate_seconds=10, rate_window=window, seconds=0)
    calls = [asyncio.create_task(guard.call(system.call)) for _ in range(6)]

    done = [await begun_after(clock, seconds, calls) for seconds in (1, 8, 2, 10)]

    assert done == [2, 2, 4, 6]


async def test_a_moving_window_lets_no_burst_through_at_its_edge(
    guarding: Guarding, system: System, clock: ManualClock
) -> None:
    guard = guarding(rate=2, rate_seconds=10, seconds=0, waiting_seconds=0)
    await guard.call(system.call)
    await clock.advance(9)
    await guard.call(system.call)
    await clock.advance(2)

    await guard.call(system.call)
    with pytest.raises(Busy) as caught:
        await guard.call(system.call)

    assert caught.value.wait == pytest.approx(8.0)
    assert (
        caught.value.message == "system wasn't asked: it may get 2 calls in 10 s, and it had them."
    )


async def test_whoever_would_wait_too_long_is_told_at_once(
    guarding: Guarding, system: System
) -> None:
    guard = guarding(rate=1, rate_seconds=60, waiting_seconds=5)
    await guard.call(system.call)

    with pytest.raises(Busy):
        await guard.call(system.call)

    assert guard.status().refused == 1
    assert guard.status().waiting == 0


async def test_a_cancelled_wait_leaves_the_turn_to_the_next(
    guarding: Guarding, system: System, clock: ManualClock
) -> None:
    guard = guarding(rate=1, rate_seconds=5, seconds=0)
    first, second, third = (asyncio.create_task(guard.call(system.call)) for _ in range(3))
    await clock.advance(1)

    second.cancel()
    await begun_after(clock, 6, [])

    assert first.done()
    assert third.done()
    assert system.asked == 2


async def test_processes_that_share_a_redis_share_the_rate(redis_server: RedisServer) -> None:
    clock = SteadyClock()
    one, other = Counts(clock, redis_server.url), Counts(clock, redis_server.url)
    settings = GuardSettings(rate=5, rate_seconds=3600)

    waits = [await counts.take("x:system", settings) for _ in range(5) for counts in (one, other)]
    elsewhere = await one.take("x:another", settings)
    await one.close()
    await other.close()

    assert waits[:5] == [0.0] * 5
    assert all(3590 < wait <= 3600 for wait in waits[5:])
    assert elsewhere == 0.0


async def test_a_fixed_window_is_shared_too(redis_server: RedisServer) -> None:
    clock = SteadyClock()
    one, other = Counts(clock, redis_server.url), Counts(clock, redis_server.url)
    settings = GuardSettings(rate=2, rate_seconds=3600, rate_window="fixed")

    waits = [await counts.take("x", settings) for counts in (one, other, one, other)]
    await one.close()
    await other.close()

    assert waits[:2] == [0.0, 0.0]
    assert min(waits[2:]) > 3590


async def test_without_the_redis_each_counts_its_own_until_it_is_back(
    redis_server: RedisServer, clock: ManualClock
) -> None:
    one, other = Counts(clock, redis_server.url), Counts(clock, redis_server.url)
    settings = GuardSettings(rate=1, rate_seconds=3600)
    assert await one.take("x", settings) == 0.0
    assert await other.take("x", settings) > 0

    redis_server.stop()
    alone = await other.take("x", settings)
    assert alone == 0.0
    assert not other.shared
    assert await other.take("x", settings) > 0

    redis_server.start()
    await clock.advance(10)
    again = [await counts.take("x", settings) for counts in (other, one)]
    await one.close()
    await other.close()

    assert other.shared
    assert again[0] == 0.0
    assert again[1] > 0


async def test_guards_take_their_turns_from_the_redis(
    redis_server: RedisServer, system: System
) -> None:
    rules = GuardRules({"x": {"rate": 3, "rate_seconds": 3600, "waiting_seconds": 0}})
    one, other = (Guards(rules, redis_url=redis_server.url) for _ in range(2))

    for guards in (one, other, one):
        await guards.of("x:system").call(system.call)
    with pytest.raises(Busy):
        await other.of("x:system").call(system.call)

    await one.close()
    await other.close()


def test_what_is_no_address_of_a_redis_is_refused_without_being_quoted() -> None:
    with pytest.raises(BadGuards) as caught:
        Guards(redis_url="localhost:6379?password=secret")

    assert "REDIS_URL" in str(caught.value)
    assert "secret" not in str(caught.value)
