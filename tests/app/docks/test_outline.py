"""The outline: the flow as a tree that follows every change, and is read aloud."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.docks.outline import Outline
from app.docks.outline_model import STATE, OutlineModel
from app.document import Document
from app.presenters.live_run import LiveRun
from app.presenters.outline import Place
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench
from graph.edits import AddBlock, ChangeId, Connect, RemoveBlock, Rename, SetField
from graph.flow import Block, Flow, link_between
from runtime.events import RunStarted, TaskFinished, TaskStarted

BODY = Flow.of(
    [Block("item", "flow.input", {"name": "item"}), Block("upper", "text.case"),
     Block("out", "flow.output")],
    [("item.value", "upper.text"), ("upper.value", "out.value")],
)  # fmt: skip
FLOW = Flow.of(
    [Block("last", "flow.output", {"name": "names"}),
     Block("each", "logic.for_each", {"body": "shout"}, title="Shout all"),
     Block("names", "flow.input", {"name": "names", "type": "list"}, title="Names")],
    [("names.value", "each.items"), ("each.value", "last.value")],
    flows={"shout": BODY},
)  # fmt: skip


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    made = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(made)
    return made


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio, bench: Workbench) -> Outline:
    made = Outline(studio)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def model(dock: Outline) -> OutlineModel:
    assert dock.model is not None
    return dock.model


def titles(model: OutlineModel, parent: QModelIndex = QModelIndex()) -> list[str]:
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def spoken(model: OutlineModel, place: Place) -> str:
    return model.index_of(place).data(Qt.ItemDataRole.AccessibleTextRole)


def test_blocks_stand_in_the_order_of_the_links(model: OutlineModel) -> None:
    assert titles(model) == ["Names", "Shout all", "Output"]


def test_the_flow_a_block_runs_is_below_it(model: OutlineModel) -> None:
    loop = model.index(1, 0)
    model.fetchMore(loop)

    assert titles(model, loop) == ["Input", "Change case", "Output"]
    assert model.place(model.index(1, 0, loop)) == Place(("each",), ("shout",), "upper")


def test_a_layout_that_changes_is_announced(
    bench: Workbench, dock: Outline, model: OutlineModel
) -> None:
    bench.select(("each",))
    told = list[str]()
    model.layoutAboutToBeChanged.connect(lambda *_: told.append("about to be changed"))
    model.layoutChanged.connect(lambda *_: told.append("changed"))

    bench.do(SetField("each", "parallel", 3))
    model.catch_up()
    bench.select(())

    assert told == ["about to be changed", "changed"]
    assert not dock.tree.selectionModel().hasSelection()


def test_a_row_says_all_there_is_to_know(bench: Workbench, model: OutlineModel) -> None:
    run = LiveRun("r")
    run.take([
        RunStarted(run="r", seq=1, at=1.0, flow="f"),
        TaskStarted(run="r", seq=2, at=1.0, task="names"),
        TaskFinished(run="r", seq=3, at=1.25, task="names", started=1.0, outputs={"value": []}),
    ])  # fmt: skip
    bench.watch(run)

    assert spoken(model, Place((), (), "names")) == "Names, flow.input, done 250 ms"
    assert spoken(model, Place((), (), "each")) == "Shout all, logic.for_each, links from Names"


def test_a_row_that_is_out_of_date_says_so_in_place_of_its_time(
    bench: Workbench, model: OutlineModel
) -> None:
    run = LiveRun("r")
    run.take([
        RunStarted("r", 1, 0.0, "f"), TaskFinished("r", 2, 2.0, "each", 1.0, {"value": []}),
    ])  # fmt: skip
    bench.watch(run)
    bench.mark_stale(frozenset({"each", "last"}))
    at = model.index_of(Place((), (), "each"))

    state = at.siblingAtColumn(STATE)

    assert state.data() == "out of date"
    assert state.data(Qt.ItemDataRole.ForegroundRole) == QColor(current().warning)
    assert "out of date" in at.data(Qt.ItemDataRole.AccessibleTextRole)
    last = model.index_of(Place((), (), "last"))
    assert not last.siblingAtColumn(STATE).data()


def test_problems_are_counted_and_spoken(bench: Workbench, model: OutlineModel) -> None:
    bench.do(AddBlock(Block("bad", "text.template")))
    model.catch_up()
    bench.check_now()

    index = model.index_of(Place((), (), "bad"))

    assert index.siblingAtColumn(STATE).data() == "1 problem"
    assert "problem: " in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_rows_come_and_go_and_change_one_by_one(
    bench: Workbench, model: OutlineModel, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(model.modelReset):
        bench.do(
            AddBlock(Block("extra", "text.case")),
            Connect(link_between("names.value", "extra.text")),
        )
        model.catch_up()
        assert titles(model) == ["Names", "Shout all", "Output", "Change case"]

        bench.do(Rename("extra", "Whisper"), RemoveBlock("each"))
        model.catch_up()
        assert sorted(titles(model)) == ["Names", "Output", "Whisper"]

        bench.undo()
        bench.do(ChangeId("extra", "other"))
        model.catch_up()
        assert titles(model) == ["Names", "Shout all", "Output", "Change case"]


def test_an_edit_inside_a_sub_flow_shows_there(bench: Workbench, model: OutlineModel) -> None:
    model.fetchMore(model.index(1, 0))

    bench.enter("shout", "each")
    bench.do(Rename("upper", "Louder"))
    model.catch_up()

    assert titles(model, model.index(1, 0)) == ["Input", "Louder", "Output"]


def test_another_body_brings_other_rows(bench: Workbench, model: OutlineModel) -> None:
    model.fetchMore(model.index(1, 0))

    bench.do(SetField("each", "body", "gone"))
    model.catch_up()

    assert model.rowCount(model.index(1, 0)) == 0
    assert not model.hasChildren(model.index(1, 0))


def test_a_flow_that_uses_itself_ends(studio: Studio, qtbot: QtBot) -> None:
    inner = Flow.of([Block("again", "flow.call", {"flow": "loop"})])
    flow = Flow.of([Block("call", "flow.call", {"flow": "loop"})], flows={"loop": inner})
    bench = Workbench(Document(flow), studio.catalog)
    model = OutlineModel(bench, bench)

    model.fetch_levels()

    again = model.index_of(Place(("call",), ("loop",), "again"))
    assert again.isValid()
    assert not model.hasChildren(again)


def test_what_is_selected_on_the_canvas_is_selected_here(
    bench: Workbench, dock: Outline, model: OutlineModel
) -> None:
    bench.enter("shout", "each")
    bench.select(["upper"])

    rows = dock.tree.selectionModel().selectedRows()
    assert [row.data() for row in rows] == ["Change case"]
    assert dock.tree.isExpanded(rows[0].parent())


def test_a_level_reached_without_a_way_in_is_found(
    bench: Workbench, dock: Outline, model: OutlineModel
) -> None:
    bench.go_to("upper", ("shout",))

    assert [row.data() for row in dock.tree.selectionModel().selectedRows()] == ["Change case"]


def test_what_is_selected_here_is_selected_on_the_canvas(
    bench: Workbench, dock: Outline, model: OutlineModel, qtbot: QtBot
) -> None:
    dock.tree.expandAll()

    dock.tree.setFocus()
    dock.tree.setCurrentIndex(dock.tree.model().index(0, 0))
    for _ in range(3):
        qtbot.keyClick(dock.tree, Qt.Key.Key_Down)

    assert (bench.level, bench.blocks_into, bench.selected) == (("shout",), ("each",), {"upper"})
    assert bench.address("upper") == "each/upper"


def test_filtering_finds_blocks_inside_of_others(dock: Outline, model: OutlineModel) -> None:
    dock.filter.setText("case")

    shown = dock.tree.model()
    assert [shown.index(row, 0).data() for row in range(shown.rowCount())] == ["Shout all"]
    assert shown.index(0, 0, shown.index(0, 0)).data() == "Change case"


def test_the_tree_never_contradicts_itself(studio: Studio, qtmodeltester: ModelTester) -> None:
    bench = Workbench(Document(BODY), studio.catalog)
    model = OutlineModel(bench, bench)
    qtmodeltester.check(model)

    for edit in (AddBlock(Block("a", "text.case")), Connect(link_between("item.value", "a.text")),
                 ChangeId("upper", "b"), RemoveBlock("item"), Rename("b", "B")):  # fmt: skip
        bench.do(edit)
        model.catch_up()
    for _ in range(5):
        bench.undo()
        model.catch_up()

    assert titles(model) == ["Input", "Change case", "Output"]


def test_the_outline_of_a_flow_that_was_left_hears_of_it_no_more(
    studio: Studio, dock: Outline, bench: Workbench, qtbot: QtBot
) -> None:
    before = dock.model
    assert before is not None
    other = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(other)
    with qtbot.waitSignal(before.destroyed):
        studio.workspace.show(other)

    bench.do(Rename("each", "Whisper all"))

    studio.workspace.show(bench)
    assert titles(dock.model or before) == ["Names", "Whisper all", "Output"]


def test_thousands_of_blocks_are_told_apart_one_by_one(studio: Studio, qtbot: QtBot) -> None:
    many = Flow.of([Block(f"b{n}", "text.case") for n in range(5000)])
    bench = Workbench(Document(many), studio.catalog)
    model = OutlineModel(bench, bench)

    with qtbot.waitSignal(model.rowsRemoved) as removed:
        bench.do(RemoveBlock("b2500"))
        model.catch_up()

    assert removed.args[1:] == [2500, 2500]
    assert model.rowCount() == 4999
