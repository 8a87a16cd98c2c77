"""Docks need no window around them."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.preferences import Preferences
from app.studio import Studio
from app.theme import Theme
from runtime.settings import Settings as RuntimeSettings


@pytest.fixture
def studio(bare_studio: Studio) -> Studio:
    return bare_studio


@pytest.fixture(scope="module")
def own_studio(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One with a runtime that the tests of a file share: it takes its time to start."""
    window = QWidget()
    home = tmp_path_factory.mktemp("home")
    settings = RuntimeSettings(home=str(home), database_url="memory:")
    made = Studio(window, settings, Preferences(settings.folder, window), Theme("dark", window))
    yield made
    made.bridge.close()
    window.close()
    window.deleteLater()
