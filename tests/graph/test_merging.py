"""What two people changed comes together; where they clash, one is chosen fact by fact."""

from hypothesis import given
from hypothesis import strategies as st

from graph.diff import diff
from graph.edits import (
    AddBlock,
    Connect,
    Edit,
    Inside,
    MoveBlocks,
    RemoveBlock,
    Rename,
    SetField,
    SetFlowText,
    SetSettings,
    apply,
)
from graph.errors import EditRefused
from graph.flow import Block, Flow, Settings, link_between
from graph.merging import merge
from tests.graph.strategies import edits_of, flows

BASE = Flow.of(
    [
        Block("fetch", "http.get", {"url": "https://example.org"}),
        Block("fill", "text.template", {"text": "{a}"}),
        Block("out", "flow.output"),
    ],
    [("fetch.value", "fill.a"), ("fill.value", "out.value")],
    flows={"inner": Flow.of([Block("trim", "text.template")])},
)


def after(*edits: Edit) -> Flow:
    flow = BASE
    for edit in edits:
        flow = apply(flow, edit)
    return flow


def test_changes_of_different_things_come_together() -> None:
    mine = after(SetField("fill", "text", "mine {a}"), AddBlock(Block("mine", "text.template")))
    theirs = after(
        SetField("fetch", "url", "https://example.com"),
        Rename("fill", "Fill in"),
        SetFlowText(name="Named"),
        Inside("inner", Rename("trim", "Trim")),
    )

    merged = merge(BASE, mine, theirs)

    assert merged.clashes == ()
    assert merged.flow.blocks["fill"].fields == {"text": "mine {a}"}
    assert merged.flow.blocks["fill"].title == "Fill in"
    assert merged.flow.blocks["fetch"].fields == {"url": "https://example.com"}
    assert "mine" in merged.flow.blocks
    assert merged.flow.name == "Named"
    assert merged.flow.flows["inner"].blocks["trim"].title == "Trim"


def test_a_field_that_both_changed_is_to_be_chosen() -> None:
    mine = after(SetField("fill", "text", "mine"))
    theirs = after(SetField("fill", "text", "theirs"))

    [clash] = merge(BASE, mine, theirs).clashes

    assert (clash.what, clash.mine, clash.theirs) == ("fill: field text", '"mine"', '"theirs"')
    assert merge(BASE, mine, theirs).flow == mine
    assert merge(BASE, mine, theirs, {clash.fact}).flow == theirs


def test_the_same_change_by_both_is_no_clash() -> None:
    both = after(SetField("fill", "text", "same"), SetSettings("fill", Settings(parallel=2)))

    merged = merge(BASE, both, both)

    assert (merged.flow, merged.clashes) == (both, ())


def test_a_block_that_one_removed_and_one_changed_is_to_be_chosen_with_its_links() -> None:
    mine = after(SetField("fill", "text", "mine"))
    theirs = after(RemoveBlock("fill"))

    [clash] = merge(BASE, mine, theirs).clashes

    assert (clash.what, clash.mine, clash.theirs) == ("block fill", "changed", "removed")
    assert merge(BASE, mine, theirs).flow == mine
    assert merge(BASE, mine, theirs, {clash.fact}).flow == theirs


def test_a_block_that_one_removed_and_the_other_linked_anew_is_to_be_chosen() -> None:
    mine = after(
        AddBlock(Block("late", "text.template")), Connect(link_between("fill.value", "late.a"))
    )
    theirs = after(RemoveBlock("fill"))

    [clash] = merge(BASE, mine, theirs).clashes

    assert clash.fact == ("block", "fill")
    assert link_between("fill.value", "late.a") in merge(BASE, mine, theirs).flow.links.values()


def test_what_i_have_moved_stays_where_i_put_it() -> None:
    mine = after(MoveBlocks({"fill": (1, 1)}))
    theirs = after(MoveBlocks({"fill": (2, 2), "out": (3, 3)}))

    merged = merge(BASE, mine, theirs)

    assert merged.clashes == ()
    assert merged.flow.view.positions == {"fill": (1, 1), "out": (3, 3)}


def changed(data: st.DataObject, flow: Flow) -> Flow:
    for _ in range(data.draw(st.integers(0, 4))):
        try:
            flow = apply(flow, data.draw(edits_of(flow)))
        except EditRefused:
            continue
    return flow


@given(data=st.data(), base=flows())
def test_any_merge_leaves_the_side_that_changed_nothing(data: st.DataObject, base: Flow) -> None:
    theirs = changed(data, base)

    assert merge(base, base, theirs).clashes == ()
    assert diff(merge(base, base, theirs).flow, theirs) == ()
    assert diff(merge(base, theirs, base).flow, theirs) == ()
    assert diff(merge(base, theirs, theirs).flow, theirs) == ()


@given(data=st.data(), base=flows())
def test_any_clash_can_be_chosen_either_way(data: st.DataObject, base: Flow) -> None:
    mine, theirs = changed(data, base), changed(data, base)
    facts = [clash.fact for clash in merge(base, mine, theirs).clashes]
    taken = {fact for fact in facts if data.draw(st.booleans())}

    merged = merge(base, mine, theirs, taken)

    assert len(set(facts)) == len(facts)
    assert [clash.fact for clash in merged.clashes] == facts
    flow = mine
    for edit in diff(mine, merged.flow):
        flow = apply(flow, edit)
    assert diff(flow, merged.flow) == ()
