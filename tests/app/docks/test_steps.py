"""The history: what was done, where one is in it, and the way back."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.docks.steps import Steps, StepsModel
from app.document import Document
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import AddBlock, Connect, RemoveBlock, Rename, SetField
from graph.flow import Block, Flow, link_between

FLOW = Flow.of(
    [Block("a", "flow.constant", {"value": 1}), Block("b", "flow.call", {"flow": "inner"})],
    flows={"inner": Flow.of([Block("x", "text.case")])},
)


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    made = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(made)
    return made


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio, bench: Workbench, qtmodeltester: ModelTester) -> Steps:
    made = Steps(studio)
    qtbot.addWidget(made)
    qtmodeltester.check(made.list.model())
    return made


def rows(dock: Steps) -> list[str]:
    model = dock.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def now(dock: Steps) -> str:
    return str(dock.list.currentIndex().data())


def test_each_step_is_a_line_that_says_what_was_done(bench: Workbench, dock: Steps) -> None:
    bench.do(Rename("a", "First"))
    bench.do(AddBlock(Block("c", "text.case")), Connect(link_between("a.value", "c.text")))
    bench.do(SetField("a", "value", 2), label="Change the value")

    assert rows(dock) == [
        "As it was opened",
        'a: title changed from "" to "First"',
        "c: added, a text.case, and 1 more",
        "Change the value",
    ]
    assert now(dock) == "Change the value"


def test_a_word_that_is_typed_is_one_line(bench: Workbench, dock: Steps) -> None:
    for text in ("F", "Fi", "Fir"):
        bench.do(Rename("a", text), label="Rename", merge="title of a")

    assert rows(dock) == ["As it was opened", "Rename"]


def test_a_click_goes_to_that_step(bench: Workbench, dock: Steps) -> None:
    bench.do(Rename("a", "One"), label="One")
    bench.do(Rename("a", "Two"), label="Two")

    dock.list.clicked.emit(dock.list.model().index(1, 0))

    assert bench.flow.blocks["a"].title == "One"
    assert now(dock) == "One"


def test_what_was_taken_back_stays_in_sight_until_something_else_is_done(
    bench: Workbench, dock: Steps
) -> None:
    bench.do(Rename("a", "One"), label="One")
    bench.do(Rename("a", "Two"), label="Two")

    bench.undo()
    assert rows(dock) == ["As it was opened", "One", "Two"]
    spoken = dock.list.model().index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Two, taken back"

    bench.do(RemoveBlock("a"), label="Three")
    assert rows(dock) == ["As it was opened", "One", "Three"]


def test_a_step_in_a_sub_flow_says_where(bench: Workbench, dock: Steps) -> None:
    bench.enter("inner", "b")

    bench.do(Rename("x", "X"), label="Rename")

    assert rows(dock)[-1] == "Rename – in inner"


def test_another_flow_has_a_history_of_its_own(
    studio: Studio, bench: Workbench, dock: Steps
) -> None:
    bench.do(Rename("a", "One"), label="One")

    studio.workspace.add(Workbench(Document(Flow()), studio.catalog))

    assert rows(dock) == ["As it was opened"]


def test_what_was_done_before_the_dock_was_there_is_in_it(
    studio: Studio, bench: Workbench, qtbot: QtBot
) -> None:
    bench.do(Rename("a", "One"), label="One")

    model = StepsModel(bench, bench)

    assert model.index(1, 0).data() == "One"
