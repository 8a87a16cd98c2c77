from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.main_window import MainWindow
from app.start import build
from app.workbench import Workbench
from runtime.settings import Settings
from tests.app.flows import CATALOG, template

LONG = 20_000


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The whole window, with a runtime of its own."""
    window = build(Settings(home=str(tmp_path_factory.mktemp("home"))))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def front(window: MainWindow) -> Iterator[Workbench]:
    workbench = Workbench(Document(template("hello")), CATALOG)
    window.studio.workspace.add(workbench)
    yield workbench
    window.studio.workspace.remove(workbench)


def press(window: MainWindow, action: str) -> None:
    window.studio.actions.refresh()
    window.studio.actions[action].trigger()


def test_a_template_runs_at_the_press_of_a_key(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    press(window, "run.start")
    qtbot.waitUntil(lambda: front.run is not None and front.run.is_over, timeout=LONG)

    assert front.run is not None
    assert front.run.view.outputs == {"greeting": "Hello, world!"}

    press(window, "run.hide")

    assert front.run is None
