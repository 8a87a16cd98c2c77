"""Calls that work, around which stand a guard, a guard with a time limit, or nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import process_time
from typing import Any

from tests.benchmarks.lane import DoLap, Lap

CALLS = 20_000

Call = Callable[[], Awaitable[Any]]


async def work() -> int:
    return 1


def calling(call: Call) -> DoLap:
    """A lap of calls, one after the other."""

    async def lap() -> Lap:
        total, begun = 0, process_time()
        for _ in range(CALLS):
            total += await call()
        seconds = process_time() - begun
        assert total == CALLS, total
        return Lap(seconds, CALLS)

    return lap


@asynccontextmanager
async def ours(limit: float) -> AsyncIterator[DoLap]:
    """Retry, breaker and bulkhead, with a time limit unless it is 0."""
    from agents.resilience.guards import Guards

    guard = Guards().of("llm:somebody")
    yield calling(lambda: guard.call(work, within=limit))


@asynccontextmanager
async def bare() -> AsyncIterator[DoLap]:
    """The call alone."""
    yield calling(work)
