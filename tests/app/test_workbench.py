"""The workbench: what of an open flow is shown, selected, wrong and run."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.presenters.live_run import LiveRun
from app.workbench import Workbench
from graph.catalog import Catalog
from graph.edits import AddBlock, RemoveBlock, RemoveFlow, Rename
from graph.flow import Block, End, Flow
from runtime.plugins import installed

BODY = Flow.of([Block("inner", "text.case"), Block("deep", "flow.call", {"flow": "deeper"})])
DEEPER = Flow.of([Block("bottom", "text.case")])
FLOW = Flow.of(
    [Block("a", "flow.constant", {"value": 1}), Block("b", "text.template", {"text": "{a}"}),
     Block("call", "flow.call", {"flow": "body"})],
    [("a.value", "b.a")],
    flows={"body": BODY, "deeper": DEEPER},
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return installed().catalog


@pytest.fixture
def bench(qtbot: QtBot, catalog: Catalog) -> Workbench:
    return Workbench(Document(FLOW), catalog)


def test_selecting_tells_only_when_it_is_another_selection(bench: Workbench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.selection_changed):
        bench.select(["a"], links=[End("b", "a")])

    with qtbot.assertNotEmitted(bench.selection_changed):
        bench.select(["a"], links=[End("b", "a")])


def test_what_is_removed_is_no_longer_selected(bench: Workbench) -> None:
    bench.select(["a", "b"], links=[End("b", "a")])

    bench.do(RemoveBlock("a"))

    assert bench.selected == {"b"}
    assert bench.selected_links == frozenset()


def test_an_edit_that_does_not_fit_is_refused_in_words(bench: Workbench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.refused) as told:
        done = bench.do(Rename("gone", "x"))

    assert not done
    assert "no block 'gone'" in told.args[0]


def test_a_sub_flow_is_entered_edited_and_left(bench: Workbench) -> None:
    bench.enter("body", "call")
    bench.do(Rename("inner", "Shout"))

    assert bench.level == ("body",)
    assert bench.address("inner") == "call/inner"
    assert bench.document.flow.flows["body"].blocks["inner"].title == "Shout"

    bench.leave()
    assert bench.level == ()


def test_leaving_goes_back_to_where_one_came_from(bench: Workbench) -> None:
    """`deeper` stands outermost, though it was entered from inside `body`."""
    bench.enter("body", "call")
    bench.enter("deeper", "deep")
    assert (bench.level, bench.address("bottom")) == (("deeper",), "call/deep/bottom")

    bench.leave()

    assert (bench.level, bench.blocks_into) == (("body",), ("call",))


def test_undo_shows_where_something_was_undone(bench: Workbench) -> None:
    bench.enter("body", "call")
    bench.do(Rename("inner", "Shout"))
    bench.leave()

    bench.undo()

    assert bench.level == ("body",)


def test_a_level_that_is_gone_is_left(bench: Workbench) -> None:
    bench.enter("body", "call")

    bench.document.do(RemoveFlow("body"))

    assert bench.level == ()


def test_problems_are_found_after_an_edit_and_stand_on_their_block(
    bench: Workbench, qtbot: QtBot
) -> None:
    bench.check_now()
    with qtbot.waitSignal(bench.problems_changed):
        bench.do(AddBlock(Block("odd", "no.such_kind")))

    assert [problem.code for problem in bench.problems_here()["odd"]] == ["unknown-kind"]


def test_the_title_is_that_of_the_file_or_of_the_flow(qtbot: QtBot, catalog: Catalog) -> None:
    named = Workbench(Document(Flow(name="Orders")), catalog)
    filed = Workbench(Document(FLOW), catalog, Path("orders.flow.json"))

    assert (named.title, filed.title) == ("Orders", "orders")
    assert Workbench(Document(Flow()), catalog).title == "Untitled"


def test_a_moment_of_the_past_is_shown_in_place_of_the_run(bench: Workbench, qtbot: QtBot) -> None:
    run, moment = LiveRun("r"), LiveRun("r")
    bench.watch(run)

    with qtbot.waitSignal(bench.moment_changed):
        bench.show_moment(moment, frozenset({"call"}))
    assert (bench.run, bench.live) == (moment, run)

    bench.watch(run)  # as it was read again
    assert bench.run is moment

    with qtbot.waitSignal(bench.moment_changed):
        bench.show_moment(None)
    assert bench.run is run


def test_another_run_is_shown_as_it_is_now(bench: Workbench) -> None:
    bench.watch(LiveRun("r"))
    bench.show_moment(LiveRun("r"))

    bench.watch(other := LiveRun("other"))

    assert (bench.run, bench.moment) == (other, None)
