"""Where blocks come to rest while they are dragged."""

from hypothesis import given
from hypothesis import strategies as st

from app.presenters.snapping import Snapping
from graph.layout.boxes import Box

MOVING = Box(0, 0, 100, 40)
OTHER = Box(300, 103, 400, 143)


def test_a_block_far_from_others_rests_on_the_grid() -> None:
    rests = Snapping([OTHER]).snapped(MOVING, (13, 48), reach=5)

    assert rests.by == (12, 48)
    assert rests.guides == ()


def test_a_block_comes_in_line_with_a_neighbour_off_the_grid() -> None:
    rests = Snapping([OTHER]).snapped(MOVING, (24, 100), reach=5)

    assert rests.by == (24, 103)


def test_a_guide_runs_from_end_to_end_of_both() -> None:
    rests = Snapping([OTHER]).snapped(MOVING, (24, 103), reach=5)

    assert (24, 103, 400, 103) in rests.guides


def test_without_a_grid_a_block_rests_where_it_is_let_go() -> None:
    rests = Snapping([OTHER]).snapped(MOVING, (13.5, 48), reach=0, grid=0)

    assert rests.by == (13.5, 48)


def test_the_nearer_of_two_lines_is_taken() -> None:
    rests = Snapping([OTHER, Box(0, 106, 50, 186)]).snapped(MOVING, (24, 105), reach=5)

    assert rests.by[1] == 106


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.integers(-500, 500), st.integers(-500, 500), st.integers(1, 300), st.integers(1, 300),
)  # fmt: skip


@given(st.lists(boxes, max_size=5), boxes, st.integers(-500, 500), st.integers(-500, 500))
def test_no_block_is_led_further_than_it_may(
    others: list[Box], moving: Box, dx: int, dy: int
) -> None:
    rests = Snapping(others).snapped(moving, (dx, dy), reach=6)

    assert abs(rests.by[0] - dx) <= 6
    assert abs(rests.by[1] - dy) <= 6
