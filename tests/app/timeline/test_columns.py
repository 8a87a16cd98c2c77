"""Which bars a picture needs: all that can be told apart, and no more than it has room for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.presenters.time_scale import Span
from app.timeline.columns import THIN, Columns, Placed, placed

WIDTH, LINES = 40, 3


def columns(*bars: tuple[float, float, int, int]) -> Columns:
    """Bars from, to, of a kind, in a line."""
    parts = np.array(bars, float).reshape(-1, 4).T
    return Columns(parts[0], parts[1], parts[2].astype(np.intp), parts[3].astype(np.intp))


def seen(bars: Columns, span: Span) -> list[Placed]:
    return list(placed(bars, span, WIDTH, (0, LINES), (0, 1, 2)))


def test_wide_bars_are_where_their_times_are() -> None:
    (found,) = seen(columns((1.0, 3.0, 1, 2)), Span(0.0, 0.1))

    assert (found.kind, found.x[0], found.width[0], found.lines[0]) == (1, 10.0, 20.0, 2)


def test_neighbours_too_thin_to_tell_apart_become_one() -> None:
    bars = columns(*((at / 10, at / 10, 0, 0) for at in range(50, 150)))

    (found,) = seen(bars, Span(0.0, 1.0))

    assert list(zip(found.x, found.width, strict=True)) == [(5.0, 10.0)]


def test_of_several_in_a_pixel_the_worst_is_seen() -> None:
    bars = columns((5.1, 5.1, 2, 0), (5.2, 5.2, 0, 0), (5.3, 5.3, 1, 0))

    (found,) = seen(bars, Span(0.0, 1.0))

    assert found.kind == 2


def test_what_is_out_of_sight_is_left_out() -> None:
    bars = columns((-9.0, -1.0, 0, 0), (45.0, 60.0, 0, 0), (3.0, 9.0, 0, 7))

    assert seen(bars, Span(0.0, 1.0)) == []


@given(
    st.lists(
        st.tuples(st.floats(-50, 90), st.floats(0, 30), st.integers(0, 2), st.integers(0, 2)),
        max_size=60,
    )
)
def test_every_bar_in_sight_is_covered_and_nothing_else(
    bars: list[tuple[float, float, int, int]],
) -> None:
    drawn = np.zeros((LINES, WIDTH + 1), bool)
    for found in seen(columns(*((s, s + long, kind, line) for s, long, kind, line in bars)),
                      Span(0.0, 1.0)):  # fmt: skip
        for x, width, line in zip(found.x, found.width, found.lines, strict=True):
            drawn[line, max(0, int(x)) : int(np.ceil(x + width)) + 1] = True

    wanted = np.zeros_like(drawn)
    for start, long, _, line in bars:
        end = start + long
        if end >= 0 and start < WIDTH:
            middle = max(0.0, start) if long < THIN else max(0.0, min(WIDTH, (start + end) / 2))
            wanted[line, int(middle)] = True
    assert not (wanted & ~drawn).any()
