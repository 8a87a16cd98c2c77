"""What is looked up of a task, now and as it was."""

from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.runs.looking import Looking
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.commands import StartRun, StoreFlow
from runtime.events import RunSucceeded, TaskFinished

LONG = 30_000

FLOW = Flow.of(
    [
        Block("items", "flow.constant", {"value": ["a", "b"]}),
        Block("join", "text.join", {"separator": "-"}),
    ],
    [("items.value", "join.items")],
)


def obeyed(qtbot: QtBot, bridge: Bridge, command: Any) -> Any:
    answers: list[Any] = []
    bridge.ask(command, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=LONG)
    return answers[0]


def events_of(qtbot: QtBot, bridge: Bridge, run: str) -> Any:
    found: list[Any] = []
    bridge.look(lambda journal: journal.read(run), found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=LONG)
    return found[0]


def test_the_past_is_told_as_it_was(qtbot: QtBot, bridge: Bridge) -> None:
    flow = obeyed(qtbot, bridge, StoreFlow(write(FLOW))).flow
    run = obeyed(qtbot, bridge, StartRun(flow)).run
    qtbot.waitUntil(
        lambda: isinstance(events_of(qtbot, bridge, run)[-1], RunSucceeded),
        timeout=LONG,
    )
    finished = {
        event.task: event.seq
        for event in events_of(qtbot, bridge, run)
        if isinstance(event, TaskFinished)
    }
    parent = QObject()
    looking = Looking(bridge, parent)

    with qtbot.waitSignal(looking.changed, timeout=LONG):
        looking.ask(run, "join")
    now = looking.data(run, "join")
    looking.ask(run, "join", finished["items"])
    meanwhile = looking.data(run, "join"), looking.is_of_the_moment
    with qtbot.waitSignal(looking.changed, timeout=LONG):
        pass
    then = looking.data(run, "join")

    assert now is not None
    assert then is not None
    assert meanwhile == (now, False)  # nothing flickers
    assert now.outputs == {"value": "a-b"}
    assert (then.outputs, then.inputs, looking.is_of_the_moment) == (
        {}, {"items": ["a", "b"]}, True,
    )  # fmt: skip
