"""Blocks brought into line and into equal distances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.edits import Position
from graph.layout import Alignment, Axis, align, distribute

SIZES = {"a": (100.0, 40.0), "b": (50.0, 20.0), "c": (200.0, 60.0)}
PLACES = {"a": (0.0, 0.0), "b": (300.0, 100.0), "c": (120.0, 500.0)}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("left", {"a": (0, 0), "b": (0, 100), "c": (0, 500)}),
        ("centre", {"a": (125, 0), "b": (150, 100), "c": (75, 500)}),
        ("right", {"a": (250, 0), "b": (300, 100), "c": (150, 500)}),
        ("top", {"a": (0, 0), "b": (300, 0), "c": (120, 0)}),
        ("middle", {"a": (0, 260), "b": (300, 270), "c": (120, 250)}),
        ("bottom", {"a": (0, 520), "b": (300, 540), "c": (120, 500)}),
    ],
)
def test_blocks_are_brought_into_line(how: Alignment, expected: dict[str, Position]) -> None:
    assert align(PLACES, SIZES, how) == expected


@pytest.mark.parametrize("how", ["left", "centre", "right", "top", "middle", "bottom"])
def test_what_is_in_line_stays_there(how: Alignment) -> None:
    once = align(PLACES, SIZES, how)

    assert align(once, SIZES, how) == once


def test_blocks_stand_at_equal_distances() -> None:
    placed = distribute(PLACES, SIZES, "vertical")

    assert placed == {"a": (0, 0), "b": (300, 260), "c": (120, 500)}


def test_blocks_that_have_no_room_overlap_equally() -> None:
    places = {"a": (0.0, 0.0), "b": (90.0, 0.0), "c": (100.0, 0.0)}
    sizes = dict.fromkeys(places, (100.0, 10.0))

    placed = distribute(places, sizes, "horizontal")

    assert [placed[id][0] for id in "abc"] == [0.0, 50.0, 100.0]


@given(
    st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 99), st.integers(0, 99))),
    st.sampled_from(["horizontal", "vertical"]),
)
def test_distributing_moves_only_along_its_axis(places: dict[str, Position], axis: Axis) -> None:
    placed = distribute(places, {}, axis)

    across = 1 if axis == "horizontal" else 0
    assert placed.keys() == places.keys()
    assert all(placed[id][across] == places[id][across] for id in places)


def test_nothing_is_aligned_and_distributed_to_nothing() -> None:
    assert align({}, {}, "left") == {}
    assert distribute({}, {}, "vertical") == {}
