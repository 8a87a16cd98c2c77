"""Metrics follow from events alone, in whatever portions and order these come."""

import random
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events import (
    AnyEvent,
    Failure,
    RunFailed,
    RunInterrupted,
    RunRewound,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskRetried,
    TaskSpent,
    TaskStarted,
)
from runtime.projections.metrics.catalogue import METRICS
from runtime.projections.metrics.fold import MOST_BLOCKS, Fold, Known, points_of
from runtime.projections.metrics.sketch import ERROR, LEAST, bin_of, middle, quantile
from runtime.projections.metrics.tally import EVERYTHING, Series, Tally

KNOWN = Known("Triage", {"fetch": "http", "parse": "pure", "each": "pure", "each/post": "http"})
REFUSED = Failure("Refused", "No.")

seconds = st.floats(1e-9, 1e5)
tallies = st.builds(
    Tally,
    counts=st.dictionaries(st.sampled_from(["tasks", "tokens"]), st.integers(1, 9).map(float)),
    times=st.dictionaries(
        st.sampled_from(["task", "run"]),
        st.dictionaries(st.integers(0, 5), st.integers(1, 9), min_size=1),
    ),
)


def finished(seq: int, task: str, at: float, took: float = 0.1, run: str = "r") -> TaskFinished:
    return TaskFinished(run, seq, at, task, at - took, {})


def counted(events: Sequence[AnyEvent], known: Known = KNOWN) -> dict[tuple[Series, int], Tally]:
    fold = Fold()
    for run in {event.run for event in events}:
        fold.meet(run, "hash", known)
    fold.take(events)
    return drained(fold)


def drained(fold: Fold) -> dict[tuple[Series, int], Tally]:
    return {(point.series, point.at): point.tally for point in fold.drain()}


def value(name: str, tally: Tally, of_seconds: float = 1.0) -> float | None:
    return METRICS[name].value(tally, of_seconds)


# Durations.


@given(seconds)
def test_the_middle_of_a_bin_is_near_all_that_falls_into_it(took: float) -> None:
    assert middle(bin_of(took)) == pytest.approx(max(took, LEAST), rel=ERROR * 1.01)


