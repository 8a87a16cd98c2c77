"""The history dock, with a real runtime behind it."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bundles import Bundles
from app.docks.history import History
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.file_format import flow_hash, write
from graph.flow import Block, Flow
from runtime.bundle.contents import Bundle, Recording
from runtime.bundle.writing import written
from runtime.commands import Answer, StartRun, StoreFlow
from runtime.events import AnyEvent, RunStarted, RunSucceeded, TaskFinished
from tests.app.running.test_actions import LONG, front, window

__all__ = ["front", "window"]


@pytest.fixture
def dock(window: MainWindow, qtbot: QtBot) -> History:
    with qtbot.waitExposed(window):
        window.show()
    window.docks.bring_up("runs")
    dock = window.docks["runs"].widget()
    assert isinstance(dock, History)
    return dock


def ran(window: MainWindow, front: Workbench, qtbot: QtBot, name: str) -> str:
    """The id of a run of the greeting that is over."""
    before = front.live
    window.studio.runs.start(front, {"name": name})
    qtbot.waitUntil(
        lambda: front.live is not None and front.live is not before and front.live.is_over,
        timeout=LONG,
    )
    assert front.live is not None
    return front.live.run


def listed(dock: History) -> list[str]:
    return [run.row.run for run in dock.table.runs.rows]


def test_runs_are_found_compared_and_carried(
    window: MainWindow, front: Workbench, dock: History, qtbot: QtBot, tmp_path: Path
) -> None:
    one, two = ran(window, front, qtbot, "Ada"), ran(window, front, qtbot, "Grace")
    dock.read()
    qtbot.waitUntil(lambda: {one, two} <= set(listed(dock)), timeout=LONG)

    # Words narrow the list at once, a value is looked for.
    dock.filter.text.setText("done today hello")
    qtbot.waitUntil(lambda: set(listed(dock)) == {one, two}, timeout=LONG)
    dock.filter.text.setText("failed")
    qtbot.waitUntil(lambda: not listed(dock), timeout=LONG)
    dock.filter.in_values.setChecked(True)
    dock.filter.text.setText("hello, ADA")
    dock.filter.text.returnPressed.emit()
    qtbot.waitUntil(lambda: listed(dock) == [one], timeout=LONG)
    assert dock.table.runs.rows[0].texts[-1] == "greet.value: Hello, Ada!"
    qtbot.waitUntil(lambda: not dock.listing.is_searching, timeout=LONG)
    dock.filter.clear()
    qtbot.waitUntil(lambda: {one, two} <= set(listed(dock)), timeout=LONG)

    # Two of them are compared, and what differs is marked on the canvas.
    dock.table.select(lambda run: run.row.run in (one, two))
    dock.compare_selected()
    qtbot.waitUntil(lambda: dock.comparison.runs == (one, two), timeout=LONG)
    assert "inputs" in dock.comparison.verdict.text()
    assert "Ada" in dock.comparison.changes.toPlainText()
    qtbot.waitUntil(lambda: front.live is not None and front.live.run == two, timeout=LONG)
    assert front.live is not None
    qtbot.waitUntil(lambda: front.live is not None and bool(front.live.differing), timeout=LONG)
    assert "greet" in front.live.differing
    dock.comparison.back.emit()
    assert not front.live.differing

    # One is written into a file, and shown from it.
    file = tmp_path / "ada.run"
    window.studio.findChild(Bundles).export(one, file)
    qtbot.waitUntil(file.exists, timeout=LONG)
    front.watch(None)
    window.studio.open_files([file])
    qtbot.waitUntil(lambda: front.live is not None and front.live.is_over, timeout=LONG)
    assert front.live.run == one


def test_a_run_that_somebody_else_begins_is_listed_by_itself(
    window: MainWindow, dock: History, qtbot: QtBot
) -> None:
    bridge = window.studio.bridge
    stored: list[Answer] = []
    flow = write(Flow.of([Block("it", "flow.constant", {"value": 1})]))
    bridge.ask(StoreFlow(flow, "theirs"), stored.append)
    qtbot.waitUntil(lambda: bool(stored), timeout=LONG)

    for run in ("theirs-1", "theirs-2"):  # the first may be found because a runtime has come
        bridge.ask(StartRun(stored[0].flow, {}, run))
        qtbot.waitUntil(lambda run=run: run in listed(dock), timeout=LONG)


def test_a_run_from_elsewhere_is_shown_and_does_nothing_unasked(
    window: MainWindow, front: Workbench, dock: History, qtbot: QtBot, tmp_path: Path
) -> None:
    flow = Flow.of(
        [
            Block("write", "files.write", {"path": "report.txt", "content": "hers"}),
            Block("out", "flow.output"),
        ],
        [("write.size", "out.value")],
        name="Nightly report",
    )
    hash = flow_hash(flow)
    events: list[AnyEvent] = [
        RunStarted("far", 1, 10.0, hash, "Nightly report"),
        TaskFinished("far", 2, 11.0, "write", 10.5, {"path": "report.txt", "size": 4}),
        RunSucceeded("far", 3, 12.0, {"result": 4}, 2.0),
    ]
    bundle = Bundle("far", 20.0, (Recording("far", events),), {hash: write(flow)})
    file = tmp_path / "far.run"
    file.write_bytes(written(bundle))

    window.studio.open_files([file])
    qtbot.waitUntil(lambda: window.studio.workspace.current is not front, timeout=LONG)
    bench = window.studio.workspace.current
    assert bench is not None
    qtbot.waitUntil(lambda: bench.live is not None and bench.live.is_over, timeout=LONG)
    qtbot.waitUntil(lambda: "far" in listed(dock), timeout=LONG)

    assert bench.live is not None
    assert (bench.live.run, bench.live.view.outputs) == ("far", {"result": 4})
    assert not bench.is_trusted
    (row,) = (run for run in dock.table.runs.rows if run.row.run == "far")
    assert row.is_from_elsewhere
    with qtbot.waitSignal(window.studio.runs.refused) as refused:
        dock.again(listed(dock).index("far"))
    assert "You haven't let this flow run yet" in str(refused.args[1])

    bench.trust()
    before = bench.live
    dock.again(listed(dock).index("far"))
    qtbot.waitUntil(
        lambda: bench.live is not None and bench.live is not before and bench.live.is_over,
        timeout=LONG,
    )
    assert bench.live.run != "far"
    assert bench.live.view.replays == "far"
    window.studio.workspace.remove(bench)


def test_a_file_that_is_no_run_is_refused(
    window: MainWindow, front: Workbench, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "not.run"
    file.write_text("no")

    with qtbot.waitSignal(window.studio.notices.told, timeout=LONG) as told:
        window.studio.open_files([file])

    assert told.args[0].text.startswith("not.run can't be opened: That is no run bundle")
