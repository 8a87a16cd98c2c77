"""The ruler of the timeline and the part of a run that it is over."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presenters.time_scale import STEPS, Span, at_time, marks, whole


@pytest.mark.parametrize(
    ("seconds", "step", "said"),
    [
        (0.0, 1.0, "0"), (0.00025, 0.00005, "0.25 ms"), (0.25, 0.05, "250 ms"),
        (1.25, 0.05, "1.25 s"), (12.0, 2.0, "12 s"), (60.0, 10.0, "1 min"),
        (65.0, 5.0, "1 min 5 s"), (65.5, 0.5, "1 min 5.5 s"), (8100.0, 900.0, "2 h 15 min"),
        (7200.0, 3600.0, "2 h"), (86400.0 * 3 + 6 * 3600, 21600.0, "3 d 6 h"),
    ],
)  # fmt: skip
def test_times_are_told_as_exactly_as_needed(seconds: float, step: float, said: str) -> None:
    assert at_time(seconds, step) == said


def test_a_ruler_has_round_times_far_enough_apart_to_be_read() -> None:
    told = [mark for mark in marks(whole(3.6, 800.0), 800.0, 80.0) if mark.text]

    assert [mark.text for mark in told][:4] == ["0", "500 ms", "1.0 s", "1.5 s"]


@given(st.floats(1e-3, 3e6), st.integers(200, 4000))
def test_no_zoom_makes_a_ruler_too_dense_or_empty(length: float, width: int) -> None:
    span = whole(length, width)

    told = [mark for mark in marks(span, width, 80.0) if mark.text]

    gaps = [span.x_of(b.time) - span.x_of(a.time) for a, b in pairwise(told)]
    assert told[0].text == "0"
    assert all(gap >= 79.9 for gap in gaps)
    assert len({mark.text for mark in told}) == len(told)
    assert len(marks(span, width, 80.0)) <= width / 10


@given(st.sampled_from(STEPS), st.integers(0, 2000))
def test_neighbouring_marks_never_say_the_same(step: float, count: int) -> None:
    assert at_time(count * step, step) != at_time((count + 1) * step, step)


@given(st.floats(-1e3, 1e3), st.floats(1e-5, 1e2), st.floats(0.1, 10.0), st.floats(0.0, 1000.0))
def test_what_is_under_the_mouse_stays_there_while_zooming(
    left: float, pixel: float, factor: float, x: float
) -> None:
    span = Span(left, pixel)

    assert span.zoomed(factor, x).time_at(x) == pytest.approx(span.time_at(x), abs=1e-6)


@given(st.floats(1e-3, 1e5), st.floats(-1e6, 1e6), st.floats(1e-5, 1e2))
def test_a_run_cannot_be_lost_from_sight(length: float, left: float, pixel: float) -> None:
    kept = Span(left, pixel).kept(length, 800.0)

    assert kept.x_of(length) > 0
    assert kept.x_of(0.0) < 800.0


def test_a_time_is_brought_into_sight_with_as_little_movement_as_needed() -> None:
    span = Span(0.0, 0.01)

    assert span.shown(5.0, 1000.0) == span
    assert span.shown(20.0, 1000.0).x_of(20.0) == pytest.approx(960.0)
    assert span.shown(-5.0, 1000.0).x_of(-5.0) == pytest.approx(40.0)
