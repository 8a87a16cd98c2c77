"""The breakpoints dock: switched, removed, gone to, counted, and what they said."""

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from app.debugging import actions
from app.docks.breakpoints import BreakpointsDock
from app.document import Document
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import RemoveBlock
from graph.flow import Block, End, Flow
from runtime.breakpoints import Breakpoint
from runtime.events import TaskLogged
from tests.app.standing import Happening

FLOW = Flow.of(
    [Block("a", "flow.constant", title="Names"), Block("b", "data.sort")],
    [("a.value", "b.items")],
)


@pytest.fixture
def bench(studio: Studio, tmp_path: Path) -> Workbench:
    actions.install(studio)
    made = Workbench(Document(FLOW), studio.catalog, tmp_path / "a.flow.json")
    studio.workspace.add(made)
    for point in (
        Breakpoint("w", cost=0.5),
        Breakpoint("p", "a", at="after", port="value", to="b.items"),
        Breakpoint("q", "b", hits="%2"),
    ):
        studio.runs.breakpoints.put(made, point)
    return made


@pytest.fixture
def dock(studio: Studio, bench: Workbench, qtbot: QtBot) -> BreakpointsDock:
    made = BreakpointsDock(studio)
    qtbot.addWidget(made)
    return made


def texts(dock: BreakpointsDock) -> list[tuple[str, ...]]:
    return [row.texts for row in dock.model.rows]


def choose(dock: BreakpointsDock, row: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    dock.rows.selectionModel().setCurrentIndex(
        dock.model.index(row, 0), flags.ClearAndSelect | flags.Rows
    )


def test_they_are_told_in_words_those_of_the_whole_run_last(dock: BreakpointsDock) -> None:
    assert texts(dock) == [
        ("Names → Sort · items", "Stops every time", ""),
        ("Sort", "Stops every 2nd time", ""),
        ("The whole run", "Stops once the run has cost more than $0.5", ""),
    ]


def test_the_check_box_switches_one(
    dock: BreakpointsDock, studio: Studio, bench: Workbench
) -> None:
    off = Qt.CheckState.Unchecked
    dock.model.setData(dock.model.index(1, 0), off, Qt.ItemDataRole.CheckStateRole)

    assert [p.id for p in studio.runs.breakpoints.of(bench) if not p.enabled] == ["q"]
    assert dock.model.data(dock.model.index(1, 0), Qt.ItemDataRole.CheckStateRole) == off
    assert "disabled" in dock.model.data(dock.model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)


def test_delete_removes_what_is_selected(dock: BreakpointsDock, qtbot: QtBot) -> None:
    choose(dock, 1)

    qtbot.keyClick(dock.rows, Qt.Key.Key_Delete)

    assert [row.id for row in dock.model.rows] == ["p", "w"]


def test_one_is_gone_to_where_it_is(dock: BreakpointsDock, bench: Workbench) -> None:
    dock.go_to(1)
    assert bench.selected == {"b"}

    dock.go_to(0)
    assert bench.selected_links == {End("b", "items")}


def test_one_of_a_block_that_is_gone_says_so(
    dock: BreakpointsDock, bench: Workbench, qtbot: QtBot
) -> None:
    bench.do(RemoveBlock("b"))

    qtbot.waitUntil(lambda: "Not in the flow any more" in dock.model.rows[1].texts[1])
    assert not dock.model.rows[1].there


def test_hits_are_counted_and_what_was_said_is_shown(
    dock: BreakpointsDock, studio: Studio, bench: Workbench, qtbot: QtBot
) -> None:
    happening = Happening(studio, bench)
    happening.stands("b", point="q")
    happening.tell(TaskLogged("run", happening.next(), 2.0, "a", "p", "three names"))

    qtbot.waitUntil(lambda: [row.texts[2] for row in dock.model.rows] == ["1", "1", ""])
    assert dock.said.toPlainText().endswith("Names: three names")
    assert not dock.said.isHidden()


def test_a_flow_without_any_is_told_how_to_set_one(
    dock: BreakpointsDock, studio: Studio, bench: Workbench
) -> None:
    studio.actions.refresh()
    studio.actions["debug.remove_all"].trigger()

    assert texts(dock) == []
    assert dock._stack.currentWidget() is dock._empty
