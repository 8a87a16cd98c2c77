"""Frames and what stands in them."""

import pytest

from app.presenters.framing import (
    BOTTOM,
    LEFT,
    RIGHT,
    SMALLEST,
    TOP,
    carried,
    following,
    frame_around,
    resized,
    standing_in,
)
from graph.edits import SetFrame
from graph.flow import Flow, Frame, View

SIZES = dict.fromkeys("abc", (100.0, 50.0))
PLACES = {"a": (0.0, 0.0), "b": (200.0, 0.0), "c": (600.0, 0.0)}
OUTER = Frame("Outer", -50, -60, 400, 200)
INNER = Frame("Inner", -20, -40, 150, 120)


def test_a_block_stands_in_a_frame_when_its_middle_does() -> None:
    assert standing_in(OUTER, PLACES, SIZES) == {"a", "b"}
    assert standing_in(INNER, PLACES, SIZES) == {"a"}


def test_what_stands_in_a_frame_goes_along_with_it_and_frames_in_it_too() -> None:
    along = carried({"outer": OUTER, "inner": INNER}, ["c"], ["outer"], PLACES, SIZES)

    assert along.blocks == {"a", "b", "c"}
    assert along.frames == {"outer", "inner"}


def test_a_frame_around_blocks_leaves_room_for_its_title() -> None:
    frame = frame_around("Both", {"a": PLACES["a"], "b": PLACES["b"]}, SIZES)

    assert frame == Frame("Both", -24, -48, 348, 122)
    assert frame_around("None", {}, SIZES) is None


def test_a_frame_follows_its_blocks_and_keeps_its_room() -> None:
    flow = Flow(view=View(frames={"inner": INNER}))
    after = PLACES | {"a": (300.0, 80.0)}

    (edit,) = following(flow, PLACES, after, SIZES)

    assert edit == SetFrame("inner", Frame("Inner", 280, 40, 150, 120))


def test_a_frame_whose_blocks_stay_stays() -> None:
    flow = Flow(view=View(frames={"inner": INNER}))

    assert following(flow, PLACES, PLACES | {"c": (0.0, 900.0)}, SIZES) == []


@pytest.mark.parametrize(
    ("sides", "by", "frame"),
    [
        (RIGHT, (30, 99), Frame("Inner", -20, -40, 180, 120)),
        (LEFT | TOP, (-10, -20), Frame("Inner", -30, -60, 160, 140)),
        (RIGHT | BOTTOM, (-999, -999), Frame("Inner", -20, -40, SMALLEST, SMALLEST)),
        (LEFT, (999, 0), Frame("Inner", 50, -40, SMALLEST, 120)),
    ],
)
def test_a_frame_is_resized_at_the_sides_that_are_held(
    sides: int, by: tuple[float, float], frame: Frame
) -> None:
    assert resized(INNER, sides, by) == frame
