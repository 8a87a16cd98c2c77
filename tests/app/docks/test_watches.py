from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.docks.watches import WatchesDock
from app.document import Document
from app.presenters.live_run import LiveRun
from app.studio import Studio
from app.watches.tables import ends_of
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.events import RunStarted, TaskFinished
from tests.app.flows import CATALOG

FLOW = Flow.of(
    [Block("items", "flow.constant", {"value": [7, 8]}), Block("fill", "text.template")],
    [("items.value", "fill.v")],
)


@pytest.fixture
def front(studio: Studio, tmp_path: Path) -> Iterator[Workbench]:
    workbench = Workbench(Document(FLOW), CATALOG, tmp_path / "a.flow.json")
    studio.workspace.add(workbench)
    yield workbench
    studio.workspace.remove(workbench)


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio, front: Workbench) -> WatchesDock:
    made = WatchesDock(studio)
    qtbot.addWidget(made)
    return made


def shown(dock: WatchesDock) -> list[tuple[Any, Any]]:
    model = dock.table.model()
    return [(model.index(r, 0).data(), model.index(r, 1).data()) for r in range(model.rowCount())]


def ran() -> LiveRun:
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f"),
              TaskFinished("r", 2, 0.0, "items", 0.0, {"value": [7, 8]})])  # fmt: skip
    return run


def test_an_empty_list_says_what_a_watch_is(dock: WatchesDock) -> None:
    assert shown(dock)[0][0] == "Add a watch…"
    assert "parse.items[0]" in shown(dock)[0][1]


def test_a_watch_is_written_with_the_keyboard_and_shows_its_value(
    dock: WatchesDock, front: Workbench, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(dock):
        dock.show()
    dock.table.setCurrentIndex(dock.table.model().index(0, 0))
    qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    line = dock.table.findChild(QLineEdit)
    assert line is not None
    line.setText("items.value[1]")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    front.watch(ran())

    qtbot.waitUntil(lambda: shown(dock)[0] == ("items.value[1]", "8"))


def test_a_watch_is_changed_and_taken_out(dock: WatchesDock, studio: Studio, qtbot: QtBot) -> None:
    studio.watches.add("items.value")
    model = dock.table.model()

    model.setData(model.index(0, 0), "fill.value")
    qtbot.waitUntil(lambda: shown(dock)[0][0] == "fill.value")

    dock.table.selectRow(0)
    qtbot.keyClick(dock.table, Qt.Key.Key_Delete)
    assert [name for name, _ in shown(dock)] == ["Add a watch…"]


def test_watches_are_there_again_when_the_flow_is_opened_again(
    studio: Studio, front: Workbench, dock: WatchesDock, tmp_path: Path
) -> None:
    studio.watches.add("items.value")
    other = Workbench(Document(FLOW), CATALOG, tmp_path / "b.flow.json")
    studio.workspace.add(other)
    assert [name for name, _ in shown(dock)] == ["Add a watch…"]
    studio.workspace.remove(other)

    again = Workbench(Document(FLOW), CATALOG, tmp_path / "a.flow.json")
    studio.workspace.add(again)

    assert shown(dock)[0][0] == "items.value"
    studio.workspace.remove(again)


def test_the_value_of_the_chosen_watch_is_shown_whole(
    dock: WatchesDock, studio: Studio, front: Workbench, qtbot: QtBot
) -> None:
    studio.watches.add("items.value")
    dock.table.selectRow(0)
    assert dock.nothing.text() == "Run the flow to see what it comes to."

    front.watch(ran())

    qtbot.waitUntil(lambda: not dock.pane.isHidden())
    assert dock.pane.value == [7, 8]


def test_ports_of_the_flow_are_offered(front: Workbench) -> None:
    assert set(ends_of(front)) >= {"items.value", "fill.value", "fill.v"}
