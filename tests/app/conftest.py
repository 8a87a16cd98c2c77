"""A studio of its own for each test, without a runtime behind it."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.start import build
from app.studio import Studio
from runtime.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Heddle's own folder in the test."""
    return tmp_path / "home"


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> MainWindow:
    made = build(Settings(home=str(home)))
    qtbot.addWidget(made)
    return made


@pytest.fixture
def studio(window: MainWindow) -> Studio:
    return window.studio
