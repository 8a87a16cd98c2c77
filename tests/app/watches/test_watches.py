"""What watches come to, now and at a moment of the past."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.document import Document
from app.presenters.live_run import LiveRun
from app.presenters.moments import Moments
from app.watches.kept import Kept
from app.watches.watches import Watches
from app.workbench import Workbench
from app.workspace import Workspace
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.commands import StartRun, StoreFlow
from runtime.events import AnyEvent, RunSucceeded
from runtime.watching import Watched
from tests.app.flows import CATALOG

LONG = 30_000

FLOW = Flow.of([Block("items", "flow.constant", {"value": ["a", "b"]})])
COUNT = Kept("len(items.value)", "")
"""It leads to no place in a value, so the runtime works it out."""


def awaited(qtbot: QtBot, ask: Callable[[Callable[[Any], object]], object]) -> Any:
    answers: list[Any] = []
    ask(answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=LONG)
    return answers[0]


def ran(qtbot: QtBot, bridge: Bridge) -> list[AnyEvent]:
    """The events of a run of the flow."""
    flow = awaited(qtbot, lambda then: bridge.ask(StoreFlow(write(FLOW)), then)).flow
    run = awaited(qtbot, lambda then: bridge.ask(StartRun(flow), then)).run
    events: list[AnyEvent] = []
    while not events or not isinstance(events[-1], RunSucceeded):
        events = awaited(qtbot, lambda then: bridge.look(lambda j: j.read(run), then))
    return events


def test_what_is_computed_is_told_of_the_moment_that_is_shown(
    qtbot: QtBot, bridge: Bridge, tmp_path: Path
) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    bench, workspace = Workbench(Document(FLOW), CATALOG), Workspace(around)
    watches = Watches(workspace, bridge, tmp_path, around)
    workspace.add(bench)
    events = ran(qtbot, bridge)
    live, moments = LiveRun(events[0].run), Moments(events[0].run)
    live.take(events)
    moments.take(events)
    bench.watch(live)

    def comes(right: Callable[[Watched], bool]) -> None:
        qtbot.waitUntil(lambda: right(watches.value(COUNT) or Watched()), timeout=LONG)

    watches.add(COUNT.expression)
    comes(lambda found: found.value == 2)
    bench.show_moment(moments.at(1))
    comes(lambda found: found.value is None and found.waits == "items.value has no value yet.")
    bench.show_moment(None)
    comes(lambda found: found.value == 2)
    workspace.remove(bench)
