"""Every change to a flow is a value that can be done, taken back and written down."""

import time
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph.edits import (
    AddBlock,
    AddFlow,
    ChangeId,
    ChangeKind,
    ClearBookmark,
    ClearField,
    ClearFrame,
    Connect,
    Disconnect,
    Edit,
    Inside,
    Many,
    MoveBlocks,
    RemoveBlock,
    RemoveFlow,
    Rename,
    SetBookmark,
    SetColour,
    SetExposed,
    SetField,
    SetFlowText,
    SetFrame,
    SetRoute,
    SetSettings,
    apply,
    describe,
    inverse,
    together,
    touches_logic,
)  # fmt: skip
from graph.errors import EditRefused
from graph.file_format import flow_hash, write
from graph.flow import Block, End, Flow, Frame, Link, Retry, Settings, View, link_between
from tests.graph.strategies import edits_of, flows

BODY = Flow.of([Block("item", "flow.input", {"name": "item"})])
ORDERS = Flow.of(
    [
        Block("fetch", "http.request", {"url": "https://example.org"}),
        Block("parse", "data.parse_json", {"strict": True}, "Parse it"),
        Block("total", "data.aggregate"),
    ],
    [("fetch.value", "parse.text"), ("parse.value", "total.items")],
    name="Orders",
    flows={"body": BODY, "lib/a.flow.json": BODY},
    view=View(
        {"parse": (10.0, 20.0)},
        {"parse": "#4a7"},
        {"f": Frame("In", 0, 0, 1, 1)},
        {"parse.text": ((1.0, 2.0),), "total.items": ((3.0, 4.0), (5.0, 6.0))},
        {"parse": ("strict",)},
        {"start": (0.0, 0.0, 1.0)},
    ),
)


@st.composite
def flow_and_edit(draw: st.DrawFn) -> tuple[Flow, Edit]:
    flow = draw(flows())
    return flow, draw(edits_of(flow))


# What holds for every edit


@given(flow_and_edit())
def test_an_edit_taken_back_leaves_no_trace(drawn: tuple[Flow, Edit]) -> None:
    flow, edit = drawn
    before = write(flow)
    try:
        changed = apply(flow, edit)
    except EditRefused:
        assume(False)

    back = apply(changed, inverse(flow, edit))

    assert back == flow
    assert write(back) == before
    assert write(flow) == before, "the flow given is never changed in place"


@given(flow_and_edit())
def test_an_edit_is_done_or_refused_in_a_sentence(drawn: tuple[Flow, Edit]) -> None:
    flow, edit = drawn
    said = list[str]()

    for attempt in (apply, inverse):
        try:
            attempt(flow, edit)
        except EditRefused as refused:
            said.append(str(refused))

    assert all(sentence.endswith((".", "?")) for sentence in said)


@given(flow_and_edit())
def test_only_an_edit_of_the_logic_changes_the_hash(drawn: tuple[Flow, Edit]) -> None:
    flow, edit = drawn
    try:
        changed = apply(flow, edit)
    except EditRefused:
        assume(False)

    assert touches_logic(edit) or flow_hash(changed) == flow_hash(flow)


@given(flow_and_edit())
def test_every_edit_is_put_into_words(drawn: tuple[Flow, Edit]) -> None:
    flow, edit = drawn
    try:
        apply(flow, edit)
    except EditRefused:
        assume(False)

    lines = describe(edit, flow).split("\n")

    assert all(line.endswith(".") for line in lines) or edit == Many(())


@given(flow_and_edit())
def test_an_edit_is_written_down_and_read_back(drawn: tuple[Flow, Edit]) -> None:
    _, edit = drawn

    again = msgspec.msgpack.decode(msgspec.msgpack.encode(edit), type=Edit)

    assert again == edit


# Blocks


