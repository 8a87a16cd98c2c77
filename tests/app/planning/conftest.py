"""A window for all tests of planning, its runtime connected to scripted models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.start import build
from app.studio import Studio
from app.window.main_window import MainWindow
from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import own_connectable
from runtime.settings import Settings
from tests.servers.models import Models


@pytest.fixture(scope="module")
def served() -> Iterator[Models]:
    """The models, for as long as the window is there."""
    with Models() as server:
        yield server


@pytest.fixture(scope="module")
def planning_window(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory, served: Models
) -> Iterator[MainWindow]:
    home: Path = tmp_path_factory.mktemp("planning")
    fields = {"base_url": served.url, "model": "scripted-large"}
    book = Connections(home, own_connectable(), prefer="vault")
    book.put(Draft(name="local", kind="openai_compatible", fields=fields))
    book.agree("local", fields)
    made = build(Settings(home=str(home)))
    made.complete()
    made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def studio(planning_window: MainWindow) -> Iterator[Studio]:
    """The studio, in which nothing is open."""
    yield planning_window.studio
    workspace = planning_window.studio.workspace
    for bench in workspace:
        workspace.remove(bench)


@pytest.fixture
def models(served: Models) -> Models:
    """The models, which nobody has asked anything."""
    served.asked.clear()
    served.always = None
    return served
