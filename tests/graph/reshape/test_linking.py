"""Which links may be made, as what, and which ports suit one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.compile import check
from graph.compile.order import cycle_in
from graph.compile.ports import Level, Ports, ports_of
from graph.edits import Connect, Edit, Many, apply
from graph.errors import EditRefused
from graph.flow import Block, End, Flow, Settings, end, link_between
from graph.reshape import (
    connect,
    insert_on_link,
    link_check,
    link_problem,
    remove_keeping,
)
from graph.reshape.choices import best_input, best_output
from graph.values import LIST, NUMBER, TEXT, Fit, ValueType
from tests.graph.reshape.world import CATALOG, changed, outputs, runnable, runnable_with_some

FLOW = Flow.of(
    [
        Block("words", "text.split", {"text": "a b"}),
        Block("joined", "text.join", {"items": []}),
        Block("number", "n.sum", {"a": 1}),
        Block("note", "n.note", {"number": 1}),
        Block("merged", "logic.merge_all"),
        Block("strange", "gone.kind"),
        Block("each", "n.note", {"number": []}, settings=Settings(each="number")),
    ],
    [("words.value", "joined.items"), ("joined.value", "merged.text")],
)


def problem(source: str, target: str) -> Fit:
    return link_problem(FLOW, end(source), end(target), CATALOG)


# May it be made?


def test_what_fits_may_be_linked() -> None:
    assert problem("number.value", "note.number") == Fit(True)
    assert problem("words.value", "joined.items") == Fit(True), "also once more"
    assert problem("number.value", "merged.anything") == Fit(True), "its inputs are named freely"
    assert problem("words.value", "each.number") == Fit(True), "it takes one item after another"


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("number.value", "number.b", "a block can't be linked to itself."),
        ("merged.value", "words.text", "the blocks would run in a circle."),
        ("joined.value", "words.text", "the blocks would run in a circle."),
        ("words.value", "number.b", "it takes number, not list of text."),
        ("words.vlaue", "note.label", "words has no output 'vlaue'. Did you mean 'value'?"),
        ("words.value", "note.lable", "note has no input 'lable'. Did you mean 'label'?"),
        ("strange.value", "note.label", "nothing is known of the block 'strange'."),
        ("number.value", "gone.label", "nothing is known of the block 'gone'."),
    ],
)
def test_what_may_not_be_linked_says_why(source: str, target: str, reason: str) -> None:
    verdict = problem(source, target)

    assert not verdict.fits
    assert verdict.reason == reason


def test_a_conversion_is_offered_where_there_is_one() -> None:
    assert problem("number.value", "note.label").convert == "text"


@given(runnable(), st.data())
def test_both_ends_say_the_same_and_what_they_allow_runs(flow: Flow, data: st.DataObject) -> None:
    ids = st.sampled_from(sorted(flow.blocks))
    source, target = (
        End(data.draw(ids), "value"),
        End(data.draw(ids), data.draw(st.sampled_from("ab"))),
    )

    forth = link_check(flow, source, "output", CATALOG)(target)
    back = link_check(flow, target, "input", CATALOG)(source)

    assert forth == back
    try:
        linked = changed(flow, connect(flow, source, target, CATALOG))
    except EditRefused:
        assert not forth.fits
        assert not forth.convert
    else:
        assert check(linked, CATALOG) == []


# Connect


def test_a_link_replaces_the_one_that_was_there() -> None:
    edit = connect(FLOW, end("number.value"), end("merged.text"), CATALOG)

    assert edit == Connect(
        link_between("number.value", "merged.text"),
        replaces=link_between("joined.value", "merged.text"),
    )
    assert str(changed(FLOW, edit).links[end("merged.text")].source) == "number.value"


def test_a_link_converts_what_would_not_fit() -> None:
    edit = connect(FLOW, end("number.value"), end("note.label"), CATALOG)

    assert edit == Connect(link_between("number.value", "note.label", "text"))


def test_a_link_that_is_there_is_no_change() -> None:
    assert connect(FLOW, end("words.value"), end("joined.items"), CATALOG) == Many(())


def test_a_link_that_cannot_be_is_refused_with_the_reason() -> None:
    with pytest.raises(EditRefused) as caught:
        connect(FLOW, end("words.value"), end("number.b"), CATALOG)

    assert (
        str(caught.value)
        == "words.value can't be linked to number.b: it takes number, not list of text."
    )


# Which port suits


def ports(kind: str) -> Ports:
    return ports_of(Block("new", kind), CATALOG.spec(kind), Level(Flow(), CATALOG))


def input_for(kind: str, carried: ValueType) -> str:
    found = best_input(CATALOG.spec(kind), ports(kind), carried)
    return found[1] if found else ""


def test_a_list_goes_where_lists_are_taken() -> None:
    assert input_for("text.join", LIST) == "items"
    assert input_for("n.sum", LIST) == ""


def test_a_main_input_comes_before_a_setting_that_happens_to_fit() -> None:
    assert input_for("n.note", TEXT) == "label"
    assert input_for("logic.if", TEXT) == "condition"


def test_a_template_that_is_still_empty_is_offered_a_value_and_no_text() -> None:
    assert input_for("text.template", TEXT) == "value"


def test_an_output_that_surely_fits_suits_better_than_one_to_be_converted() -> None:
    sure, converted = (best_output(ports(kind), NUMBER) for kind in ("n.sum", "n.note"))

    assert sure is not None
    assert converted is not None
    assert sure < converted


# A block on a link


def test_a_block_goes_on_a_link_by_its_fitting_ports() -> None:
    flow = changed(FLOW, insert_on_link(FLOW, end("merged.text"), Block("new", "n.note"), CATALOG))

    assert str(flow.links[end("new.label")]) == "joined.value -> new.label"
    assert str(flow.links[end("merged.text")]) == "new.value -> merged.text"


def test_a_link_goes_into_the_place_that_a_text_has_for_it() -> None:
    greeting = Block("new", "text.template", {"text": "Dear {name},"})

    flow = changed(FLOW, insert_on_link(FLOW, end("merged.text"), greeting, CATALOG))

    assert str(flow.links[end("new.name")]) == "joined.value -> new.name"


def test_a_block_of_the_flow_goes_on_a_link_too() -> None:
    edit = insert_on_link(FLOW, end("merged.text"), FLOW.blocks["note"], CATALOG)

    assert set(changed(FLOW, edit).blocks) == set(FLOW.blocks)


def test_links_through_a_block_convert_where_they_must() -> None:
    flow = Flow.of(
        [Block("n", "n.sum", {"a": 1}), Block("say", "n.note", {"number": 0})],
        [link_between("n.value", "say.label", "text")],
    )

    inserted = changed(
        flow, insert_on_link(flow, end("say.label"), Block("more", "n.sum"), CATALOG)
    )

    assert sorted(map(str, inserted.links.values())) == [
        "more.value -> say.label as text",
        "n.value -> more.a",
    ]


@pytest.mark.parametrize(
    ("target", "block", "message"),
    [
        ("merged.gone", Block("new", "n.note"), "No link ends in merged.gone."),
        ("merged.text", Block("new", "flow.input"), "new has no free input that takes text."),
        ("joined.items", Block("new", "n.sum"), "new has no free input that takes list of text."),
        ("merged.text", Block("new", "logic.fail"), "new gives nothing that fits merged.text"),
        ("merged.text", FLOW.blocks["joined"], "joined is at an end of that link already."),
        ("merged.text", FLOW.blocks["words"], "the blocks would run in a circle."),
    ],
)
def test_a_block_that_does_not_fit_a_link_is_refused(
    target: str, block: Block, message: str
) -> None:
    with pytest.raises(EditRefused) as caught:
        insert_on_link(FLOW, end(target), block, CATALOG)

    assert message in str(caught.value)


# Blocks taken off a link


def test_what_a_block_stood_between_is_linked_again() -> None:
    flow = changed(FLOW, insert_on_link(FLOW, end("merged.text"), Block("new", "n.note"), CATALOG))

    healed = changed(flow, remove_keeping(flow, ["new"], CATALOG))

    assert healed.links == FLOW.links


def test_several_blocks_in_a_row_are_taken_out_at_once() -> None:
    flow = Flow.of(
        [
            Block("x", "flow.input", {"name": "x", "type": "number"}),
            Block("a", "n.sum"),
            Block("b", "n.sum"),
            Block("say", "n.note"),
        ],
        [("x.value", "a.a"), ("a.value", "b.a"), ("b.value", "say.number")],
    )

    healed = changed(flow, remove_keeping(flow, ["a", "b"], CATALOG))

    assert list(map(str, healed.links.values())) == ["x.value -> say.number"]


def test_the_main_input_is_the_one_that_is_led_on() -> None:
    flow = Flow.of(
        [
            Block("x", "flow.constant"),
            Block("y", "flow.constant"),
            Block("sum", "n.sum"),
            Block("out", "flow.output"),
        ],
        [("y.value", "sum.b"), ("x.value", "sum.a"), ("sum.value", "out.value")],
    )

    healed = changed(flow, remove_keeping(flow, ["sum"], CATALOG))

    assert list(map(str, healed.links.values())) == ["x.value -> out.value"]


def test_no_link_is_made_where_nothing_fits() -> None:
    flow = Flow.of(
        [Block("words", "text.split"), Block("n", "n.count"), Block("sum", "n.sum")],
        [("words.value", "n.items"), ("n.value", "sum.a")],
    )

    assert changed(flow, remove_keeping(flow, ["n"], CATALOG)).links == {}


@given(runnable_with_some())
def test_what_is_left_has_no_new_problem(drawn: tuple[Flow, set[str]]) -> None:
    flow, some = drawn

    healed = changed(flow, remove_keeping(flow, some, CATALOG))

    assert healed.blocks.keys() == flow.blocks.keys() - some
    codes = {problem.code for problem in check(healed, CATALOG)}
    assert codes <= {"missing"}
    after: dict[str, list[str]] = {id: [] for id in healed.blocks}
    for link in healed.links.values():
        after[link.source.block].append(link.target.block)
    assert cycle_in(after) == []
    assert outputs(flow, {"x": 1}).keys() == {"one", "two"}


def test_an_unknown_block_is_taken_out_all_the_same() -> None:
    flow = Flow.of(
        [Block("x", "flow.constant"), Block("s", "gone.kind"), Block("out", "flow.output")],
        [("x.value", "s.in"), ("s.value", "out.value")],
    )

    edit: Edit = remove_keeping(flow, ["s"], CATALOG)

    assert list(map(str, apply(flow, edit).links.values())) == ["x.value -> out.value"]