def test_a_removed_block_takes_its_links_and_its_place_along() -> None:
    flow = apply(ORDERS, RemoveBlock("parse"))

    assert sorted(flow.blocks) == ["fetch", "total"]
    assert flow.links == {}
    assert flow.view == View(frames=ORDERS.view.frames, bookmarks=ORDERS.view.bookmarks)


def test_a_changed_id_keeps_links_and_place() -> None:
    flow = apply(ORDERS, ChangeId("parse", "read"))

    assert sorted(map(str, flow.links.values())) == [
        "fetch.value -> read.text",
        "read.value -> total.items",
    ]
    assert flow.blocks["read"] == Block("read", "data.parse_json", {"strict": True}, "Parse it")
    assert flow.view.positions == {"read": (10.0, 20.0)}
    assert flow.view.colours == {"read": "#4a7"}
    assert flow.view.exposed == {"read": ("strict",)}
    assert flow.view.routes == {
        "read.text": ((1.0, 2.0),),
        "total.items": ((3.0, 4.0), (5.0, 6.0)),
    }


def test_a_block_linked_to_itself_can_change_its_id() -> None:
    flow = Flow.of([Block("a", "x.y")], [("a.out", "a.in")])

    renamed = apply(flow, ChangeId("a", "b"))

    assert list(renamed.links.values()) == [link_between("b.out", "b.in")]


def test_fields_title_kind_and_settings_are_set_one_by_one() -> None:
    edits: list[Edit] = [
        SetField("parse", "depth", 3),
        ClearField("parse", "strict"),
        Rename("parse", ""),
        ChangeKind("parse", "data.parse_csv"),
        SetSettings("parse", Settings(time_limit=5)),
    ]

    flow = apply(ORDERS, together(edits))

    settings = Settings(time_limit=5)
    assert flow.blocks["parse"] == Block("parse", "data.parse_csv", {"depth": 3}, "", settings)


# Links


def test_a_link_is_only_replaced_when_the_edit_says_which() -> None:
    link = link_between("fetch.status", "total.items")

    with pytest.raises(EditRefused, match=r"total\.items has a link already, from parse\.value"):
        apply(ORDERS, Connect(link))
    flow = apply(ORDERS, Connect(link, replaces=ORDERS.links[link.target]))

    assert flow.links[link.target] == link


def test_a_link_takes_the_way_it_is_led_along() -> None:
    cut = Disconnect(End("parse", "text"))

    flow = apply(ORDERS, cut)

    assert "parse.text" not in flow.view.routes
    assert apply(flow, inverse(ORDERS, cut)) == ORDERS


def test_only_a_link_from_the_same_port_is_led_the_same_way() -> None:
    old = ORDERS.links[End("parse", "text")]
    converted, other = Link(old.source, old.target, "text"), link_between("total.v", "parse.text")

    assert "parse.text" in apply(ORDERS, Connect(converted, replaces=old)).view.routes
    assert "parse.text" not in apply(ORDERS, Connect(other, replaces=old)).view.routes


def test_a_link_that_is_gone_cannot_be_replaced() -> None:
    link, gone = link_between("a.b", "total.limit"), link_between("c.d", "total.limit")

    with pytest.raises(EditRefused, match="none can be replaced"):
        apply(ORDERS, Connect(link, replaces=gone))


# Embedded flows


def test_an_embedded_flow_is_edited_from_outside() -> None:
    flow = apply(ORDERS, Inside("body", SetField("item", "name", "order")))

    assert flow.flows["body"].blocks["item"].fields == {"name": "order"}
    assert ORDERS.flows["body"].blocks["item"].fields == {"name": "item"}


def test_moving_a_block_in_an_embedded_flow_is_no_change_of_logic() -> None:
    assert not touches_logic(Inside("body", MoveBlocks({"item": (1.0, 2.0)})))
    assert touches_logic(Many((MoveBlocks({}), Inside("body", Rename("item", "It")))))


