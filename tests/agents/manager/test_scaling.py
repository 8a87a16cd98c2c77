"""How many instances there are to be, as a rule that has neither clock nor loop."""

from hypothesis import given
from hypothesis import strategies as st

from agents.contract import PoolSize
from agents.manager.scaling import Seen, wanted

SIZE = PoolSize(least=1, most=8, wait=0.5, idle=60.0)

sizes = st.builds(
    lambda least, more, wait, idle: PoolSize(least=least, most=least + more, wait=wait, idle=idle),
    st.integers(0, 3), st.integers(0, 6), st.floats(0.01, 5), st.floats(1, 600),
)  # fmt: skip
sights = st.builds(
    lambda instances, starting, **rest: Seen(
        instances=instances, starting=min(instances, starting), **rest
    ),
    instances=st.integers(0, 12),
    starting=st.integers(0, 4),
    waiting=st.integers(0, 20),
    waited=st.floats(0, 30),
    latency=st.none() | st.floats(0, 10),
    idle=st.floats(0, 1000),
    steady=st.floats(0, 1000),
)


def test_more_are_wanted_as_soon_as_a_task_waits_too_long() -> None:
    waiting = Seen(instances=2, waiting=3, waited=0.4)
    assert wanted(SIZE, waiting).instances == 2
    late = wanted(SIZE, Seen(instances=2, waiting=3, waited=0.5))
    assert (late.instances, late.reason) == (4, "3 waiting, for 0.5 s: more than 0.5 s.")


def test_more_are_wanted_before_that_when_the_latency_foretells_it() -> None:
    assert wanted(SIZE, Seen(instances=2, waiting=1, latency=0.2)).instances == 2
    assert wanted(SIZE, Seen(instances=2, waiting=4, latency=0.4)).instances == 4


def test_those_that_are_starting_are_waited_for() -> None:
    assert wanted(SIZE, Seen(instances=2, starting=1, waiting=1, waited=9)).instances == 2


def test_one_fewer_is_wanted_when_one_idles_and_nothing_changed_for_long() -> None:
    assert wanted(SIZE, Seen(instances=3, idle=60, steady=60)).instances == 2
    assert wanted(SIZE, Seen(instances=3, idle=60, steady=59)).instances == 3
    assert wanted(SIZE, Seen(instances=1, idle=999, steady=999)).instances == 1


@given(sizes, sights)
def test_there_are_never_more_or_fewer_than_may_be(size: PoolSize, seen: Seen) -> None:
    found = wanted(size, seen)
    assert size.least <= found.instances <= max(size.most, size.least)
    assert (found.instances != seen.instances) == bool(found.reason)


@given(sizes, sights)
def test_nothing_is_taken_away_while_tasks_wait(size: PoolSize, seen: Seen) -> None:
    if seen.waiting and seen.instances <= size.most:
        assert wanted(size, seen).instances >= seen.instances


@given(sizes, sights)
def test_it_does_not_swing(size: PoolSize, seen: Seen) -> None:
    """What follows at once from a change is never a change back."""
    first = wanted(size, seen)
    after = Seen(
        instances=first.instances, starting=max(0, first.instances - seen.instances),
        waiting=seen.waiting, waited=seen.waited, latency=seen.latency, idle=seen.idle,
        steady=0.0 if first.reason else seen.steady,
    )  # fmt: skip
    second = wanted(size, after)
    if first.instances > seen.instances:
        assert second.instances >= first.instances
    if first.instances < seen.instances:
        assert second.instances == first.instances or seen.waiting


@given(sizes, st.integers(1, 20))
def test_a_task_that_waits_gets_an_instance_however_small_the_pool(
    size: PoolSize, waiting: int
) -> None:
    if size.most:
        assert wanted(size, Seen(instances=0, waiting=waiting)).instances >= 1
