"""However the studio ends, the next one opens what was open, as it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.sheet import Sheet
from app.document import Document
from app.editor.canvas.canvas import Canvas
from app.notices import Notice
from app.safety.desk import Desk, Order
from app.safety.drafts import Draft, held
from app.safety.journal import Place
from app.start import build
from app.studio import Studio
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import AddBlock, SetField
from graph.file_format import write
from graph.flow import Block, Flow
from graph.spec import Needs
from runtime.flow_files import digest_of
from runtime.settings import Settings

INNER = Flow.of([Block("trim", "text.template"), Block("count", "text.template")])
FLOW = Flow.of(
    [Block("call", "flow.call", {"flow": "clean"}), Block("fill", "text.template")],
    flows={"clean": INNER},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.flow.json"
    path.write_text(write(FLOW))
    return path


def start(qtbot: QtBot, home: Path) -> MainWindow:
    window = build(Settings(home=str(home)))
    qtbot.addWidget(window)
    window.studio.begun.emit()
    return window


def front(studio: Studio) -> Workbench:
    assert studio.workspace.current is not None
    return studio.workspace.current


def test_an_unsaved_flow_is_there_again_after_quitting(
    qtbot: QtBot, home: Path, file: Path
) -> None:
    first = start(qtbot, home)
    first.studio.open_wanted.emit(file)
    front(first.studio).do(SetField("fill", "text", "hello"), label="Set text")
    first.close()

    again = start(qtbot, home).studio

    bench = front(again)
    assert bench.path == file
    assert not bench.document.is_saved
    assert bench.flow.blocks["fill"].fields == {"text": "hello"}
    assert file.read_text() == write(FLOW)
    bench.undo()
    assert bench.document.is_saved
    assert bench.digest == digest_of(file)


def test_tabs_come_back_in_their_order_with_the_same_in_front(
    qtbot: QtBot, home: Path, file: Path
) -> None:
    first = start(qtbot, home)
    first.studio.actions["file.new"].trigger()
    front(first.studio).do(AddBlock(Block("one", "text.template")))
    first.studio.open_wanted.emit(file)
    first.studio.actions["file.new"].trigger()
    first.studio.workspace.show(first.studio.workspace.at(file))
    first.close()

    again = start(qtbot, home).studio

    assert [bench.title for bench in again.workspace] == ["Untitled", "orders", "Untitled"]
    assert front(again).path == file
    assert front(again).document.is_saved


def test_the_view_is_where_it_was_left(qtbot: QtBot, home: Path, file: Path) -> None:
    first = start(qtbot, home)
    first.studio.open_wanted.emit(file)
    with qtbot.waitExposed(first):
        first.show()
    canvas = canvas_of(first)
    canvas.restore_view_state((310.0, -45.0, 0.5))
    first.close()

    again = start(qtbot, home)
    with qtbot.waitExposed(again):
        again.show()

    assert canvas_of(again).view_state() == pytest.approx((310.0, -45.0, 0.5), abs=1.0)


def canvas_of(window: MainWindow) -> Canvas:
    page = window.pages.page(front(window.studio))
    return page.findChildren(Canvas)[0]


def test_a_flow_that_was_closed_does_not_come_back(qtbot: QtBot, home: Path) -> None:
    first = start(qtbot, home)
    first.studio.actions["file.new"].trigger()
    first.studio.actions["file.close"].trigger()
    first.close()

    again = start(qtbot, home).studio

    assert len(again.workspace) == 0


def test_a_file_that_changed_while_the_studio_was_away_is_followed(
    qtbot: QtBot, home: Path, file: Path
) -> None:
    first = start(qtbot, home)
    first.studio.open_wanted.emit(file)
    first.close()
    file.write_text(write(INNER))

    bench = front(start(qtbot, home).studio)

    qtbot.waitUntil(lambda: bench.document.flow == INNER)
    assert bench.document.is_saved


def test_a_draft_whose_file_changed_while_the_studio_was_away_is_asked_about(
    qtbot: QtBot, home: Path, file: Path
) -> None:
    first = start(qtbot, home)
    first.studio.open_wanted.emit(file)
    front(first.studio).do(SetField("fill", "text", "mine"))
    first.close()
    file.write_text(write(INNER))

    again = start(qtbot, home)

    qtbot.waitUntil(lambda: bool(again.findChildren(Sheet)))
    again.findChildren(Sheet)[0].press("Decide later")
    assert front(again.studio).flow.blocks["fill"].fields == {"text": "mine"}
    assert file.read_text() == write(INNER)


def test_a_file_that_is_asked_for_and_was_open_has_one_tab(
    qtbot: QtBot, home: Path, file: Path
) -> None:
    first = start(qtbot, home)
    first.studio.open_wanted.emit(file)
    first.close()

    again = start(qtbot, home).studio
    again.open_wanted.emit(file)

    assert [bench.path for bench in again.workspace] == [file]


def test_drafts_that_ended_the_studio_twice_are_only_opened_when_asked(
    qtbot: QtBot, home: Path
) -> None:
    desk = Desk(home / "drafts")
    journal = desk.journal("bad")
    flow = Flow(name="Bad luck")
    draft = Draft(Document(flow), "", "", "", True, Needs(), Place())
    journal.begin(held(draft))
    journal.close()
    desk.arrange(Order(("bad",), "bad", tries=2))
    desk.close()
    window = build(Settings(home=str(home)))
    qtbot.addWidget(window)
    told: list[Notice] = []
    window.studio.notices.told.connect(told.append)

    window.studio.begun.emit()

    assert len(window.studio.workspace) == 0
    [offer] = told[-1].offers
    offer.do()
    assert front(window.studio).document.flow == flow
    window.close()


def test_two_studios_keep_their_own(qtbot: QtBot, home: Path) -> None:
    one = start(qtbot, home)
    one.studio.actions["file.new"].trigger()
    front(one.studio).do(AddBlock(Block("one", "text.template")))

    other = start(qtbot, home)

    assert len(other.studio.workspace) == 0
    one.close()
    other.close()
    assert len(start(qtbot, home).studio.workspace) == 1


KILLED = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app.start import build, application
from graph.edits import AddBlock, MoveBlocks
from graph.flow import Block
from runtime.settings import settings_from
app = application()
window = build(settings_from())
window.show()
studio = window.studio
studio.begun.emit()
def work():
    studio.actions["file.new"].trigger()
    studio.workspace.current.do(AddBlock(Block("draft", "text.template")))
    studio.open_wanted.emit(Path(sys.argv[1]))
    bench = studio.workspace.current
    bench.enter("clean", "call")
    bench.do(AddBlock(Block("added", "text.template")), label="Add block")
    bench.do(MoveBlocks({"added": (40.0, 80.0)}), label="Move")
    bench.undo()
    bench.select(["added", "trim"])
    QTimer.singleShot(300, window, look)
def look():
    window.pages.page(studio.workspace.current).canvas.restore_view_state((120.0, -40.0, 0.75))
    QTimer.singleShot(600, window, lambda: print("ready", flush=True))
QTimer.singleShot(0, window, work)
app.exec()
"""


def test_a_killed_studio_reopens_exactly_where_it_was(qtbot: QtBot, home: Path, file: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(file)],
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "HEDDLE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert killed.stdout is not None
    assert killed.stdout.readline() == "ready\n"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()

    again = start(qtbot, home).studio

    assert [len(bench.document.flow.blocks) for bench in again.workspace] == [1, 2]
    bench = front(again)
    assert bench.path == file
    assert (bench.level, bench.blocks_into) == (("clean",), ("call",))
    assert bench.selected == {"added", "trim"}
    assert (*bench.looks_at, bench.zoom) == pytest.approx((120.0, -40.0, 0.75), abs=1.0)
    assert not bench.document.is_saved
    assert [step.label for step in bench.document.history] == ["Add block", "Move"]
    bench.redo()
    assert bench.flow.view.positions["added"] == (40.0, 80.0)
    bench.document.go_to(0)
    assert bench.document.flow == FLOW
