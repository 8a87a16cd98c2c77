"""A chart of a small run, without a runtime."""

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.presenters.live_run import LiveRun
from app.timeline.chart import Chart
from app.timeline.chart_view import Shown
from app.timeline.head import Head
from app.timeline.record import Record
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.events import AnyEvent, RunStarted, RunSucceeded, TaskFinished, TaskStarted
from runtime.settings import Settings
from tests.app.flows import CATALOG, opened

FLOW = Flow.of(
    [Block("a", "flow.constant", {"value": 1}), Block("b", "text.case"), Block("c", "text.case")],
    [("a.value", "b.text"), ("b.value", "c.text")],
)


def happened() -> list[AnyEvent]:
    """Three tasks, one after another, in ten seconds."""
    return [
        RunStarted("r", 1, 100.0, "f"),
        TaskStarted("r", 2, 100.0, "a"),
        TaskFinished("r", 3, 102.0, "a", 100.0, {"value": "x"}),
        TaskStarted("r", 4, 102.0, "b"),
        TaskFinished("r", 5, 107.0, "b", 102.0, {"value": "X"}),
        TaskStarted("r", 6, 107.0, "c"),
        TaskFinished("r", 7, 110.0, "c", 107.0, {"value": "Y"}),
        RunSucceeded("r", 8, 110.0, {}, 10.0),
    ]


@pytest.fixture
def bench(qtbot: QtBot, request: pytest.FixtureRequest) -> Workbench:
    return opened(request, FLOW)


@pytest.fixture
def record(bench: Workbench, tmp_path: object) -> Iterator[Record]:
    bridge = Bridge(Settings(home=str(tmp_path)), bench)
    made = Record(bridge, "r", CATALOG, bench)
    watch(bench, made, happened())
    yield made
    made.close()
    bridge.close()


@pytest.fixture
def head(record: Record, bench: Workbench) -> Head:
    return Head(record, bench, bench)


@pytest.fixture
def around(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 200)
    return made


@pytest.fixture
def chart(qtbot: QtBot, around: QWidget, record: Record, head: Head) -> Chart:
    """800 pixels wide, all of it in sight."""
    made = Chart(around)
    made.resize(800, 200)
    with qtbot.waitExposed(around):
        around.show()
    show(made, record, head)
    head.moved.connect(made.moved_head)
    return made


def watch(bench: Workbench, record: Record, events: Sequence[AnyEvent]) -> None:
    """Have the run watched, as far as that."""
    run = LiveRun("r")
    run.take(events)
    bench.watch(run)
    record.known.take(events)
    record.known.work_out()


def show(chart: Chart, record: Record, head: Head, *selected: str) -> None:
    known = record.known
    chart.show_run(Shown(known, known.by_block, str.upper, frozenset(selected)), head)
