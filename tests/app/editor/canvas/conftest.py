"""A canvas of any flow, in a window that is seen by nobody."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.canvas.canvas import Canvas
from app.preferences import Preferences
from app.studio import Studio
from app.theme import Theme
from app.workbench import Workbench
from graph.flow import Flow
from runtime.settings import settings_from

Show = Callable[[Flow], Canvas]


@pytest.fixture
def studio(qtbot: QtBot) -> Studio:
    """What a canvas may ask for, without the main window."""
    window = QWidget()
    qtbot.addWidget(window)
    settings = settings_from()
    theme = Theme("dark", window)
    theme.apply()
    return Studio(window, settings, Preferences(settings.folder, window), theme)


@pytest.fixture
def show(qtbot: QtBot, studio: Studio) -> Show:
    """Show a flow on a canvas of 800 by 600 pixels."""

    def shown(flow: Flow) -> Canvas:
        bench = Workbench(Document(flow), studio.catalog, parent=studio)
        canvas = Canvas(bench, studio)
        qtbot.addWidget(canvas)
        canvas.resize(800, 600)
        with qtbot.waitExposed(canvas):
            canvas.show()
        return canvas

    return shown
