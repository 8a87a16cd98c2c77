"""A second attempt beside a slow one: the first result counts, and the loser is ended."""

import asyncio

import pytest

from agents.errors import Unreachable
from agents.resilience.hedging import hedged
from runtime.clock import ManualClock


class Slow:
    """Attempts that take as long as they were told, and say when they were cancelled."""

    def __init__(self, clock: ManualClock, *takes: float | Exception) -> None:
        self.clock = clock
        self.takes = list(takes)
        self.begun = 0
        self.cancelled: list[int] = []

    async def attempt(self) -> int:
        self.begun += 1
        number, takes = self.begun, self.takes[self.begun - 1]
        try:
            await self.clock.sleep(1.0 if isinstance(takes, Exception) else takes)
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        if isinstance(takes, Exception):
            raise takes
        return number


async def ended(slow: Slow, *, seconds: float = 60, after: float | None = 2.0) -> int:
    task = asyncio.create_task(hedged(slow.attempt, after=after, clock=slow.clock))
    for _ in range(int(seconds * 2)):
        await slow.clock.advance(0.5)
    return await task


async def test_a_quick_first_attempt_stays_the_only_one(clock: ManualClock) -> None:
    slow = Slow(clock, 1.0)

    assert await ended(slow) == 1
    assert slow.begun == 1


async def test_the_second_may_win_and_the_first_is_ended(clock: ManualClock) -> None:
    slow = Slow(clock, 50.0, 1.0)

    assert await ended(slow) == 2
    assert slow.cancelled == [1]


async def test_the_first_may_still_win(clock: ManualClock) -> None:
    slow = Slow(clock, 3.0, 50.0)

    assert await ended(slow) == 1
    assert slow.cancelled == [2]


async def test_without_a_time_nothing_is_too_slow(clock: ManualClock) -> None:
    slow = Slow(clock, 50.0, 1.0)

    assert await ended(slow, after=None) == 1
    assert slow.begun == 1


async def test_an_attempt_that_fails_leaves_it_to_the_other(clock: ManualClock) -> None:
    slow = Slow(clock, 10.0, Unreachable("second"))

    assert await ended(slow) == 1


async def test_a_first_one_that_fails_early_is_no_slow_one(clock: ManualClock) -> None:
    slow = Slow(clock, Unreachable("first"))

    with pytest.raises(Unreachable, match="first"):
        await ended(slow)
    assert slow.begun == 1


async def test_whoever_stops_waiting_ends_both(clock: ManualClock) -> None:
    slow = Slow(clock, 50.0, 50.0)
    task = asyncio.create_task(hedged(slow.attempt, after=2.0, clock=clock))
    await clock.advance(3)

    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert sorted(slow.cancelled) == [1, 2]