def test_how_a_flow_is_drawn_is_no_logic() -> None:
    target = End("parse", "text")
    drawn: list[Edit] = [
        SetRoute(target, ((7.0, 8.0),)),
        SetExposed("total", ("by",)),
        SetBookmark("end", (900.0, 0.0, 0.5)),
        ClearBookmark("start"),
    ]

    flow = apply(ORDERS, together(drawn))

    assert flow.view.routes["parse.text"] == ((7.0, 8.0),)
    assert flow.view.exposed == {"parse": ("strict",), "total": ("by",)}
    assert flow.view.bookmarks == {"end": (900.0, 0.0, 0.5)}
    assert not any(map(touches_logic, drawn))


# What doesn't fit is refused, with the reason


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (RemoveBlock("prase"), "There is no block 'prase'. Did you mean 'parse'?"),
        (SetField("no", "x", 1), "There is no block 'no'."),
        (AddBlock(Block("parse", "x.y")), "There is a block 'parse' already."),
        (AddBlock(Block("a b", "x.y")), "'a b' can't be a block id."),
        (AddBlock(Block("a", "x.y", {"f": b""})), "a: field 'f' can't be a bytes."),
        (ChangeId("parse", "total"), "There is a block 'total' already."),
        (ChangeId("parse", "1"), "'1' can't be a block id."),
        (ClearField("parse", "strcit"), "isn't set. Did you mean 'strict'?"),
        (SetField("parse", "x", [{"y": {1}}]), "field 'x'[0]['y'] can't be a set. Use a list."),
        (SetField("parse", "x", float("inf")), "field 'x' is inf, no number that JSON knows."),
        (SetSettings("parse", Settings(pin={"v": b""})), "pinned output['v'] can't be a bytes."),
        (Disconnect(End("total", "limit")), "No link ends in total.limit."),
        (Connect(Link(End("a", "b c"), End("d", "e"))), "'b c' names no block or port."),
        (AddFlow("body", Flow()), "There is a flow 'body' already."),
        (AddFlow("a/b", Flow()), "'a/b' can't be the name of a flow."),
        (AddFlow("new", Flow.of([Block("a", "x.y", {"f": b""})])), "blocks.a.fields.f can't be"),
        (RemoveFlow("bdoy"), "There is no embedded flow 'bdoy'. Did you mean 'body'?"),
        (Inside("body", RemoveBlock("x")), "In the flow 'body': There is no block 'x'."),
        (Inside("lib/a.flow.json", Rename("item", "")), "is a file of its own. Open that file"),
        (MoveBlocks({"parse": (float("nan"), 0.0)}), "'parse' can't be moved to (nan, 0.0)."),
        (SetFrame("f", Frame("", 0, 0, float("inf"), 1)), "The frame 'f' can't be drawn there."),
        (ClearFrame("g"), "There is no frame 'g'."),
        (SetRoute(End("parse", "text"), ((0.0, float("inf")),)), "parse.text can't be led there."),
        (SetRoute(End("parse", "a b")), "'parse.a b' names no block or port."),
        (SetBookmark("here", (0.0, 0.0, 0.0)), "The bookmark 'here' can't be at"),
        (ClearBookmark("strat"), "There is no bookmark 'strat'. Did you mean 'start'?"),
        (Many((Rename("parse", "P"), RemoveBlock("no"))), "There is no block 'no'."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, msgspec.Struct) else "",
)
def test_an_edit_that_does_not_fit_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(EditRefused) as caught:
        apply(ORDERS, edit)

    assert message in str(caught.value)


def test_a_way_left_over_from_another_link_is_not_taken_over() -> None:
    view = View(routes={"b.in": ((1.0, 1.0),)})
    flow = Flow.of([Block("a", "x.y")], [("c.out", "a.in")], view=view)

    with pytest.raises(EditRefused, match="left over from another 'b'"):
        apply(flow, ChangeId("a", "b"))


def test_an_id_that_something_still_points_to_is_not_given_away() -> None:
    flow = Flow.of([Block("a", "x.y"), Block("c", "x.y")], [("gone.value", "c.text")])

    with pytest.raises(EditRefused, match="left over from another 'gone'"):
        apply(flow, ChangeId("a", "gone"))


