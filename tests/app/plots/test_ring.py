"""Rings keep the newest values, and decimation what can be seen of them: no peak is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plots.decimation import decimated
from app.plots.ring import Floats, Ring

batches = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 25)), max_size=40)


def stretch(first: int, count: int) -> tuple[Floats, Floats]:
    times = np.arange(first, first + count, dtype=np.float64)
    return times, times * 10


@given(st.integers(1, 30), batches)
def test_a_ring_has_the_newest_values_in_order(capacity: int, steps: list[tuple[int, int]]) -> None:
    ring, known = Ring(capacity), dict[float, float]()
    at = 0
    for back, count in steps:
        at = max(0, at - back)
        times, values = stretch(at, count)
        ring.add(times, values)
        known = {time: value for time, value in known.items() if time < at}
        known |= dict(zip(times.tolist(), values.tolist(), strict=True))
        known = dict(sorted(known.items())[-capacity:])
        at += count

    newest = sorted(known)
    assert ring.times.tolist() == newest
    assert ring.values.tolist() == [known[time] for time in newest]


def test_values_told_again_take_the_place_of_what_was_told() -> None:
    ring = Ring(10)
    ring.add(*stretch(0, 5))

    ring.add(np.array([4.0, 5.0]), np.array([-1.0, -2.0]))

    assert ring.times.tolist() == [0, 1, 2, 3, 4, 5]
    assert ring.values.tolist() == [0, 10, 20, 30, -1, -2]


def test_a_time_between_two_steps_is_in_the_first() -> None:
    ring = Ring(10)
    ring.add(*stretch(3, 3))

    assert [ring.at(time) for time in (3, 3.9, 4, 99)] == [30, 30, 40, 50]
    assert np.isnan(ring.at(2.9))


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=500),
    st.integers(1, 60),
)
def test_decimation_keeps_every_peak_and_never_has_more_than_can_be_seen(
    found: list[float], pixels: int
) -> None:
    values = np.array(found)
    times = np.arange(len(values), dtype=np.float64)

    when, what = decimated(times, values, -1, len(values) + 1, pixels)

    assert len(when) == len(what) <= max(4 * pixels, 3 * pixels + 3)
    assert (np.diff(when) >= 0).all()
    if np.isfinite(values).any():
        assert np.nanmax(what) == np.nanmax(values)
        assert np.nanmin(what) == np.nanmin(values)
    else:
        assert not np.isfinite(what).any()


def test_only_what_is_between_the_edges_is_drawn_and_one_point_beyond() -> None:
    times, values = stretch(0, 1000)

    when, _ = decimated(times, values, 100.5, 110.5, 300)

    assert (when[0], when[-1]) == (100, 111)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_points_are_drawn_as_they_are(count: int) -> None:
    times, values = stretch(0, count)

    when, what = decimated(times, values, -10, 10, 100)

    assert (when.tolist(), what.tolist()) == (times.tolist(), values.tolist())
