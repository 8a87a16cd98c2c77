"""Hedging: a second attempt beside a first one that takes long, for calls that change nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from agents.resilience.clock import Clock

T = TypeVar("T")


async def hedged(work: Callable[[], Awaitable[T]], *, after: float | None, clock: Clock) -> T:
    """The first result of two attempts, of which the second begins `after` seconds later.

    `after` is a time that nearly all calls keep, None for no second attempt. The attempt that
    loses is cancelled, and has ended when this returns. An attempt that fails leaves it to the
    other; when both fail, what the first one raised is raised.
    """
    if after is None:
        return await work()
    attempts = [asyncio.ensure_future(work())]
    delay = asyncio.ensure_future(clock.sleep(after))
    try:
        await asyncio.wait([*attempts, delay], return_when=asyncio.FIRST_COMPLETED)
        if not attempts[0].done():
            attempts.append(asyncio.ensure_future(work()))
        return await _first_result(attempts)
    finally:
        for one in (delay, *attempts):
            one.cancel()
        await asyncio.gather(delay, *attempts, return_exceptions=True)


async def _first_result(attempts: Sequence[asyncio.Future[T]]) -> T:
    """The result of whichever works first; what the first raised when none does."""
    pending = set(attempts)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            if not one.cancelled() and one.exception() is None:
                return one.result()
    return attempts[0].result()