# In words


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (AddBlock(Block("post", "http.request")), "post: added, a http.request."),
        (RemoveBlock("parse"), "parse: removed, a data.parse_json, with 2 links."),
        (ChangeId("parse", "read"), "read: the new id of parse."),
        (ChangeKind("total", "x.y"), "total: kind changed from data.aggregate to x.y."),
        (Rename("parse", "Read"), 'parse: title changed from "Parse it" to "Read".'),
        (SetField("parse", "strict", 1), "parse: field `strict` changed from True to 1."),
        (SetField("total", "by", ["a"]), 'total: field `by` set to ["a"].'),
        (ClearField("parse", "strict"), "parse: field `strict` cleared, it was True."),
        (
            SetSettings("parse", Settings(on_error="port", retry=Retry(2))),
            "parse: retry changed from nothing to "
            '{"attempts": 2, "delay": 0.5, "factor": 2.0, "l…, '
            'on_error changed from "stop" to "port".',
        ),
        (Connect(link_between("a.b", "c.d", "text")), "c.d: linked from a.b, as text."),
        (
            Connect(link_between("a.b", "total.items"), ORDERS.links[End("total", "items")]),
            "total.items: now from a.b, was from parse.value.",
        ),
        (Disconnect(End("parse", "text")), "parse.text: no longer linked, was from fetch.value."),
        (SetFlowText(name="Bills"), 'flow: name changed from "Orders" to "Bills".'),
        (AddFlow("new", BODY), "new: flow added, of 1 blocks."),
        (RemoveFlow("body"), "body: flow removed."),
        (Inside("body", RemoveBlock("item")), "body / item: removed, a flow.input."),
        (MoveBlocks(dict.fromkeys("abcde")), "a, b, c and 2 more: moved."),
        (SetColour("parse", ""), "parse: colour taken off."),
        (SetFrame("g", Frame("Out", 0, 0, 1, 1)), 'frame g: drawn, "Out".'),
        (ClearFrame("f"), "frame f: removed."),
        (SetRoute(End("parse", "text"), ((1.0, 1.0),)), "parse.text: link led through 1 point."),
        (SetRoute(End("parse", "text")), "parse.text: link led straight."),
        (SetExposed("total", ("by", "limit")), "total: shows `by`, `limit` as ports."),
        (SetExposed("parse"), "parse: shows only linked fields as ports."),
        (SetBookmark("end", (0.0, 0.0, 1.0)), "bookmark end: set."),
        (ClearBookmark("start"), "bookmark start: removed."),
        (Many((Rename("total", "T"), Rename("total", "U"))),
         'total: title changed from "" to "T".\ntotal: title changed from "T" to "U".'),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, msgspec.Struct) else "",
)  # fmt: skip
def test_an_edit_reads_as_a_sentence(edit: Edit, sentence: str) -> None:
    assert describe(edit, ORDERS) == sentence


def test_long_texts_are_shown_where_they_part() -> None:
    start: Any = "import json\n" * 10
    flow = apply(ORDERS, SetField("parse", "code", start + "one"))

    sentence = describe(SetField("parse", "code", start + "two"), flow)

    assert sentence.endswith(r'from "…import json\none" to "…import json\ntwo".')


# Speed


def test_clearing_a_large_canvas_and_bringing_it_back_takes_no_time() -> None:
    blocks = [Block(f"b{i}", "text.template") for i in range(5000)]
    links = [(f"b{i}.value", f"b{i + 1}.text") for i in range(4999)]
    flow = Flow.of(blocks, links)
    clear = Many(tuple(RemoveBlock(block.id) for block in blocks))

    start = time.process_time()
    back = apply(apply(flow, clear), inverse(flow, clear))
    seconds = time.process_time() - start

    assert back == flow
    assert seconds < 2.0  # 0.1 on a desk; a copy for each edit would take a minute
