from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.fault import FaultSheet
from app.document import Document
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow, end
from runtime.breakpoints import Fault
from runtime.settings import Settings
from tests.app.flows import CATALOG

LONG = 20_000

FLOW = Flow.of(
    [
        Block("a", "text.template", {"text": "some words"}, "First"),
        Block("b", "text.template", {"text": "{a}!"}),
        Block("out", "flow.output"),
    ],
    [("a.value", "b.a"), ("b.value", "out.value")],
)


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    window = build(Settings(home=str(tmp_path_factory.mktemp("home")), database_url="memory:"))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def front(window: MainWindow) -> Iterator[Workbench]:
    workbench = Workbench(Document(FLOW), CATALOG)
    window.studio.workspace.add(workbench)
    yield workbench
    window.studio.workspace.remove(workbench)


def press(window: MainWindow, action: str) -> None:
    window.studio.actions.refresh()
    window.studio.actions[action].trigger()


def sheet(window: MainWindow) -> FaultSheet:
    return next(s for s in window.findChildren(FaultSheet) if s.isVisible())


def run(window: MainWindow, front: Workbench, qtbot: QtBot) -> str:
    """Run the flow to its end; gives how it ended."""
    before = front.live
    press(window, "run.start")
    qtbot.waitUntil(
        lambda: front.live is not None and front.live is not before and front.live.is_over,
        timeout=LONG,
    )
    assert front.live is not None
    return front.live.view.state


def test_a_block_is_made_to_fail_and_works_again_once_the_fault_is_out(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    front.select(["a"])
    press(window, "debug.fault")
    asked = sheet(window)
    asked.kind.setCurrentIndex(asked.kind.findData("status"))
    asked.status.setCurrentText("503")
    asked.press("Make it go wrong")

    assert front.faulty == {"a"}
    assert run(window, front, qtbot) == "failed"
    assert front.live is not None
    assert front.live.view.failure is not None
    assert front.live.view.failure.message == "The answer had the status 503."

    press(window, "debug.no_faults")

    assert front.faulty == frozenset()
    assert run(window, front, qtbot) == "succeeded"


def test_a_value_on_a_link_is_damaged(window: MainWindow, front: Workbench, qtbot: QtBot) -> None:
    front.select([], [end("b.a")])
    press(window, "debug.fault")
    asked = sheet(window)
    assert asked.kind.currentData() == "malformed", "what a link is most likely to be wanted for"
    asked.value.setText('"nonsense"')
    asked.press("Make it go wrong")

    assert run(window, front, qtbot) == "succeeded"

    assert front.live is not None
    assert front.live.view.outputs == {"result": "nonsense!"}


def test_what_makes_no_sense_is_said_in_the_sheet(window: MainWindow, front: Workbench) -> None:
    front.select(["a"])
    press(window, "debug.fault")
    asked = sheet(window)
    asked.status.setCurrentText("fine")

    asked.press("Make it go wrong")

    assert asked.isVisible()
    assert front.faulty == frozenset()
    asked.close()


def test_a_known_fault_is_shown_and_can_be_taken_out(window: MainWindow, front: Workbench) -> None:
    faults = window.studio.runs.faults
    faults.put(front, Fault("f", "a", "delay", seconds=3.0, times=2))
    front.select(["a"])
    press(window, "debug.fault")

    asked = sheet(window)
    assert (asked.kind.currentData(), asked.seconds.value(), asked.times.value()) == ("delay", 3, 2)
    asked.press("Take it out")

    assert faults.of(front) == []
