"""A studio of its own for each test, without a runtime; and a runtime for all to share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.preferences import Preferences
from app.start import build
from app.studio import Studio
from app.theme import Theme
from app.window.main_window import MainWindow
from runtime.settings import Settings


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Windows that were closed are gone: a style sheet is measured anew for each that is not."""
    yield
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        _let_go_of_the_mouse()


def _let_go_of_the_mouse() -> None:
    """A double click that a test makes leaves the button down for all that come after it."""
    if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
        pad = QWidget()
        pad.show()
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton)
        pad.deleteLater()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Heddle's own folder in the test."""
    return tmp_path / "home"


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> MainWindow:
    made = build(Settings(home=str(home)))
    made.complete()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def studio(window: MainWindow) -> Studio:
    return window.studio


@pytest.fixture
def bare_studio(qtbot: QtBot, home: Path) -> Iterator[Studio]:
    """A studio without its window: many parts need no more, and it is there ten times as fast."""
    window = QWidget()
    qtbot.addWidget(window)
    settings = Settings(home=str(home))
    studio = Studio(window, settings, Preferences(settings.folder, window), Theme("dark", window))
    yield studio
    studio.bridge.leave()


@pytest.fixture(scope="session")
def shared_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=str(tmp_path_factory.mktemp("shared")), database_url="memory:")


@pytest.fixture(scope="module")
def bridge(qapp: QApplication, shared_settings: Settings) -> Iterator[Bridge]:
    """A bridge with a real child behind it.

    Not for longer than a module: its thread draws random numbers, which Hypothesis forbids.
    """
    bridge = Bridge(shared_settings)
    bridge.start()
    yield bridge
    bridge.close()
    bridge.deleteLater()


@pytest.fixture(scope="package")
def shared_window(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MainWindow]:
    """A window for tests that only put flows into it; each takes out what it put in."""
    made = build(Settings(home=str(tmp_path_factory.mktemp("window"))))
    made.complete()
    yield made
    made.close()
    made.deleteLater()
