"""The bulkhead: places in the order they were asked for, and none that is ever lost."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agents.errors import Busy
from agents.resilience.bulkhead import Bulkhead
from runtime.clock import ManualClock


def made(limit: int, clock: ManualClock, *, waiting: int = 100, seconds: float = 30.0) -> Bulkhead:
    return Bulkhead(limit, waiting=waiting, seconds=seconds, clock=clock, system="system")


async def test_places_are_given_in_the_order_they_were_asked_for(clock: ManualClock) -> None:
    bulkhead, order = made(1, clock), list[int]()

    async def pass_through(number: int) -> None:
        await bulkhead.wait()
        order.append(number)
        await asyncio.sleep(0)
        bulkhead.leave()

    await asyncio.gather(*(pass_through(number) for number in range(10)))

    assert order == list(range(10))
    assert (bulkhead.under_way, bulkhead.waiting) == (0, 0)


async def test_one_more_than_may_wait_is_told_so(clock: ManualClock) -> None:
    bulkhead = made(1, clock, waiting=2)
    await bulkhead.wait()
    others = [asyncio.create_task(bulkhead.wait()) for _ in range(2)]
    await clock.advance(0)

    with pytest.raises(Busy) as caught:
        await bulkhead.wait()

    assert caught.value.message == (
        "system wasn't asked: 1 calls to it are under way, and 2 more wait for their turn."
    )
    for other in others:
        other.cancel()
    await asyncio.wait(others)


async def test_nobody_waits_longer_than_is_allowed(clock: ManualClock) -> None:
    bulkhead = made(1, clock, seconds=5)
    await bulkhead.wait()
    late = asyncio.create_task(bulkhead.wait())

    await clock.advance(5)

    with pytest.raises(Busy, match="it had no turn within 5 s"):
        await late
    bulkhead.leave()
    assert bulkhead.take()


async def test_a_place_that_comes_to_somebody_cancelled_goes_to_the_next(
    clock: ManualClock,
) -> None:
    bulkhead = made(1, clock)
    await bulkhead.wait()
    cancelled, following = (asyncio.create_task(bulkhead.wait()) for _ in range(2))
    await clock.advance(0)

    bulkhead.leave()  # the place is given, and before its taker wakes up, it is cancelled
    cancelled.cancel()
    await clock.advance(0)

    assert cancelled.cancelled()
    assert following.done()
    assert bulkhead.under_way == 1


async def test_its_size_may_change_while_calls_are_under_way(clock: ManualClock) -> None:
    bulkhead = made(2, clock)
    tasks = [asyncio.create_task(bulkhead.wait()) for _ in range(6)]
    await clock.advance(0)
    assert bulkhead.under_way == 2

    bulkhead.limit = 5
    await clock.advance(0)
    assert bulkhead.under_way == 5

    bulkhead.limit = 1
    for _ in range(4):
        bulkhead.leave()
    await clock.advance(0)
    assert (bulkhead.under_way, bulkhead.waiting) == (1, 1)

    bulkhead.leave()
    await asyncio.wait(tasks)
    assert bulkhead.under_way == 1


class AnyBulkhead(RuleBasedStateMachine):
    """However calls come, go, are cancelled and time passes: no place is lost, none too many."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.limit = 2
        self.bulkhead = made(self.limit, self.clock, waiting=4, seconds=10)
        self.waiting: list[asyncio.Task[None]] = []
        self.inside = 0

    @rule()
    def ask(self) -> None:
        self.waiting.append(self.loop.create_task(self.bulkhead.wait()))

    @rule(which=st.integers(0, 10))
    def cancel(self, which: int) -> None:
        if self.waiting:
            self.waiting[which % len(self.waiting)].cancel()

    @rule()
    def leave(self) -> None:
        self.settle()
        if self.inside:
            self.inside -= 1
            self.bulkhead.leave()

    @rule()
    def leave_and_cancel_the_next(self) -> None:
        self.leave()
        if self.waiting:
            self.waiting[0].cancel()

    @rule(limit=st.integers(1, 4))
    def resize(self, limit: int) -> None:
        self.limit = self.bulkhead.limit = limit
        self.settle()
        while self.inside > limit:  # nobody is sent away; leave, so that the bound can be told
            self.leave()

    @rule(seconds=st.sampled_from([1.0, 10.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.loop.run_until_complete(self.clock.advance(seconds))

    @rule()
    def settle(self) -> None:
        self.loop.run_until_complete(self.clock.advance(0))
        done = [task for task in self.waiting if task.done()]
        self.waiting = [task for task in self.waiting if not task.done()]
        for task in done:
            if not task.cancelled() and task.exception() is None:
                self.inside += 1

    @invariant()
    def no_place_is_lost_and_none_too_many(self) -> None:
        self.settle()
        assert self.bulkhead.under_way == self.inside <= self.limit
        assert self.bulkhead.waiting == len(self.waiting) <= 4
        assert not (self.waiting and self.inside < self.limit), "there is room, and somebody waits"

    def teardown(self) -> None:
        for task in self.waiting:
            task.cancel()
        self.settle()
        self.loop.close()


TestAnyBulkhead = AnyBulkhead.TestCase
TestAnyBulkhead.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
