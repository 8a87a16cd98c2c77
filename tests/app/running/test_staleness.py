from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import SetField
from graph.flow import Block, Flow
from runtime.settings import Settings
from tests.app.flows import CATALOG

LONG = 20_000

FLOW = Flow.of(
    [
        Block("a", "text.template", {"text": "a"}),
        Block("b", "text.template", {"text": "{a} b"}),
        Block("c", "text.template", {"text": "{b} c"}),
    ],
    [("a.value", "b.a"), ("b.value", "c.b")],
)


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    window = build(Settings(home=str(tmp_path_factory.mktemp("home")), database_url="memory:"))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def ran(window: MainWindow, qtbot: QtBot) -> Iterator[Workbench]:
    """A flow that has been run."""
    workbench = Workbench(Document(FLOW), CATALOG)
    window.studio.workspace.add(workbench)
    press(window, "run.start")
    qtbot.waitUntil(lambda: workbench.live is not None and workbench.live.is_over, timeout=LONG)
    yield workbench
    window.studio.workspace.remove(workbench)


def press(window: MainWindow, action: str) -> None:
    window.studio.actions.refresh()
    window.studio.actions[action].trigger()


def test_an_edit_puts_what_follows_out_of_date(ran: Workbench, qtbot: QtBot) -> None:
    assert ran.stale == frozenset()

    ran.do(SetField("b", "text", "{a} x"))
    qtbot.waitUntil(lambda: ran.stale == {"b", "c"}, timeout=LONG)
    ran.undo()

    qtbot.waitUntil(lambda: ran.stale == frozenset(), timeout=LONG)


def test_running_what_changed_reuses_the_rest_and_tells_the_first_difference(
    window: MainWindow, ran: Workbench, qtbot: QtBot
) -> None:
    before = ran.live
    ran.do(SetField("b", "text", "{a} x"))
    qtbot.waitUntil(lambda: bool(ran.stale), timeout=LONG)

    press(window, "run.changed")
    qtbot.waitUntil(
        lambda: ran.live is not None and ran.live is not before and ran.live.is_over, timeout=LONG
    )

    assert ran.live is not None
    states = {block: view.state for block, view in ran.live.view.blocks.items()}
    assert states == {"a": "reused", "b": "finished", "c": "finished"}
    assert ran.live.view.difference is not None
    assert ran.live.view.difference.task == "b"
    qtbot.waitUntil(lambda: ran.stale == frozenset(), timeout=LONG)
