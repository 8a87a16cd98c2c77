"""The breaker of purgatory around a call, and the retry of tenacity around that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import process_time

from purgatory import AsyncCircuitBreakerFactory  # type: ignore[import-not-found]
from tenacity import (  # type: ignore[import-not-found]
    retry,
    stop_after_attempt,
    wait_random_exponential,
)

from tests.benchmarks.lane import DoLap, Lap

CALLS = 5_000


async def work() -> int:
    return 1


@asynccontextmanager
async def guarded() -> AsyncIterator[DoLap]:
    """A lap of calls, one after the other: there is no bulkhead and no time limit."""
    breaker = await AsyncCircuitBreakerFactory().get_breaker("somebody")

    @retry(stop=stop_after_attempt(3), wait=wait_random_exponential(max=60))  # type: ignore[untyped-decorator]
    async def call() -> int:
        async with breaker:
            return await work()

    async def lap() -> Lap:
        total, begun = 0, process_time()
        for _ in range(CALLS):
            total += await call()
        seconds = process_time() - begun
        assert total == CALLS, total
        return Lap(seconds, CALLS)

    yield lap
