"""Trying again: exponential back-off with jitter, bounded in number and in time."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from agents.errors import AgentError, BreakerOpen, Busy, Throttled
from agents.resilience.clock import Clock
from agents.resilience.settings import GuardSettings
from graph.errors import BlockError

T = TypeVar("T")

LEAST = 0.05
"""Seconds before another attempt, even when the other side says 0: no storm comes of it."""

# `stamina` would do this, but it sleeps by the loop's clock and is set for the whole process,
# so no test could hand it a clock, and a pack could switch retries off for everybody. What is
# left once time comes in through the door are these few lines.


def worthwhile(error: BaseException) -> bool:
    """Whether the same call may work if it is made again by whoever made it."""
    return (
        isinstance(error, BlockError)
        and error.retryable
        and not isinstance(error, BreakerOpen | Busy)
    )


async def try_again(
    attempt: Callable[[], Awaitable[T]],
    failed: BlockError,
    settings: GuardSettings,
    *,
    began: float,
    clock: Clock,
    roll: Callable[[], float],
) -> T:
    """The result of a further attempt, after the first one `failed`. Raises the last error.

    `roll` gives random numbers from 0 to 1. Being told to wait isn't an attempt that failed: it
    is tried until `total` is over, each time after as long as the other side said.
    """
    used = 1
    while True:
        asked = failed.wait if isinstance(failed, AgentError) else None
        told = isinstance(failed, Throttled) and asked is not None and settings.total > 0
        if not told and used >= settings.attempts:
            raise failed
        wait = max(LEAST, asked or 0.0, back_off(settings, used, roll()))
        if settings.total and clock.now() + wait > began + settings.total:
            raise failed
        await clock.sleep(wait)
        used += not told
        try:
            return await attempt()
        except BlockError as error:
            if not worthwhile(error):
                raise
            failed = error


def back_off(settings: GuardSettings, used: int, roll: float) -> float:
    """Seconds to wait after `used` attempts."""
    growth = min(settings.factor ** min(used - 1, 64), 1e9)
    wait = min(settings.first_wait * growth, settings.longest_wait)
    return float(wait * (1 - settings.jitter * roll))
