"""Blocks become a sub-flow and come out of it again, and the flow does the same throughout."""

from itertools import combinations

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph.compile import check
from graph.edits import SetSettings, apply
from graph.errors import EditRefused
from graph.file_format import flow_hash
from graph.flow import Block, Flow, Frame, Settings, View, link_between
from graph.layout.boxes import Box, box_of
from graph.reshape import collapse, expand
from tests.graph.reshape.world import CATALOG, changed, outputs, runnable, runnable_with_some

ORDERS = Flow.of(
    [
        Block("x", "flow.input", {"name": "x", "type": "number"}),
        Block("double", "n.sum", {"b": 0}, "Times three"),
        Block("more", "n.sum"),
        Block("says", "n.note", {"label": "it is "}),
        Block("out", "flow.output"),
    ],
    [
        ("x.value", "double.a"),
        ("double.value", "more.a"),
        ("x.value", "more.b"),
        ("more.value", "says.number"),
        ("says.value", "out.value"),
    ],
    view=View(
        positions={"x": (0.0, 0.0), "double": (300.0, 0.0), "more": (600.0, 50.0)},
        colours={"double": "#4a7"},
        frames={
            "in": Frame("In it", 290.0, -10.0, 700.0, 300.0),
            "whole": Frame("All", -10.0, -10.0, 2000.0, 800.0),
        },
        routes={"more.a": ((450.0, 20.0),)},
        exposed={"more": ("b",)},
    ),
)


