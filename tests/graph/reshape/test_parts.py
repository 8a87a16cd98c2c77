"""What of a flow is needed for one block, and what new blocks are called."""

import pytest
from hypothesis import given

from graph.compile import check
from graph.edits import AddBlock, apply
from graph.errors import EditRefused
from graph.flow import NAME, Block, Flow, View
from graph.reshape import Names, as_name, fresh_id, upto
from tests.graph.reshape.world import CATALOG, outputs, runnable


@given(runnable())
def test_up_to_an_output_the_flow_gives_just_that_output(flow: Flow) -> None:
    part = upto(flow, "out_one")

    assert check(part, CATALOG) == []
    given = {name: 1 for name in ("x",) if name in part.blocks}
    assert outputs(part, given) == {"one": outputs(flow, {"x": 1})["one"]}


def test_what_comes_after_a_block_is_left_out_with_its_drawing() -> None:
    flow = Flow.of(
        [Block(id, "n.sum", {"a": 1}) for id in "abcd"],
        [("a.value", "b.a"), ("b.value", "c.a"), ("b.value", "d.a")],
        name="Sums",
        view=View({"a": (0.0, 0.0), "d": (0.0, 0.0)}, routes={"b.a": ((1.0, 1.0),), "d.a": ()}),
    )

    part = upto(flow, "b")

    assert set(part.blocks) == {"a", "b"}
    assert part.name == "Sums"
    assert part.view == View({"a": (0.0, 0.0)}, routes={"b.a": ((1.0, 1.0),)})


def test_inputs_that_an_expression_asks_for_are_needed() -> None:
    flow = Flow.of(
        [
            Block("who", "flow.input", {"name": "who"}),
            Block("say", "n.note", {"number": {"$expr": "inputs['who']"}}),
            Block("other", "n.sum", {"a": 1}),
        ]
    )

    assert set(upto(flow, "say").blocks) == {"who", "say"}
    assert set(upto(flow, "other").blocks) == {"other"}


def test_there_is_no_part_up_to_a_block_that_is_not_there() -> None:
    with pytest.raises(EditRefused, match="There is no block 'gone'"):
        upto(Flow(), "gone")


def test_new_blocks_are_called_after_their_kind_and_counted() -> None:
    flow = Flow()
    for _ in range(3):
        flow = apply(flow, AddBlock(Block(fresh_id(flow, "text.template"), "text.template")))

    assert list(flow.blocks) == ["template", "template_2", "template_3"]


def test_an_id_that_a_link_still_speaks_of_is_not_given_anew() -> None:
    flow = Flow.of([Block("a", "x.y")], [("template.value", "a.in")])

    assert fresh_id(flow, "text.template") == "template_2"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sum up, twice!", "Sum_up_twice"),
        ("Größe prüfen", "Große_prufen".replace("ß", "")),
        ("2nd", "_2nd"),
        ("漢字", "block"),
        ("", "block"),
        ("_kept", "_kept"),
    ],
)
def test_any_title_makes_a_name(text: str, name: str) -> None:
    assert as_name(text) == name
    assert NAME.match(as_name(text))


def test_numbers_go_on_from_the_one_that_is_there() -> None:
    names = Names({"a", "a_2", "b_7"})

    assert [names.fresh(name) for name in ("a", "a_2", "b_7", "c", "c")] == [
        "a_3",
        "a_4",
        "b_2",
        "c",
        "c_2",
    ]
