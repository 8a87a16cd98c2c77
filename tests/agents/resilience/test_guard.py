"""A guard puts it all around a call, in its order, by a clock that the test is."""

import asyncio
from collections.abc import Callable

import pytest

from agents.errors import (
    AgentError,
    BreakerOpen,
    Busy,
    Contended,
    NotGranted,
    Overdue,
    Refused,
    Rejected,
    Throttled,
    Unavailable,
    Unreachable,
)
from agents.resilience.guard import SystemGuard
from agents.resilience.status import BreakerChanged
from graph.errors import BadInput
from runtime.clock import ManualClock
from tests.agents.resilience.conftest import System

Guarding = Callable[..., SystemGuard]


async def until_done(clock: ManualClock, task: "asyncio.Task[object]") -> object:
    """What comes of the task when as much time passes as it needs."""
    for _ in range(1_000):
        await clock.advance(0.25)
        if task.done():
            break
    return task.result()


async def fails(guard: SystemGuard, system: System, *errors: BaseException) -> None:
    """One call after the other that fails like this."""
    for error in errors:
        system.next.append(error)
        with pytest.raises(type(error)):
            await guard.call(system.call, again=False)


async def test_waits_grow_until_it_works(
    guarding: Guarding, system: System, clock: ManualClock
) -> None:
    guard = guarding(attempts=4, seconds=0, first_wait=0.5, factor=3)
    system.next = [Unreachable("no"), Unavailable("no"), Unreachable("no")]

    result = await until_done(clock, asyncio.create_task(guard.call(system.call)))

    assert result == "done"
    assert clock.waits == [0.5, 1.5, 4.5]


async def test_attempts_are_counted_and_the_last_error_is_raised(
    guarding: Guarding, system: System, clock: ManualClock
) -> None:
    guard = guarding(attempts=3)
    system.next = [Unreachable("first"), Unreachable("second"), Unreachable("third")]

    with pytest.raises(Unreachable, match="third"):
        await until_done(clock, asyncio.create_task(guard.call(system.call)))

    assert system.asked == 3


@pytest.mark.parametrize("error", [Rejected("no"), Refused("no"), BadInput("no"), KeyError("no")])
async def test_what_another_attempt_cannot_mend_is_tried_once(
    guarding: Guarding, system: System, error: Exception
) -> None:
    system.next = [error]

    with pytest.raises(type(error)):
        await guarding().call(system.call)

    assert system.asked == 1


async def test_the_other_side_is_given_the_time_it_asks_for(
    guarding: Guarding, system: System, clock: ManualClock
) -> None:
    guard = guarding(seconds=0, longest_wait=1.0)
    system.next = [Unavailable("later", wait=7.0)]

    await until_done(clock, asyncio.create_task(guard.call(system.call)))

    assert clock.waits == [7.0]


async def test_no_attempt_begins_after_the_time_for_all(
    guarding: Guarding, system: System, clock: ManualClock
) -> None:
    guard = guarding(attempts=100, total=10, seconds=0, first_wait=4, factor=1)
    system.next = [Unreachable("no")] * 100

    with pytest.raises(Unreachable):
        await until_done(clock, asyncio.create_task(guard.call(system.call)))

    assert clock.waits == [4.0, 4.0]


async def test_an_attempt_that_takes_too_long_is_ended_and_counts_as_failed(
    guarding: Guarding, clock: ManualClock
) -> None:
    guard = guarding(seconds=5, attempts=1)
    ended = asyncio.Event()

    async def hangs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(Unreachable, match="no answer within 5 s"):
        await until_done(clock, asyncio.create_task(guard.call(hangs)))

    assert ended.is_set()
    assert guard.status().failures == 1
    assert guard.status().in_flight == 0


async def test_an_open_breaker_fails_at_once_and_says_since_when_and_until_when(
    guarding: Guarding, system: System, clock: ManualClock, told: list[BreakerChanged]
) -> None:
    guard = guarding()
    await fails(guard, system, *[Unavailable("no", brief="It answered with status 503.")] * 5)
    await clock.advance(20)

    with pytest.raises(BreakerOpen) as caught:
        await guard.call(system.call)

    assert caught.value.message == (
        "system isn't asked since 13:46:40 UTC: 5 failures in a row. The last: It answered with "
        "status 503. It is tried again at 13:47:40 UTC, in 40 s."
    )
    assert caught.value.wait == 40.0
    assert system.asked == 5
    assert told == [
        BreakerChanged(
            "x:system", "open", "5 failures in a row, the last: It answered with status 503.", 1e6
        )
    ]