@given(st.lists(seconds, min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_that_of_the_sorted_durations(took: list[float], share: float) -> None:
    sketch = Tally()
    for one in took:
        sketch.time("task", bin_of(one))

    found = quantile(sketch.times["task"], share)

    exact = sorted(took)[int(share * (len(took) - 1))]
    assert found == pytest.approx(max(exact, LEAST), rel=ERROR * 1.01)


def test_there_is_no_percentile_of_nothing() -> None:
    assert quantile({}, 0.5) is None


@given(st.lists(tallies, max_size=8), st.randoms(use_true_random=False))
def test_tallies_are_added_in_any_order_and_grouping(
    parts: list[Tally], chance: random.Random
) -> None:
    one_by_one = Tally()
    for part in parts:
        one_by_one.add(part)
    shuffled = chance.sample(parts, len(parts))
    cut = chance.randint(0, len(parts))
    halves = [Tally(), Tally()]
    for at, part in enumerate(shuffled):
        halves[at >= cut].add(part)

    halves[0].add(halves[1])

    assert halves[0] == one_by_one


# Events.


def a_run(run: str = "r", at: float = 100.2) -> list[AnyEvent]:
    return [
        RunStarted(run, 1, at, "hash", "Triage"),
        TaskStarted(run, 2, at, "fetch"),
        TaskRetried(run, 3, at + 0.3, "fetch", 1, REFUSED, 1.0),
        TaskStarted(run, 4, at + 1.3, "fetch", 2),
        TaskFinished(run, 5, at + 1.5, "fetch", at + 1.3, {}, 2),
        TaskSpent(run, 6, at + 1.5, "fetch", 1200, 0.02),
        finished(7, "each[0]/post", at + 1.9, run=run),
        finished(8, "each[1]/post", at + 2.9, run=run),
        TaskFailed(run, 9, at + 3.0, "parse", 1, REFUSED),
        RunFailed(run, 10, at + 3.0, REFUSED, 3.0),
    ]


@given(st.lists(st.integers(1, 20), max_size=6), st.integers(1, 3))
def test_it_makes_no_difference_in_which_portions_events_come(cuts: list[int], runs: int) -> None:
    events = [event for at in range(runs) for event in a_run(f"r{at}", 100 + at * 0.4)]
    events.sort(key=lambda event: event.at)
    fold, sum_of = Fold(), dict[tuple[Series, int], Tally]()
    for at in range(runs):
        fold.meet(f"r{at}", "hash", KNOWN)

    rest = events
    for cut in [*cuts, len(events)]:
        fold.take(rest[:cut])
        rest = rest[cut:]
        for key, tally in drained(fold).items():
            sum_of.setdefault(key, Tally()).add(tally)

    assert sum_of == counted(events)


def test_a_task_counts_for_its_block_its_agent_its_flow_and_everything() -> None:
    found = counted([finished(2, "each[3]/post", 100.5, 0.25), finished(3, "fetch", 101.5)])

    assert {series for series, at in found if at == 100} == {
        Series("Triage", "each/post"), Series(agent="http"), Series("Triage"), EVERYTHING,
    }  # fmt: skip
    assert found[EVERYTHING, 100].counts == {"tasks": 1}
    assert value("task_time_p50", found[Series("Triage", "each/post"), 100]) == pytest.approx(
        0.25, rel=ERROR
    )


def test_what_became_of_a_run_and_its_tasks_is_counted_when_it_happened() -> None:
    found = counted(a_run())

    flow = {at: tally.counts for (series, at), tally in found.items() if series.flow == "Triage"
            and not series.block}  # fmt: skip
    assert flow[100] == {"runs_started": 1, "tasks_retried": 1}
    assert flow[101] == {"tasks": 1, "tokens": 1200, "cost": 0.02}
    assert flow[103] == {"tasks": 1, "tasks_failed": 1, "runs_failed": 1}
    assert value("run_time_p99", found[EVERYTHING, 103]) == pytest.approx(3.0, rel=ERROR)
    assert value("task_success", found[EVERYTHING, 103]) == 0.5


def test_what_an_open_breaker_turns_away_is_counted() -> None:
    turned_away = Failure("BreakerOpen", "Its circuit breaker is open.")

    found = counted([TaskRetried("r", 2, 100, "fetch", 1, turned_away, 1.0),
                     TaskFailed("r", 3, 100, "fetch", 2, turned_away),
                     TaskFailed("r", 4, 100, "parse", 1, REFUSED)])  # fmt: skip

    assert value("breaker_open", found[EVERYTHING, 100]) == 2
    assert value("breaker_open", found[Series(agent="http"), 100]) == 2


def test_nothing_is_counted_twice() -> None:
    fold = Fold()
    fold.meet("r", "hash", KNOWN, seq=5)

    fold.take([finished(4, "fetch", 100), finished(5, "fetch", 100), finished(6, "fetch", 100)])
    fold.take([finished(6, "fetch", 100), TaskProgressed("r", 6, 100, "fetch", 1, 2)])

    assert drained(fold)[EVERYTHING, 100].counts == {"tasks": 1}


def test_what_is_under_way_is_seen_at_every_tick() -> None:
    fold = Fold()
    fold.meet("r", "hash", KNOWN)
    fold.take([RunStarted("r", 1, 100, "hash"), TaskStarted("r", 2, 100, "fetch"),
               TaskStarted("r", 3, 100, "each[0]/post")])  # fmt: skip
    fold.tick(101)
    fold.take([finished(4, "fetch", 101.5)])
    fold.tick(102)
    fold.take([ScopeClosed("r", 5, 102.5, "each[0]", REFUSED)])
    fold.tick(103)

    found = drained(fold)

    under_way = [value("tasks_under_way", found[EVERYTHING, at]) for at in (101, 102, 103)]
    assert under_way == [2, 1, 0]
    assert value("runs_active", found[EVERYTHING, 103]) == 1


def test_going_back_leaves_nothing_under_way() -> None:
    fold = Fold()
    fold.meet("r", "hash", KNOWN)

    fold.take([TaskStarted("r", 2, 100, "fetch"), RunRewound("r", 3, 101, 1)])
    fold.tick(102)

    assert "tasks_under_way" not in drained(fold)[EVERYTHING, 102].counts


def test_a_run_that_was_left_is_no_longer_active_and_where_it_was_is_known() -> None:
    fold = Fold()
    fold.meet("r", "hash", KNOWN)

    fold.take([finished(2, "fetch", 100), RunInterrupted("r", 3, 101, REFUSED)])
    fold.tick(102)

    assert fold.gone == {"r": 2}
    assert (EVERYTHING, 102) not in drained(fold)


def test_a_flow_of_too_many_blocks_is_measured_by_agent_only() -> None:
    many = Known("Wide", {f"b{i}": "pure" for i in range(MOST_BLOCKS + 1)})

    found = counted([finished(2, "b1", 100), finished(3, "b2[1]/x", 100)], many)

    assert {series for series, _ in found} == {
        Series(agent="pure"), Series(agent="unknown"), Series("Wide"), EVERYTHING,
    }  # fmt: skip


def test_events_of_runs_that_nobody_introduced_are_kept_aside() -> None:
    fold = Fold()

    fold.take([finished(2, "fetch", 100, run="other")])

    assert fold.drain() == []
    assert [event.seq for event in fold.unmet["other"]] == [2]


def test_the_course_of_one_run_begins_with_it() -> None:
    events = [
        RunStarted("r", 1, 1000.25, "hash", "Triage"),
        TaskStarted("r", 2, 1000.25, "fetch"),
        TaskFinished("r", 3, 1000.95, "fetch", 1000.25, {}),
        RunSucceeded("r", 4, 1000.97, {}, 0.72),
    ]

    points = points_of(events, KNOWN, step=0.2)

    whole = {point.at: point.tally for point in points if point.series == EVERYTHING}
    assert [value("tasks_under_way", whole[at], 0.2) for at in (0, 1, 2)] == [1, 1, 1]
    assert value("task_rate", whole[3], 0.2) == 5


@given(st.lists(tallies, min_size=1, max_size=3))
def test_a_tally_comes_back_as_it_was_packed(parts: list[Tally]) -> None:
    for part in parts:
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(part), type=Tally) == part


def test_breakers_are_counted_as_they_open_and_averaged_while_they_are_open() -> None:
    fold = Fold()
    for at, (opened, are_open) in enumerate([(1.0, 1.0), (2.0, 3.0), (0.0, 2.0)]):
        fold.see(float(at), breakers_opened=opened, breakers_open=are_open)
    whole = Tally()
    for point in fold.drain():
        whole.add(point.tally)

    assert METRICS["breakers_opened"].value(whole, 3.0) == 3
    assert METRICS["breakers_open"].value(whole, 3.0) == 2
    assert METRICS["breakers_opened"].value(Tally(), 3.0) is None
