from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.docks.data import Data
from app.document import Document
from app.presenters.live_run import LiveRun
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow, Settings
from runtime.commands import SettleTask
from runtime.events import (
    AnyEvent,
    Failure,
    RunFailed,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskStarted,
    TaskStreamed,
)
from tests.app.flows import CATALOG

FLOW = Flow.of(
    [
        Block("items", "flow.constant", {"value": ["a", "b"]}),
        Block("each", "text.template", {"text": "<{v}>"}, settings=Settings(each="v")),
        Block("out", "flow.output", {"name": "all"}),
    ],
    [("items.value", "each.v"), ("each.value", "out.value")],
)


@pytest.fixture
def front(window: MainWindow) -> Iterator[Workbench]:
    workbench = Workbench(Document(FLOW), CATALOG)
    window.studio.workspace.add(workbench)
    yield workbench
    window.studio.workspace.remove(workbench)


@pytest.fixture
def data(window: MainWindow, front: Workbench) -> Data:
    found = window.docks["data"].widget()
    assert isinstance(found, Data)
    return found


def happened(*events: AnyEvent) -> LiveRun:
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f", inputs={"who": "Ada"}), *events])
    return run


def rounds() -> list[AnyEvent]:
    found: list[AnyEvent] = [TaskStarted("r", 2, 0.0, "each")]
    for i, value in enumerate(["<a>", "<b>"]):
        found += [
            ScopeOpened("r", 3, 0.0, f"each[{i}]", "each_each", {"item": value[1]}),
            TaskFinished("r", 4, 0.0, f"each[{i}]/each", 0.0, {"value": value}),
            ScopeClosed("r", 5, 0.0, f"each[{i}]"),
        ]
    return [*found, TaskFinished("r", 6, 0.5, "each", 0.0, {"value": ["<a>", "<b>"]})]


def test_without_a_run_it_says_what_to_do(data: Data) -> None:
    data.refresh()

    assert "Run the flow" in data.empty.text()
    assert data.split.isHidden()


def test_the_run_is_shown_when_no_block_is_selected(data: Data, front: Workbench) -> None:
    front.watch(happened(RunSucceeded("r", 9, 1.5, {"all": ["x"], "count": 1}, 1.5)))
    data.refresh()

    assert (data.title.text(), data.state.text()) == ("Run", "Done · 1.5 s")
    assert data.list.keys() == ["inputs/who", "outputs/all", "outputs/count"]
    assert data.pane.name.text() == "all"
    assert data.pane.values.shown == "table"


def test_a_selected_block_is_shown_and_its_rounds_can_be_chosen(
    data: Data, front: Workbench
) -> None:
    front.watch(happened(*rounds()))
    front.select(["each"])
    data.refresh()

    assert data.pane.values.shown == "table"
    assert not data.rounds.isHidden()
    assert data.rounds.maximum() == 2

    data.rounds.setValue(1)
    data.refresh()

    assert front.round == "each[0]"
    assert data.pane.values.shown == "text"
    assert data.pane.values.view("text").toPlainText() == "<a>"  # type: ignore[attr-defined]

    data.rounds.setValue(0)

    assert front.round == ""


def test_a_stream_appears_as_it_comes(data: Data, front: Workbench, qtbot: QtBot) -> None:
    run = happened(TaskStarted("r", 2, 0.0, "each"))
    front.watch(run)
    front.select(["each"])
    for word in ("Once ", "upon"):
        touched = run.take([TaskStreamed("r", 2, 0.0, "each", [word])])
        front.run_changed.emit(touched)

    qtbot.waitUntil(lambda: "upon" in data.pane.values.view("text").toPlainText())  # type: ignore[attr-defined]

    assert data.pane.values.view("text").toPlainText() == "Once upon"  # type: ignore[attr-defined]


def test_a_failure_says_why_and_leads_to_its_block(data: Data, front: Workbench) -> None:
    failure = Failure("BadInput", "This is no JSON.", "Mend it.", "each", line=2)
    front.watch(
        happened(TaskFailed("r", 2, 0.1, "each", 1, failure), RunFailed("r", 3, 0.2, failure, 0.2))
    )
    data.refresh()

    (banner,) = data.pane.failure.banners
    assert banner.message.text() == "This is no JSON."
    assert banner.cure.text() == "Mend it."
    assert banner.place.text() == "Fill template, line 2 · BadInput"

    banner.button.click()

    assert front.selected == {"each"}


def test_an_interrupted_effect_is_asked_about(
    data: Data, front: Workbench, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(window.studio.bridge, "ask", lambda command, *_: said.append(command))
    front.watch(
        happened(
            TaskStarted("r", 2, 0.0, "each[0]/each"), TaskDoubted("r", 3, 0.0, "each[0]/each", "k")
        )
    )
    data.refresh()

    assert "Was it done?" in data.doubt.text.text()
    assert not data.doubt.isHidden()

    data.doubt.findChild(QPushButton, "done").click()

    assert said == [SettleTask("r", "each[0]/each", "done")]


def test_what_changed_since_the_run_before_is_at_hand(data: Data, front: Workbench) -> None:
    front.watch(happened(RunSucceeded("r", 9, 1.5, {"all": [1]}, 1.5)))
    front.watch(happened(RunSucceeded("r", 9, 1.5, {"all": [1, 2]}, 1.5)))
    data.refresh()
    data.pane.values.choose("changes")

    assert data.pane.values.changes.toPlainText() == "+ [1]: 2"
