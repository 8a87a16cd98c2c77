"""The difference of two flows is a list of edits that leads from one to the other."""

import contextlib
import time

from hypothesis import given
from hypothesis import strategies as st

from graph.diff import diff
from graph.edits import (
    AddBlock,
    AddFlow,
    ChangeId,
    Connect,
    Disconnect,
    Inside,
    Many,
    MoveBlocks,
    RemoveBlock,
    RemoveFlow,
    Rename,
    SetField,
    SetFlowText,
    apply,
    describe_all,
    touches_logic,
)  # fmt: skip
from graph.errors import EditRefused
from graph.file_format import flow_hash, write
from graph.flow import Block, Flow, View, link_between
from tests.graph.strategies import edits_of, flows

CHAIN = Flow.of(
    [
        Block("fetch", "http.request", {"url": "https://example.org"}),
        Block("parse", "text.extract", {"pattern": "a+"}),
        Block("total", "data.aggregate"),
    ],
    [("fetch.value", "parse.text"), ("parse.value", "total.items")],
    view=View({"parse": (0.0, 0.0)}),
)


@given(flows(), flows())
def test_the_edits_lead_from_any_flow_to_any_other(old: Flow, new: Flow) -> None:
    edits = diff(old, new)

    reached = apply(old, Many(edits))

    assert reached == new
    assert write(reached) == write(new)


@st.composite
def flow_before_and_after(draw: st.DrawFn) -> tuple[Flow, Flow]:
    flow = changed = draw(flows())
    for _ in range(draw(st.integers(0, 3))):
        edit = draw(edits_of(changed))
        with contextlib.suppress(EditRefused):
            changed = apply(changed, edit)
    return flow, changed


@given(flow_before_and_after())
def test_a_few_edits_are_found_again(drawn: tuple[Flow, Flow]) -> None:
    old, new = drawn

    edits = diff(old, new)

    assert write(apply(old, Many(edits))) == write(new)


@given(flow_before_and_after())
def test_the_edits_of_logic_alone_lead_to_the_same_logic(drawn: tuple[Flow, Flow]) -> None:
    old, new = drawn

    logic = tuple(edit for edit in diff(old, new) if touches_logic(edit))

    assert flow_hash(apply(old, Many(logic))) == flow_hash(new)


@given(flows())
def test_a_flow_does_not_differ_from_itself(flow: Flow) -> None:
    assert diff(flow, apply(flow, Many(()))) == ()


def test_moving_a_block_is_no_change_of_logic() -> None:
    moved = apply(CHAIN, MoveBlocks({"parse": (5.0, 6.0)}))

    (edit,) = diff(CHAIN, moved)

    assert edit == MoveBlocks({"parse": (5.0, 6.0)})
    assert not touches_logic(edit)


def test_a_changed_id_is_recognised() -> None:
    assert diff(CHAIN, apply(CHAIN, ChangeId("parse", "read"))) == (ChangeId("parse", "read"),)


def test_changed_ids_of_neighbours_are_recognised() -> None:
    edits = (ChangeId("parse", "read"), ChangeId("total", "sum"))

    assert set(diff(CHAIN, apply(CHAIN, Many(edits)))) == set(edits)


def test_a_block_with_another_id_and_another_field_is_another_block() -> None:
    edits = Many((ChangeId("parse", "read"), SetField("read", "pattern", "b+")))

    kinds = [type(edit) for edit in diff(CHAIN, apply(CHAIN, edits))]

    assert kinds == [RemoveBlock, AddBlock, Connect, Connect, MoveBlocks]


def test_a_block_moved_in_the_order_of_its_links_is_not_mistaken_for_a_renamed_one() -> None:
    old = Flow.of([Block("a", "flow.note"), Block("b", "flow.note")], [("a.v", "x.t")])
    new = Flow.of([Block("a", "flow.note"), Block("c", "flow.note")], [("c.v", "x.t")])

    assert apply(old, Many(diff(old, new))) == new


def test_a_field_that_python_calls_equal_is_still_a_difference() -> None:
    old, new = (Flow.of([Block("a", "x.y", {"v": value})]) for value in ([1], [True]))

    assert diff(old, new) == (SetField("a", "v", [True]),)
    assert diff(old, new)[0].value[0] is True  # type: ignore[union-attr]


def test_a_link_from_elsewhere_replaces_the_old_one() -> None:
    old, new = (
        link_between("parse.value", "total.items"),
        link_between("fetch.value", "total.items"),
    )
    changed = apply(CHAIN, Connect(new, replaces=old))

    assert diff(CHAIN, changed) == (Connect(new, replaces=old),)


def test_links_that_lead_nowhere_are_brought_along() -> None:
    old = Flow.of([Block("a", "x.y"), Block("b", "x.y")], [("a.v", "b.t"), ("a.v", "gone.t")])
    new = Flow.of([Block("a", "x.y")], [("a.v", "b.t")])

    assert apply(old, Many(diff(old, new))) == new


def test_changes_inside_an_embedded_flow_are_told_one_by_one() -> None:
    old = Flow(flows={"body": CHAIN, "gone": CHAIN})
    body = apply(
        CHAIN, Many((Rename("parse", "P"), Disconnect(link_between("a.b", "parse.text").target)))
    )
    new = Flow("New", flows={"body": body, "fresh": CHAIN})

    assert diff(old, new) == (
        SetFlowText(name="New"),
        Inside("body", Disconnect(link_between("a.b", "parse.text").target)),
        Inside("body", Rename("parse", "P")),
        AddFlow("fresh", CHAIN),
        RemoveFlow("gone"),
    )


def test_a_file_that_changed_is_put_in_anew_as_a_whole() -> None:
    old = Flow(flows={"lib.flow.json": CHAIN})
    new = Flow(flows={"lib.flow.json": apply(CHAIN, Rename("parse", "P"))})

    assert diff(old, new) == (
        RemoveFlow("lib.flow.json"),
        AddFlow("lib.flow.json", new.flows["lib.flow.json"]),
    )


def test_a_difference_reads_as_a_list_of_sentences() -> None:
    new = Flow.of(
        [
            CHAIN.blocks["fetch"],
            Block("read", "text.extract", {"pattern": "a+"}),
            Block("total", "data.aggregate", {"by": "day"}),
        ],
        [("fetch.value", "read.text"), ("read.value", "total.items")],
        view=View({"read": (9.0, 9.0)}),
    )

    assert list(describe_all(diff(CHAIN, new), CHAIN)) == [
        "read: the new id of parse.",
        'total: field `by` set to "day".',
        "read: moved.",
    ]


def test_large_flows_are_compared_in_a_time_nobody_notices() -> None:
    def chain(prefix: str) -> Flow:
        blocks = [Block(f"{prefix}{i}", "text.template", {"n": i}) for i in range(5000)]
        links = [(f"{prefix}{i}.value", f"{prefix}{i + 1}.text") for i in range(4999)]
        return Flow.of(blocks, links)

    start = time.process_time()
    edits = diff(chain("a"), chain("b"))
    seconds = time.process_time() - start

    assert len(edits) == 5000
    assert all(isinstance(edit, ChangeId) for edit in edits)
    assert seconds < 2.0  # 0.15 on a desk
