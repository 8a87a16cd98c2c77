"""Copied blocks are the text of a flow, which goes to a chat and back."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.compile import check
from graph.edits import apply
from graph.errors import EditRefused, FlowFileError
from graph.file_format import read, write
from graph.flow import Block, Flow, Frame, View
from graph.reshape import duplicate, fragment, paste
from tests.graph.reshape.world import CATALOG, changed, outputs, runnable, runnable_with_some
from tests.graph.strategies import flows, mutated

BODY = Flow.of(
    [Block("item", "flow.input", {"name": "item"}), Block("out", "flow.output")],
    [("item.value", "out.value")],
)
LOOP = Flow.of(
    [
        Block("list", "flow.constant", {"value": [1, 2]}, "A list"),
        Block("each", "logic.for_each", {"body": "body"}),
        Block("out", "flow.output"),
    ],
    [("list.value", "each.items"), ("each.value", "out.value")],
    flows={"body": BODY, "other": Flow()},
    view=View(
        positions={"list": (0.0, 0.0), "each": (300.0, 100.0), "out": (600.0, 0.0)},
        colours={"each": "#4a7"},
        frames={"f": Frame("Loop", -10.0, -10.0, 500.0, 300.0)},
        routes={"each.items": ((200.0, 50.0),), "out.value": ((500.0, 0.0),)},
        exposed={"each": ("parallel",)},
        bookmarks={"home": (0.0, 0.0, 1.0)},
    ),
)


# Copy


def test_what_is_copied_is_a_flow_file_of_these_blocks_and_what_they_use() -> None:
    copied = read(fragment(LOOP, {"list", "each"}, CATALOG))

    assert set(copied.blocks) == {"list", "each"}
    assert list(map(str, copied.links.values())) == ["list.value -> each.items"]
    assert set(copied.flows) == {"body"}
    assert copied.view == View(
        positions={"list": (0.0, 0.0), "each": (300.0, 100.0)},
        colours={"each": "#4a7"},
        frames=LOOP.view.frames,
        routes={"each.items": ((200.0, 50.0),)},
        exposed={"each": ("parallel",)},
    )


def test_flows_that_the_used_flows_use_come_along() -> None:
    outer = Flow(flows={"shared": BODY})
    body = Flow.of([Block("call", "flow.call", {"flow": "shared"})])
    level = msgspec.structs.replace(LOOP, flows={"body": body})

    copied = read(fragment(level, {"each"}, CATALOG, (outer,)))

    assert copied.flows == {"body": body, "shared": BODY}


def test_different_flows_of_one_name_are_not_mixed_up() -> None:
    outer = Flow(
        flows={"shared": BODY, "body": Flow.of([Block("c", "flow.call", {"flow": "shared"})])}
    )
    level = Flow.of(
        [
            Block("each", "logic.for_each", {"body": "body"}),
            Block("c", "flow.call", {"flow": "shared"}),
        ],
        flows={"shared": Flow()},
    )

    with pytest.raises(EditRefused, match="Two different flows called 'shared' are used"):
        fragment(level, level.blocks, CATALOG, (outer,))


def test_nothing_can_be_copied_of_nothing() -> None:
    with pytest.raises(EditRefused, match="nothing to copy"):
        fragment(LOOP, {"gone"}, CATALOG)


# Paste


@given(runnable_with_some(), runnable())
def test_what_is_pasted_is_what_was_copied(drawn: tuple[Flow, set[str]], into: Flow) -> None:
    flow, some = drawn
    text = fragment(flow, some, CATALOG)

    edit, ids = paste(into, text, None, CATALOG)

    pasted, back = changed(into, edit), read(text)
    assert set(ids).isdisjoint(into.blocks)
    assert pasted.blocks.keys() == into.blocks.keys() | set(ids)
    again = fragment(pasted, ids, CATALOG)
    assert len(read(again).links) == len(back.links)
    assert sorted(b.kind for b in read(again).blocks.values()) == sorted(
        b.kind for b in back.blocks.values()
    )


@given(runnable())
def test_a_whole_flow_pasted_into_an_empty_one_is_that_flow(flow: Flow) -> None:
    edit, ids = paste(Flow(), write(flow), None, CATALOG)

    pasted = apply(Flow(), edit)
    assert pasted.blocks == flow.blocks
    assert pasted.links == flow.links
    assert set(ids) == set(flow.blocks)


@given(flows(), st.data())
def test_whatever_is_pasted_is_an_edit_or_a_clear_error(flow: Flow, data: st.DataObject) -> None:
    text = data.draw(mutated(write(flow).encode())).decode(errors="replace")

    try:
        edit, _ = paste(LOOP, text, (5.0, 5.0), CATALOG)
    except (FlowFileError, EditRefused):
        return

    changed(LOOP, edit)


def test_pasted_blocks_get_free_ids_and_stand_where_they_are_put() -> None:
    text = fragment(LOOP, {"list", "each"}, CATALOG)

    edit, ids = paste(LOOP, text, (1000.0, 500.0), CATALOG)

    flow = changed(LOOP, edit)
    assert ids == ("each_2", "list_2")
    assert "list_2.value -> each_2.items" in map(str, flow.links.values())
    assert flow.view.positions["list_2"] == (1010.0, 510.0)
    assert flow.view.positions["each_2"] == (1310.0, 610.0)
    assert flow.view.routes["each_2.items"] == ((1210.0, 560.0),)
    assert flow.view.frames["f_2"] == Frame("Loop", 1000.0, 500.0, 500.0, 300.0)
    assert flow.view.colours["each_2"] == "#4a7"
    assert flow.view.exposed["each_2"] == ("parallel",)


def test_a_flow_that_is_here_already_is_used_and_another_of_that_name_is_added() -> None:
    text = fragment(LOOP, {"each"}, CATALOG)
    other = msgspec.structs.replace(LOOP, flows={"body": Flow(description="Quite another")})

    same = changed(LOOP, paste(LOOP, text, None, CATALOG).edit)
    added = changed(other, paste(other, text, None, CATALOG).edit)

    assert same.flows == LOOP.flows
    assert same.blocks["each_2"].fields == {"body": "body"}
    assert added.flows["body_2"] == BODY
    assert added.blocks["each_2"].fields == {"body": "body_2"}


def test_a_flow_that_uses_another_one_here_is_another_flow() -> None:
    uses = Flow.of([Block("c", "flow.call", {"flow": "deep"})])
    copied = Flow.of(
        [Block("call", "flow.call", {"flow": "uses"})],
        flows={"uses": uses, "deep": Flow(description="mine")},
    )
    here = Flow(flows={"uses": uses, "deep": Flow(description="yours")})

    pasted = changed(here, paste(here, fragment(copied, ["call"], CATALOG), None, CATALOG).edit)

    assert pasted.blocks["call"].fields == {"flow": "uses_2"}
    assert pasted.flows["uses_2"].blocks["c"].fields == {"flow": "deep_2"}
    assert pasted.flows["deep_2"].description == "mine"


def test_a_pasted_output_is_called_as_no_other() -> None:
    pasted = changed(LOOP, paste(LOOP, fragment(LOOP, LOOP.blocks, CATALOG), None, CATALOG).edit)

    assert check(pasted, CATALOG) == []
    assert outputs(pasted) == {"result": [1, 2], "result_2": [1, 2]}


def test_blocks_without_places_are_arranged() -> None:
    flow = msgspec.structs.replace(LOOP, view=View())

    pasted = changed(Flow(), paste(Flow(), write(flow), (50.0, 50.0), CATALOG).edit)

    xs = [pasted.view.positions[id][0] for id in ("list", "each", "out")]
    assert xs == sorted(set(xs))
    assert min(xs) == 50.0


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Here is your flow:\n\n```json\n{}\n```\nIt loops.",
        "```\n{}```",
        "Sure! {} Enjoy.",
        "\ufeff\n\n  {}\n",
    ],
)
def test_the_words_of_a_chat_around_a_flow_do_no_harm(around: str) -> None:
    text = around.replace("{}", fragment(LOOP, {"list"}, CATALOG))

    assert paste(Flow(), text, None, CATALOG).ids == ("list",)


def test_a_flow_that_does_not_say_its_format_is_taken_as_of_today() -> None:
    tree = json.loads(fragment(LOOP, {"list"}, CATALOG))
    del tree["heddle"]

    assert paste(Flow(), json.dumps(tree), None, CATALOG).ids == ("list",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The pasted text is empty"),
        ("Good morning", "The pasted text, line 1, column 1: a value is missing here"),
        ('{"a": 1}', "doesn't say which format it has"),
        ('{"heddle": 1, "blocks": {"a": {}}}', "blocks.a has no 'kind'"),
        ('{"heddle": 1}', "no blocks in the pasted text"),
        ('{"heddle": 99}', "Update Heddle"),
    ],
)
def test_what_is_no_flow_is_said_to_be_none(text: str, message: str) -> None:
    with pytest.raises((FlowFileError, EditRefused)) as caught:
        paste(LOOP, text, None, CATALOG)

    assert message in str(caught.value)


# Duplicate


def test_duplicates_stand_beside_the_first_ones_and_use_the_same_flows() -> None:
    edit, ids = duplicate(LOOP, ["each"])

    flow = changed(LOOP, edit)
    assert ids == ("each_2",)
    assert flow.blocks["each_2"] == Block("each_2", "logic.for_each", {"body": "body"})
    assert flow.view.positions["each_2"] == (340.0, 140.0)
    assert flow.flows == LOOP.flows
    assert len(flow.links) == len(LOOP.links)


def test_duplicates_may_be_fed_like_the_first_ones() -> None:
    flow = changed(LOOP, duplicate(LOOP, ["each", "out"], keep_inputs=True).edit)

    assert "list.value -> each_2.items" in map(str, flow.links.values())
    assert outputs(flow) == {"result": [1, 2], "result_2": [1, 2]}


def test_duplicates_of_duplicates_are_counted_on() -> None:
    flow = LOOP
    for _ in range(3):
        flow = apply(flow, duplicate(flow, ["list"]).edit)

    assert [id for id in flow.blocks if id.startswith("list")] == [
        "list",
        "list_2",
        "list_3",
        "list_4",
    ]
