"""Blocks arranged along their links: in columns, uncrossed, with nothing covered."""

from collections.abc import Iterable, Mapping
from itertools import combinations, pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.edits import Position
from graph.flow import Block, End, Flow, View
from graph.layout import PortHeights, Sizes, arranged, bounds
from graph.layout.boxes import Box, box_of

SIZE = (200.0, 80.0)


def linked(
    *pairs: str, alone: Iterable[str] = (), at: Mapping[str, Position] | None = None
) -> Flow:
    """A flow with a link for each `a-b`; every link ends in a port of its own."""
    ends = [pair.split("-") for pair in pairs]
    ids = dict.fromkeys([id for pair in ends for id in pair] + list(alone))
    links = [(f"{a}.value", f"{b}.from_{a}") for a, b in ends]
    return Flow.of([Block(id, "x.y") for id in ids], links, view=View(at or {}))


def alike(flow: Flow) -> Sizes:
    return dict.fromkeys(flow.blocks, SIZE)


def cover(one: Box, other: Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom


@st.composite
def flows_with_sizes(draw: st.DrawFn) -> tuple[Flow, Sizes]:
    """Any blocks and links, circles and links to nowhere among them, some blocks placed."""
    ids = [f"b{i}" for i in range(draw(st.integers(0, 12)))]
    some = st.sampled_from([*ids, "gone"])
    pairs = draw(st.lists(st.tuples(some, some), max_size=20))
    places = st.tuples(st.integers(-500, 500), st.integers(-500, 500))
    flow = linked(
        *(f"{a}-{b}" for a, b in pairs),
        alone=ids,
        at=draw(st.dictionaries(some, places.map(lambda p: (float(p[0]), float(p[1]))))),
    )
    lengths = st.integers(10, 300).map(float)
    return flow, draw(st.dictionaries(some, st.tuples(lengths, lengths)))


# What holds for every flow


@given(flows_with_sizes())
def test_every_block_gets_a_place_and_covers_no_other(drawn: tuple[Flow, Sizes]) -> None:
    flow, sizes = drawn

    placed = arranged(flow, sizes)

    assert placed.keys() == flow.blocks.keys()
    boxes = [box_of(id, place, sizes) for id, place in placed.items()]
    assert not any(cover(*pair) for pair in combinations(boxes, 2))


@given(flows_with_sizes(), st.randoms())
def test_the_same_flow_is_always_arranged_the_same(
    drawn: tuple[Flow, Sizes], random: Random
) -> None:
    flow, sizes = drawn
    blocks, links = list(flow.blocks.values()), list(flow.links.values())
    random.shuffle(blocks)
    random.shuffle(links)

    assert arranged(Flow.of(blocks, links, view=flow.view), sizes) == arranged(flow, sizes)


@given(flows_with_sizes())
def test_arranging_again_keeps_the_corner(
    drawn: tuple[Flow, Sizes],
) -> None:
    flow, sizes = drawn
    first = arranged(flow, sizes)

    box = bounds(first, sizes)

    placed_flow = msgspec.structs.replace(flow, view=View(first))
    again = bounds(arranged(placed_flow, sizes), sizes)
    assert (box is None) == (again is None)
    if box and again:
        assert (again.left, again.top) == pytest.approx((box.left, box.top), abs=0.2)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_links_lead_to_the_right(pairs: list[tuple[int, int]]) -> None:
    flow = linked(*(f"b{a}-b{b}" for a, b in pairs if a < b))

    placed = arranged(flow, alike(flow))

    for link in flow.links.values():
        assert placed[link.source.block][0] + SIZE[0] < placed[link.target.block][0]


# What a person sees


def test_a_chain_is_a_straight_row() -> None:
    flow = linked("a-b", "b-c", "c-d")

    placed = arranged(flow, {"a": SIZE, "b": (100.0, 300.0), "c": SIZE, "d": (50.0, 20.0)})

    sizes = {"a": 80.0, "b": 300.0, "c": 80.0, "d": 20.0}
    middles = {placed[id][1] + height / 2 for id, height in sizes.items()}
    assert len(middles) == 1


def test_a_source_stands_beside_its_only_target() -> None:
    flow = linked("a-b", "b-c", "c-d", "folder-d")

    placed = arranged(flow, alike(flow))

    assert placed["folder"][0] == placed["c"][0]


def test_a_long_link_has_room_to_pass() -> None:
    flow = linked("a-b", "b-c", "c-d", "a-d")

    placed = arranged(flow, alike(flow))

    heights = {id: y for id, (_, y) in placed.items()}
    assert heights["a"] == pytest.approx(heights["d"], abs=1), "the long link runs straight"
    assert abs(heights["b"] - heights["a"]) > SIZE[1] / 2, "past the blocks between"
    assert heights["b"] == pytest.approx(heights["c"], abs=1)


def test_links_that_cross_are_uncrossed() -> None:
    at = {"a": (0.0, 0.0), "b": (0.0, 100.0), "c": (300.0, 0.0), "d": (300.0, 100.0)}
    flow = linked("root-a", "root-b", "a-d", "b-c", at=at)

    placed = arranged(flow, alike(flow))

    assert (placed["a"][1] < placed["b"][1]) == (placed["d"][1] < placed["c"][1])


def test_blocks_are_turned_upside_down_where_that_uncrosses_all_links() -> None:
    links = [
        ("sorted.value", "group.items"), ("sorted.value", "count.items"),
        ("sorted.value", "report.rows"), ("group.value", "report.issues"),
        ("count.value", "report.counts"), ("count.value", "counts.value"),
    ]  # fmt: skip
    ids = ["sorted", "group", "count", "report", "counts"]
    at = {id: (300.0 * (i // 2), 100.0 * i) for i, id in enumerate(ids)}
    flow = Flow.of([Block(id, "x.y") for id in ids], links, view=View(at))
    inputs = {End("report", port): 20.0 * i for i, port in enumerate(["counts", "issues", "rows"])}

    placed = arranged(flow, alike(flow), ports=PortHeights(inputs, {}))

    assert placed["count"][1] < placed["group"][1]
    assert placed["counts"][1] < placed["report"][1]


def test_what_stood_above_stays_above() -> None:
    order = ["d", "b", "a", "c"]
    at = {id: (300.0, 40.0 * i) for i, id in enumerate(order)}
    flow = linked("root-a", "root-b", "root-c", "root-d", at=at)

    placed = arranged(flow, alike(flow))

    assert sorted(order, key=lambda id: placed[id][1]) == order


def test_what_feeds_an_upper_port_stands_above_what_feeds_a_lower_one() -> None:
    flow = linked("a-z", "b-z", at={"a": (0.0, 0.0), "b": (0.0, 100.0), "z": (300.0, 0.0)})
    inputs = {End("z", "from_b"): 30.0, End("z", "from_a"): 60.0}

    placed = arranged(flow, alike(flow), ports=PortHeights(inputs, {}))

    assert placed["b"][1] < placed["a"][1]
    assert arranged(flow, alike(flow))["a"][1] < arranged(flow, alike(flow))["b"][1]


def test_targets_stand_in_the_order_of_the_ports_that_feed_them() -> None:
    links = [("a.no", "n.value"), ("a.yes", "y.value")]
    flow = Flow.of([Block(id, "x.y") for id in "any"], links)
    outputs = {End("a", "yes"): 30.0, End("a", "no"): 60.0}

    placed = arranged(flow, alike(flow), ports=PortHeights({}, outputs))

    assert placed["y"][1] < placed["n"][1]


def test_a_link_is_straight_from_port_to_port() -> None:
    flow = linked("a-b")
    ports = PortHeights({End("b", "from_a"): 20.0}, {End("a", "value"): 70.0})

    placed = arranged(flow, {"a": SIZE, "b": (200.0, 400.0)}, ports=ports)

    assert placed["a"][1] + 70.0 == pytest.approx(placed["b"][1] + 20.0, abs=0.2)


def test_groups_without_a_link_between_them_are_stacked() -> None:
    at = {"a": (0.0, 900.0), "c": (0.0, 100.0)}
    flow = linked("a-b", "c-d", alone=["note"], at=at)

    placed = arranged(flow, alike(flow))

    rows = [placed["c"][1], placed["a"][1], placed["note"][1]]
    assert all(above + SIZE[1] < below for above, below in pairwise(rows))
    assert placed["c"][0] == placed["a"][0] == placed["note"][0]


def test_many_blocks_without_links_are_put_in_rows() -> None:
    flow = linked(alone=[f"n{i:02}" for i in range(30)])

    box = bounds(arranged(flow, alike(flow)), alike(flow))

    assert box is not None
    assert box.right - box.left < 2000
    assert box.bottom - box.top < 1000


def test_the_whole_flow_keeps_its_corner() -> None:
    flow = linked("a-b", at={"a": (1000.0, 500.0), "b": (1700.0, 800.0)})

    box = bounds(arranged(flow, alike(flow)), alike(flow))

    assert box is not None
    assert (box.left, box.top) == (1000.0, 500.0)


def test_some_blocks_are_arranged_around_their_centre() -> None:
    at = {"a": (0.0, 0.0), "b": (10.0, 400.0), "c": (900.0, 900.0)}
    flow = linked("a-b", "b-c", at=at)
    sizes = alike(flow)

    placed = arranged(flow, sizes, {"a", "b"})

    assert placed.keys() == {"a", "b"}
    before, after = bounds({"a": at["a"], "b": at["b"]}, sizes), bounds(placed, sizes)
    assert before is not None
    assert after is not None
    assert after.centre == pytest.approx(before.centre, abs=0.1)


def test_a_circle_is_cut_where_it_begins() -> None:
    at = {"a": (0.0, 0.0), "b": (300.0, 100.0), "c": (600.0, 200.0)}
    flow = linked("a-b", "b-c", "c-a", at=at)

    placed = arranged(flow, alike(flow))

    assert placed["a"][0] < placed["b"][0] < placed["c"][0]


def test_thousands_of_long_links_are_arranged_all_the_same() -> None:
    chain = [f"b{i}-b{i + 1}" for i in range(1500)]
    flow = linked(*chain, *(f"b0-b{i}" for i in range(2, 1500, 2)), *("b0-b1500", "b7-b1400"))

    placed = arranged(flow, alike(flow))

    assert len({x for x, _ in placed.values()}) == 1501
