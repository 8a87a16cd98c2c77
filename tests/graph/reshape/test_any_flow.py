"""Whatever the flow, broken or not: a reshaping is an edit that fits, or is refused in words."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.compile import check
from graph.compile.fixes import fixes
from graph.edits import Edit, apply, inverse
from graph.errors import EditRefused
from graph.file_format import write
from graph.flow import Block, End, Flow, Link
from graph.layout import arranged
from graph.reshape import (
    collapse,
    connect,
    duplicate,
    expand,
    fragment,
    insert_on_link,
    paste,
    remove_keeping,
    upto,
)
from tests.graph.reshape.world import CATALOG
from tests.graph.strategies import edits_of, views
from tests.graph.strategies import flows as any_flows

names = st.sampled_from(["a", "b", "c", "parse", "fill", "fill_2", "gone"])
ports = st.sampled_from(["value", "text", "a", "b", "items", "flow", "error", "item"])
kinds = st.sampled_from(
    ["n.sum", "n.note", "text.join", "flow.call", "flow.input", "flow.output", "flow.note",
     "logic.for_each", "logic.merge_all", "logic.switch", "gone.kind"]
)  # fmt: skip
values = st.sampled_from(["inner", "a", "b", 1, None, ["a"], {"$expr": "a + 1"}])


@st.composite
def tangled(draw: st.DrawFn, levels: int = 1) -> Flow:
    """A flow of blocks that know each other's names, linked at random, circles and all."""
    ids = draw(st.lists(names, unique=True, max_size=6))
    fields = st.dictionaries(ports | st.sampled_from(["name", "body", "cases"]), values, max_size=3)
    blocks = [Block(id, draw(kinds), draw(fields)) for id in ids]
    ends = st.builds(End, names, ports)
    targets = draw(st.lists(ends, unique=True, max_size=8))
    links = [Link(draw(ends), target, draw(st.sampled_from(["", "text"]))) for target in targets]
    inner = {"inner": draw(tangled(levels - 1))} if levels and draw(st.booleans()) else {}
    return Flow.of(blocks, links, flows=inner, view=draw(views))


flows = tangled() | any_flows()
few = settings(max_examples=30)


def tried(flow: Flow, make: Callable[[], Edit]) -> Flow | None:
    """The flow with the edit, taken back without a trace; None when it is refused."""
    try:
        edit = make()
    except EditRefused:
        return None
    after = apply(flow, edit)
    assert write(apply(after, inverse(flow, edit))) == write(flow)
    write(after)
    return after


@few
@given(flows, st.sets(names))
def test_collapsing_and_expanding(flow: Flow, some: set[str]) -> None:
    if after := tried(flow, lambda: collapse(flow, some, CATALOG, "New part")):
        (call,) = after.blocks.keys() - flow.blocks.keys()
        assert tried(after, lambda: expand(after, call, CATALOG))


@few
@given(flows, names)
def test_expanding(flow: Flow, id: str) -> None:
    after = tried(flow, lambda: expand(flow, id, CATALOG))

    assert after is None or id not in after.blocks or after.blocks[id] != flow.blocks[id]


@few
@given(flows, st.sets(names), flows)
def test_copying_pasting_and_duplicating(flow: Flow, some: set[str], into: Flow) -> None:
    tried(flow, lambda: duplicate(flow, some, keep_inputs=True).edit)
    try:
        text = fragment(flow, some, CATALOG)
    except EditRefused:
        return
    assert tried(into, lambda: paste(into, text, (1.0, 2.0), CATALOG).edit)


@few
@given(flows, st.builds(End, names, ports), st.builds(End, names, ports))
def test_linking(flow: Flow, source: End, target: End) -> None:
    after = tried(flow, lambda: connect(flow, source, target, CATALOG))

    assert after is None or after.links[target].source == source


@few
@given(flows, st.data())
def test_putting_blocks_on_links_and_taking_them_off(flow: Flow, data: st.DataObject) -> None:
    target = data.draw(
        st.sampled_from(sorted(flow.links)) if flow.links else st.just(End("a", "b"))
    )
    block = Block(data.draw(names), data.draw(kinds))
    tried(flow, lambda: insert_on_link(flow, target, block, CATALOG))
    some = data.draw(st.sets(names))

    after = tried(flow, lambda: remove_keeping(flow, some, CATALOG))

    assert after
    assert after.blocks.keys() == flow.blocks.keys() - some


@few
@given(flows, names)
def test_taking_the_part_up_to_a_block(flow: Flow, id: str) -> None:
    if id in flow.blocks:
        write(upto(flow, id))


@few
@given(flows)
def test_arranging(flow: Flow) -> None:
    assert arranged(flow, {}).keys() == flow.blocks.keys()


@few
@given(tangled(), st.data())
def test_fixing(flow: Flow, data: st.DataObject) -> None:
    before = check(flow, CATALOG)
    for problem in before[:5]:
        for fix in fixes(problem, flow, CATALOG):
            after = tried(flow, lambda edit=fix.edit: edit)  # type: ignore[misc]
            assert after
            assert problem not in check(after, CATALOG), fix


@few
@given(any_flows(), st.data())
def test_fixing_a_problem_that_an_edit_has_changed_meanwhile(
    flow: Flow, data: st.DataObject
) -> None:
    problems = check(flow, CATALOG)[:5]
    edit = data.draw(edits_of(flow))
    try:
        flow = apply(flow, edit)
    except EditRefused:
        return

    for problem in problems:
        for fix in fixes(problem, flow, CATALOG):
            apply(flow, fix.edit)
