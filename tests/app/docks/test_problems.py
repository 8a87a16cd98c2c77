"""The problems dock: everything that is wrong, and the way there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QPushButton
from pytestqt.qtbot import QtBot

from app.docks.inspector import Inspector
from app.docks.problems import FIX, Problems
from app.document import Document
from app.editor.inspector.block_page import BlockPage
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow

FLOW = Flow.of(
    [
        Block("web", "http.get", {"url": "https://x", "mehtod": "HEAD"}),
        Block("code", "code.python", {"code": "x = 1\nreturn totl"}),
        Block("call", "flow.call", {"flow": "inner"}),
    ],
    flows={"inner": Flow.of([Block("ask", "http.get", title="Ask them")])},
)


@pytest.fixture
def dock(shared_window: MainWindow) -> Problems:
    return shared_window.findChild(Problems)


@pytest.fixture
def bench(shared_window: MainWindow) -> Iterator[Workbench]:
    studio = shared_window.studio
    made = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(made)
    made.check_now()
    yield made
    studio.workspace.remove(made)


def row_of(dock: Problems, word: str) -> int:
    return next(n for n, entry in enumerate(dock.listed) if word in entry.text)


def test_all_problems_are_listed_and_counted(dock: Problems, bench: Workbench) -> None:
    assert [entry.problem for entry in dock.listed] == list(bench.problems)
    frame = dock.parentWidget()
    assert isinstance(frame, QDockWidget)
    assert frame.windowTitle() == f"Problems ({len(bench.problems)})"


def test_the_place_is_said_by_titles(dock: Problems, bench: Workbench) -> None:
    assert dock.listed[row_of(dock, "Ask them")].place == "inner / Ask them · url"


def test_words_narrow_the_list(dock: Problems, bench: Workbench) -> None:
    dock.filter.setText("ask url")

    assert dock.rows.topLevelItemCount() == 1
    dock.filter.clear()
    assert dock.rows.topLevelItemCount() == len(bench.problems)


def test_choosing_a_problem_leads_to_its_field(
    dock: Problems, bench: Workbench, shared_window: MainWindow, qtbot: QtBot
) -> None:
    row = row_of(dock, "totl")
    dock.rows.setCurrentItem(dock.rows.topLevelItem(row))

    qtbot.keyClick(dock.rows, Qt.Key.Key_Return)

    assert bench.selected == {"code"}
    page = shared_window.findChild(Inspector).page
    assert isinstance(page, BlockPage)
    cursor = page.rows["code"].field.editor.textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (1, 7)


def test_choosing_a_problem_inside_a_flow_enters_it(dock: Problems, bench: Workbench) -> None:
    dock.chosen.emit(dock.listed[row_of(dock, "Ask them")])

    assert bench.level == ("inner",)
    assert bench.selected == {"ask"}


def test_next_problem_goes_from_one_to_the_next(
    dock: Problems, bench: Workbench, shared_window: MainWindow
) -> None:
    seen = []
    for _ in dock.listed:
        shared_window.studio.actions["go.next_problem"].trigger()
        seen.append((bench.level, *bench.selected))

    assert sorted(seen) == sorted((entry.level, entry.problem.block) for entry in dock.listed)


def test_a_quick_fix_does_away_with_the_problem(dock: Problems, bench: Workbench) -> None:
    item = dock.rows.topLevelItem(row_of(dock, "mehtod"))
    button = dock.rows.itemWidget(item, FIX)
    assert isinstance(button, QPushButton)

    button.click()

    assert bench.document.flow.blocks["web"].fields == {"url": "https://x", "method": "HEAD"}
    assert not any("mehtod" in problem.message for problem in bench.problems)
