"""Sandboxed calls: through our sandbox, and through pydantic-monty alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from pydantic_monty import AsyncMonty

from agents.code.sandbox import Sandbox
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD

CALLS = 1_000
EXPRESSION = "[item['score'] * factor for item in record['items'] if item['id'] > 0]"
CODE = """\
total = 0.0
for item in record['items']:
    if item['id'] > 0:
        total += item['score'] * factor
"""
NAMES: dict[str, Any] = {"record": PAYLOAD, "factor": 2}
TOTAL = sum(item["score"] * 2 for item in PAYLOAD["items"][1:])  # type: ignore[index]

Call = Callable[[], Awaitable[Any]]


def calling(call: Call) -> DoLap:
    """A lap of calls, one after the other."""

    async def lap() -> Lap:
        begun = perf_counter()
        for _ in range(CALLS):
            value = await call()
        seconds = perf_counter() - begun
        got = sum(value) if isinstance(value, list) else value
        assert abs(got - TOTAL) < 1e-9, value
        return Lap(seconds, CALLS)

    return lap


@asynccontextmanager
async def ours(what: str) -> AsyncIterator[DoLap]:
    """Our sandbox, with all its limits and checks."""
    async with Sandbox() as sandbox:

        async def code() -> Any:
            return (await sandbox.run(f"{CODE}return total", NAMES)).value

        async def expression() -> Any:
            return await sandbox.evaluate(EXPRESSION, NAMES)

        yield calling(code if what == "code" else expression)


@asynccontextmanager
async def alone(what: str) -> AsyncIterator[DoLap]:
    """One warm session of pydantic-monty, fed the same source and inputs."""
    source = f"{CODE}total" if what == "code" else EXPRESSION
    async with AsyncMonty(max_processes=1) as pool, pool.checkout() as session:

        async def feed() -> Any:
            return await session.feed_run(source, inputs=NAMES)

        yield calling(feed)
