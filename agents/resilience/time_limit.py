"""The time limit of one attempt, by a clock that was handed in."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from agents.errors import Unreachable
from agents.resilience.clock import Clock

T = TypeVar("T")


async def limited(
    work: Callable[[], Awaitable[T]], seconds: float, *, clock: Clock, system: str
) -> T:
    """The result of the work. Raises Unreachable when it takes longer than that."""
    loop = asyncio.get_running_loop()
    limit = asyncio.timeout(None)
    try:
        async with limit:
            # What cancels is asyncio's own time limit, which knows whose cancelling is whose; only
            # when it does so is said by our clock.
            timer = clock.later(seconds, lambda: limit.reschedule(loop.time()))
            try:
                return await work()
            finally:
                timer.cancel()
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise Unreachable(
            f"{system}: no answer within {seconds:g} s.",
            cure="Give it longer if it needs that.",
            brief=f"It did not answer within {seconds:g} s.",
        ) from error