async def test_once_three_trials_work_it_is_asked_as_before(
    guarding: Guarding, system: System, clock: ManualClock, told: list[BreakerChanged]
) -> None:
    guard = guarding()
    await fails(guard, system, *[Unreachable("no")] * 5)
    await clock.advance(60)

    for _ in range(3):
        await guard.call(system.call)

    assert [change.state for change in told] == ["open", "half_open", "closed"]
    assert guard.status().state == "closed"


@pytest.mark.parametrize(
    "error",
    [Rejected("no"), Refused("no"), NotGranted("no"), BadInput("no"), Contended("no"),
     Overdue("no"), Throttled("no"), Busy("another's"), BreakerOpen("another's"),
     ValueError("a bug")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
async def test_what_says_nothing_bad_of_the_system_never_opens_the_breaker(
    guarding: Guarding, system: System, error: Exception
) -> None:
    guard = guarding()

    await fails(guard, system, *[error] * 20)

    assert guard.status().state == "closed"
    assert guard.status().failures == 0


async def test_too_many_requests_are_failures_where_somebody_wants_that(
    guarding: Guarding, system: System
) -> None:
    guard = guarding(throttled_counts=True)

    await fails(guard, system, *[Throttled("no")] * 5)

    assert guard.status().state == "open"


async def test_those_who_wait_for_their_turn_are_not_let_through_once_it_opens(
    guarding: Guarding, clock: ManualClock
) -> None:
    guard = guarding(concurrent=5, attempts=1, seconds=0)
    go, asked = asyncio.Event(), 0

    async def fail() -> None:
        nonlocal asked
        asked += 1
        await go.wait()
        raise Unreachable("no")

    calls = [asyncio.create_task(guard.call(fail)) for _ in range(50)]
    await clock.advance(0)
    go.set()
    errors = await asyncio.gather(*calls, return_exceptions=True)

    assert asked == 5
    assert [type(error) for error in errors] == [Unreachable] * 5 + [BreakerOpen] * 45


async def test_a_stream_is_one_attempt_and_fails_with_what_is_raised_inside(
    guarding: Guarding,
) -> None:
    guard = guarding(failures=1)

    async def streams(line: Exception) -> None:
        async with guard.entered():
            assert guard.status().in_flight == 1
            raise line

    with pytest.raises(Unreachable):
        await streams(Unreachable("the line broke"))

    with pytest.raises(BreakerOpen):
        await streams(AssertionError("it was let through"))
    assert guard.status().in_flight == 0


async def test_a_cancelled_call_leaves_its_place_and_says_nothing_of_the_system(
    guarding: Guarding, clock: ManualClock
) -> None:
    guard = guarding(concurrent=1)
    call = asyncio.create_task(guard.call(asyncio.Event().wait))
    await clock.advance(0)
    assert guard.status().in_flight == 1

    call.cancel()
    await asyncio.wait([call])

    status = guard.status()
    assert (status.in_flight, status.failures, status.state) == (0, 0, "closed")


async def test_its_status_says_how_the_system_is(
    guarding: Guarding, clock: ManualClock, system: System
) -> None:
    guard = guarding(seconds=0)

    async def takes(seconds: float) -> None:
        await clock.sleep(seconds)

    for seconds in [1.0] * 9 + [5.0]:
        task = asyncio.create_task(guard.call(lambda wait=seconds: takes(wait)))
        await clock.advance(seconds)
        await task
    await fails(guard, system, Unreachable("GET https://host/path?key=secret: no"))

    status = guard.status()
    assert (status.calls, status.failures, status.p50, status.p95) == (11, 1, 1.0, 5.0)
    assert status.rate == pytest.approx(1 / 11)
    assert status.per_second == pytest.approx(11 / 60)
    assert status.last_error == "It could not be reached."


async def test_by_hand_it_is_opened_and_closed(guarding: Guarding, system: System) -> None:
    guard = guarding()

    guard.hold("open")
    with pytest.raises(BreakerOpen, match="somebody keeps its breaker open"):
        await guard.call(system.call)
    guard.let_go()

    assert await guard.call(system.call) == "done"


def test_every_error_says_in_a_sentence_what_it_means() -> None:
    kinds = [AgentError, Unreachable, Throttled, Overdue, Unavailable, BreakerOpen, Busy, Contended,
             Refused, Rejected, NotGranted]  # fmt: skip

    assert len({kind("…").brief for kind in kinds}) == len(kinds)