def covers(one: Box, other: Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom


# What holds for every flow


@given(runnable_with_some())
def test_what_is_collapsed_and_expanded_is_what_it_was(drawn: tuple[Flow, set[str]]) -> None:
    flow, some = drawn
    try:
        collapsed = changed(flow, collapse(flow, some, CATALOG, "Part of it"))
    except EditRefused:
        assume(False)

    expanded = changed(collapsed, expand(collapsed, "Part_of_it", CATALOG))

    assert flow_hash(expanded) == flow_hash(flow)
    assert check(collapsed, CATALOG) == check(flow, CATALOG)
    boxes = [box_of(id, place, {}) for id, place in flow.view.positions.items()]
    if not any(covers(*pair) for pair in combinations(boxes, 2)):
        assert expanded.view.positions == {
            id: pytest.approx(place) for id, place in flow.view.positions.items()
        }
    assert expanded.view.colours == flow.view.colours
    assert expanded.view.exposed == flow.view.exposed


@given(runnable_with_some(), st.integers(-9, 9))
@settings(max_examples=30)
def test_a_flow_gives_the_same_when_some_of_it_is_a_sub_flow(
    drawn: tuple[Flow, set[str]], x: int
) -> None:
    flow, some = drawn
    try:
        collapsed = apply(flow, collapse(flow, some, CATALOG, "part"))
    except EditRefused:
        assume(False)

    assert outputs(collapsed, {"x": x}) == outputs(flow, {"x": x})


@given(runnable(4), runnable(4), st.integers(-9, 9))
@settings(max_examples=30)
def test_a_flow_gives_the_same_when_a_sub_flow_is_taken_apart(
    inner: Flow, around: Flow, x: int
) -> None:
    call = Block("part", "flow.call", {"flow": "inner", "y": 5})
    links = [*around.links.values(), ("s0.value", "part.x"), ("part.one", "out_part.value")]
    blocks = [*around.blocks.values(), call, Block("out_part", "flow.output", {"name": "part"})]
    flow = Flow.of(blocks, links, flows={"inner": inner}, view=around.view)

    expanded = changed(flow, expand(flow, "part", CATALOG))

    assert expanded.flows == {}
    assert check(expanded, CATALOG) == []
    assert outputs(expanded, {"x": x}) == outputs(flow, {"x": x})


# Collapse


def test_a_sub_flow_has_a_port_for_everything_that_crosses_its_border() -> None:
    flow = changed(ORDERS, collapse(ORDERS, {"double", "more"}, CATALOG, "Sum up"))

    assert flow.blocks["Sum_up"] == Block("Sum_up", "flow.call", {"flow": "Sum_up"}, "Sum up")
    assert sorted(map(str, flow.links.values())) == [
        "Sum_up.more -> says.number",
        "says.value -> out.value",
        "x.value -> Sum_up.a",
    ]
    inner = flow.flows["Sum_up"]
    assert inner.name == "Sum up"
    assert inner.blocks["in_a"].fields == {"name": "a", "type": "number"}
    assert inner.blocks["out_more"].fields == {"name": "more"}
    assert inner.blocks["double"] == ORDERS.blocks["double"]
    assert sorted(map(str, inner.links.values())) == [
        "double.value -> more.a",
        "in_a.value -> double.a",
        "in_a.value -> more.b",
        "more.value -> out_more.value",
    ]


def test_a_sub_flow_is_drawn_as_its_blocks_were() -> None:
    flow = changed(ORDERS, collapse(ORDERS, {"double", "more"}, CATALOG, "Sum up"))

    inner = flow.flows["Sum_up"].view
    assert inner.positions["double"] == (300.0, 0.0)
    assert inner.positions["in_a"][0] < 300.0
    assert inner.positions["out_more"][0] > 600.0
    assert inner.colours == {"double": "#4a7"}
    assert inner.routes == {"more.a": ((450.0, 20.0),)}
    assert inner.exposed == {"more": ("b",)}
    assert set(inner.frames) == {"in"}
    assert flow.view.positions["Sum_up"] == (450.0, 25.0)
    assert set(flow.view.frames) == {"whole"}


def test_inputs_and_outputs_of_the_flow_stay_outside() -> None:
    flow = changed(ORDERS, collapse(ORDERS, set(ORDERS.blocks), CATALOG, "All"))

    assert sorted(flow.blocks) == ["All", "out", "x"]


def test_only_inputs_and_outputs_are_no_sub_flow() -> None:
    with pytest.raises(EditRefused, match="nothing to put together"):
        collapse(ORDERS, {"x", "out"}, CATALOG, "Nothing")


def test_what_lies_between_must_come_along() -> None:
    with pytest.raises(EditRefused, match="more must run after some of them and before others"):
        collapse(ORDERS, {"double", "says"}, CATALOG, "Torn")


def test_the_name_of_a_flow_that_is_there_is_not_taken() -> None:
    flow = msgspec.structs.replace(ORDERS, flows={"part": Flow()})

    collapsed = changed(
        flow, collapse(flow, {"more"}, CATALOG, "part", (Flow(flows={"part_2": Flow()}),))
    )

    assert set(collapsed.flows) == {"part", "part_3"}


def test_blocks_with_a_body_find_it_from_inside_too() -> None:
    body = Flow.of(
        [Block("item", "flow.input", {"name": "item"}), Block("out", "flow.output")],
        [("item.value", "out.value")],
    )
    flow = Flow.of(
        [
            Block("list", "flow.constant", {"value": [1, 2]}),
            Block("each", "logic.for_each", {"body": "body"}),
            Block("out", "flow.output"),
        ],
        [("list.value", "each.items"), ("each.value", "out.value")],
        flows={"body": body},
    )

    collapsed = changed(flow, collapse(flow, {"each"}, CATALOG, "loop"))

    assert check(collapsed, CATALOG) == []
    assert outputs(collapsed) == outputs(flow) == {"result": [1, 2]}


# Expand


def inner_of(*links: tuple[str, str], flows: dict[str, Flow] | None = None) -> Flow:
    """A sub-flow with the inputs a and b, and the output one."""
    blocks = [
        Block("a", "flow.input", {"name": "a"}),
        Block("b", "flow.input", {"name": "b", "default": 7}),
        Block("sum", "n.sum", {"a": 0}),
        Block("one", "flow.output", {"name": "one"}),
    ]
    return Flow.of(blocks, links, flows=flows)


def using(inner: Flow, fields: dict[str, object] | None = None, name: str = "inner") -> Flow:
    """A flow that uses the sub-flow, fed with 2."""
    return Flow.of(
        [
            Block("two", "flow.constant", {"value": 2}),
            Block("sum", "flow.call", {"flow": name} | (fields or {})),
            Block("out", "flow.output"),
        ],
        [("two.value", "sum.a"), ("sum.one", "out.value")],
        flows={name: inner},
    )


def test_an_input_that_nothing_feeds_becomes_a_constant() -> None:
    inner = inner_of(("a.value", "sum.a"), ("b.value", "sum.b"), ("sum.value", "one.value"))
    flow, filled = using(inner), using(inner, {"b": 1})

    expanded, other = (changed(f, expand(f, "sum", CATALOG)) for f in (flow, filled))

    assert expanded.blocks["b"] == Block("b", "flow.constant", {"value": 7})
    assert other.blocks["b"] == Block("b", "flow.constant", {"value": 1})
    assert (outputs(expanded), outputs(other)) == ({"result": 13}, {"result": 7})


def test_what_passes_straight_through_stays_linked() -> None:
    flow = using(inner_of(("a.value", "one.value")))

    expanded = changed(flow, expand(flow, "sum", CATALOG))

    assert "two.value -> out.value" in map(str, expanded.links.values())


def test_a_link_that_converts_twice_keeps_a_block_between() -> None:
    flow = using(inner_of(("a.value", "one.value")))
    links = [
        link_between("two.value", "sum.a", "text"),
        link_between("sum.one", "out.value", "list"),
    ]
    flow = Flow.of(flow.blocks.values(), links, flows=flow.flows)

    expanded = changed(flow, expand(flow, "sum", CATALOG))

    assert outputs(expanded) == outputs(flow) == {"result": ["2"]}


def test_what_an_output_hands_on_inside_is_handed_on() -> None:
    flow = using(inner_of(("a.value", "one.value"), ("one.value", "sum.a")))

    expanded = changed(flow, expand(flow, "sum", CATALOG))

    assert "two.value -> sum.a" in map(str, expanded.links.values())


def test_flows_inside_come_along_under_a_free_name() -> None:
    innermost = Flow.of([Block("o", "flow.output", {"value": 5, "name": "v"})])
    inner = Flow.of(
        [
            Block("deep", "flow.call", {"flow": "body"}),
            Block("one", "flow.output", {"name": "one"}),
        ],
        [("deep.v", "one.value")],
        flows={"body": innermost},
    )
    flow = using(inner)
    flow = msgspec.structs.replace(flow, flows={**flow.flows, "body": Flow()})

    expanded = changed(flow, expand(flow, "sum", CATALOG))

    assert set(expanded.flows) == {"body", "body_2"}
    assert expanded.blocks["deep"].fields == {"flow": "body_2"}
    assert outputs(expanded) == {"result": 5}


def test_a_sub_flow_that_is_used_twice_stays() -> None:
    flow = using(inner_of(("a.value", "one.value")))
    twice = {**flow.blocks, "again": Block("again", "flow.call", {"flow": "inner"})}
    flow = msgspec.structs.replace(flow, blocks=twice)

    assert set(changed(flow, expand(flow, "sum", CATALOG)).flows) == {"inner"}


def test_a_flow_in_a_file_of_its_own_stays_there() -> None:
    flow = using(inner_of(("a.value", "one.value")), name="lib.flow.json")

    expanded = apply(flow, expand(flow, "sum", CATALOG))

    assert set(expanded.flows) == {"lib.flow.json"}


def test_blocks_around_make_way_for_those_that_come_out() -> None:
    inner = inner_of(("a.value", "sum.a"), ("b.value", "sum.b"), ("sum.value", "one.value"))
    far = {"sum": (0.0, 0.0), "more": (300.0, 0.0), "last": (600.0, 100.0)}
    blocks = {
        **inner.blocks,
        "more": Block("more", "flow.note"),
        "last": Block("last", "flow.note"),
    }
    inner = msgspec.structs.replace(inner, blocks=blocks, view=View(far))
    places = {"two": (0.0, 0.0), "sum": (300.0, 0.0), "out": (600.0, 0.0), "under": (300.0, 100.0)}
    flow = using(inner)
    blocks = {**flow.blocks, "under": Block("under", "flow.note")}
    flow = msgspec.structs.replace(flow, blocks=blocks, view=View(places))

    expanded = changed(flow, expand(flow, "sum", CATALOG))

    view = expanded.view.positions
    assert view["two"] == (0.0, 0.0)
    assert view["sum"] == (300.0, -50.0)
    assert view["out"] == (1200.0, 0.0)
    assert view["under"] == (300.0, 150.0)
    boxes = [box_of(id, place, {}) for id, place in view.items()]
    assert not any(covers(*pair) for pair in combinations(boxes, 2))


def test_blocks_that_never_had_a_place_are_arranged_when_they_come_out() -> None:
    flow = using(inner_of(("a.value", "sum.a"), ("sum.value", "one.value")))
    flow = msgspec.structs.replace(flow, view=View({"sum": (40.0, 50.0)}))

    assert apply(flow, expand(flow, "sum", CATALOG)).view.positions == {"sum": (40.0, 50.0)}


@pytest.mark.parametrize(
    ("id", "message"),
    [
        ("two", "two is no sub-flow"),
        ("smu", "There is no block 'smu'. Did you mean 'sum'?"),
        ("lost", "lost uses a flow that isn't there. Choose a flow for it first."),
        ("each", "each has settings of its own"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(id: str, message: str) -> None:
    flow = using(inner_of(("a.value", "one.value")))
    more = {
        "lost": Block("lost", "flow.call", {"flow": "gone"}),
        "each": Block("each", "flow.call", {"flow": "inner"}),
    }
    flow = msgspec.structs.replace(flow, blocks={**flow.blocks, **more})
    flow = apply(flow, SetSettings("each", Settings(each="a")))

    with pytest.raises(EditRefused) as caught:
        expand(flow, id, CATALOG)

    assert message in str(caught.value)
