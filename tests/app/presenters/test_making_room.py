"""Room for a block that is put into a link."""

from app.presenters.making_room import GAP, pushed, room_on_link
from graph.flow import Block, End, Flow

FLOW = Flow.of(
    [Block(id, "data.sort") for id in "abcd"],
    [("a.value", "b.items"), ("b.value", "c.items")],
)
SIZES = dict.fromkeys("abcd", (200.0, 84.0))
SIZE = (208.0, 98.0)
LINK = End("b", "items")


def test_where_there_is_room_nothing_moves() -> None:
    places = {"a": (0.0, 0.0), "b": (600.0, 40.0), "c": (900.0, 0.0)}

    room = room_on_link(FLOW, LINK, places, SIZES, SIZE)

    assert room is not None
    assert room.corner == (296, 20)
    assert room.moved == {}


def test_what_comes_after_moves_aside_by_what_is_missing() -> None:
    places = {"a": (0.0, 0.0), "b": (280.0, 0.0), "c": (560.0, 50.0), "d": (560.0, 300.0)}

    room = room_on_link(FLOW, LINK, places, SIZES, SIZE)

    assert room is not None
    assert room.corner == (200 + GAP, 0)
    assert room.moved == {"b": (528, 0), "c": (808, 50)}


def test_a_link_that_goes_back_pushes_nothing() -> None:
    places = {"a": (600.0, 0.0), "b": (0.0, 200.0), "c": (300.0, 200.0)}

    room = room_on_link(FLOW, LINK, places, SIZES, SIZE)

    assert room is not None
    assert room.moved == {}


def test_what_comes_after_but_stands_before_stays() -> None:
    places = {"a": (0.0, 0.0), "b": (280.0, 0.0), "c": (-300.0, 50.0)}

    moved = pushed(FLOW, LINK, 400.0, places, SIZES)

    assert moved == {"b": (460, 0)}


def test_blocks_that_stand_nowhere_have_no_room() -> None:
    assert room_on_link(FLOW, LINK, {"a": (0.0, 0.0)}, SIZES, SIZE) is None
