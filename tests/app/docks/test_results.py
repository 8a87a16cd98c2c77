from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.docks.results import Results
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
def results(window: MainWindow, front: Workbench) -> Results:
    found = window.docks["results"].widget()
    assert isinstance(found, Results)
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


def test_without_a_run_it_says_what_to_do(results: Results) -> None:
    results.refresh()

    assert "Run the flow" in results.empty.text()
    assert results.pane.isHidden()


def test_the_run_is_shown_when_no_block_is_selected(results: Results, front: Workbench) -> None:
    front.watch(happened(RunSucceeded("r", 9, 1.5, {"all": ["x"], "count": 1}, 1.5)))
    results.refresh()

    assert (results.title.text(), results.state.text()) == ("Run", "Done · 1.5 s")
    assert results.given.text() == "who: Ada"
    assert [results.tabs.tabText(i) for i in range(results.tabs.count())] == ["all", "count"]
    assert results.pane.shown == "table"


def test_a_selected_block_is_shown_and_its_rounds_can_be_chosen(
    results: Results, front: Workbench
) -> None:
    front.watch(happened(*rounds()))
    front.select(["each"])
    results.refresh()

    assert results.pane.shown == "table"
    assert not results.rounds.isHidden()
    assert results.rounds.maximum() == 2

    results.rounds.setValue(1)
    results.refresh()

    assert front.round == "each[0]"
    assert results.pane.shown == "text"
    assert results.pane.view("text").toPlainText() == "<a>"  # type: ignore[attr-defined]

    results.rounds.setValue(0)

    assert front.round == ""


def test_a_stream_appears_as_it_comes(results: Results, front: Workbench, qtbot: QtBot) -> None:
    run = happened(TaskStarted("r", 2, 0.0, "each"))
    front.watch(run)
    front.select(["each"])
    for word in ("Once ", "upon"):
        touched = run.take([TaskStreamed("r", 2, 0.0, "each", [word])])
        front.run_changed.emit(touched)

    qtbot.waitUntil(lambda: "upon" in results.pane.view("text").toPlainText())  # type: ignore[attr-defined]

    assert results.pane.view("text").toPlainText() == "Once upon"  # type: ignore[attr-defined]


def test_a_failure_says_why_and_leads_to_its_block(results: Results, front: Workbench) -> None:
    failure = Failure("BadInput", "This is no JSON.", "Mend it.", "each", line=2)
    front.watch(
        happened(TaskFailed("r", 2, 0.1, "each", 1, failure), RunFailed("r", 3, 0.2, failure, 0.2))
    )
    results.refresh()

    assert results.failure.message.text() == "This is no JSON."
    assert results.failure.cure.text() == "Mend it."
    assert results.failure.place.text() == "Fill template, line 2"

    results.failure.button.click()

    assert front.selected == {"each"}


def test_an_interrupted_effect_is_asked_about(
    results: Results, front: Workbench, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(window.studio.bridge, "ask", lambda command, *_: said.append(command))
    front.watch(
        happened(
            TaskStarted("r", 2, 0.0, "each[0]/each"), TaskDoubted("r", 3, 0.0, "each[0]/each", "k")
        )
    )
    results.refresh()

    assert "Was it done?" in results.doubt.text.text()
    assert not results.doubt.isHidden()

    results.doubt.findChild(QPushButton, "done").click()

    assert said == [SettleTask("r", "each[0]/each", "done")]


def test_what_changed_since_the_run_before_is_at_hand(results: Results, front: Workbench) -> None:
    front.watch(happened(RunSucceeded("r", 9, 1.5, {"all": [1]}, 1.5)))
    front.watch(happened(RunSucceeded("r", 9, 1.5, {"all": [1, 2]}, 1.5)))
    results.refresh()
    results.pane.choose("changes")

    assert results.pane.changes.toPlainText() == "+ [1]: 2"
