"""Starts the studio: application, theme, window, event loop."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import qasync
from PySide6.QtWidgets import QApplication

from app.icons import mark
from app.preferences import Preferences
from app.style_sheet import style_sheet
from app.theme import Choice, Theme, current
from app.window.focus_ring import FocusRing
from app.window.main_window import MainWindow
from app.window.warming import Warming
from runtime.bundle.contents import BUNDLE_SUFFIX
from runtime.settings import Settings, settings_from

CHOICES: dict[str, Choice] = {"dark": "dark", "light": "light", "system": "system"}


def application() -> QApplication:
    """The Qt application, made when there is none yet."""
    made = cast("QApplication | None", QApplication.instance()) or QApplication(sys.argv[:1])
    made.setApplicationName("Heddle")
    made.setApplicationDisplayName("Heddle")
    made.setDesktopFileName("heddle")
    made.setStyle("Fusion")
    made.setWindowIcon(mark())
    return made


def build(settings: Settings) -> MainWindow:
    """The window, dressed and ready to be shown."""
    app = application()
    preferences = Preferences(settings.folder, app)
    theme = Theme(CHOICES.get(preferences.text("theme"), "system"), app)
    theme.changed.connect(lambda: _dress(app))
    theme.apply()
    if app.findChild(FocusRing) is None:
        FocusRing(app)
    return MainWindow(settings, preferences, theme)


def _dress(app: QApplication) -> None:
    """Qt measures every widget anew for a style sheet, so not for the one it has."""
    sheet = style_sheet(current())
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)


def _open(window: MainWindow, files: Sequence[str]) -> None:
    """Open files; what a run needs to be shown is there only once the window is complete."""
    if any(file.endswith(BUNDLE_SUFFIX) for file in files):
        window.complete()
    window.studio.open_files(map(Path, files))


def main(files: Sequence[str] = ()) -> int:
    """Open the studio, with these files; gives the exit code when the window was closed."""
    app = application()
    window = build(settings_from())
    studio = window.studio
    for later in (studio.bridge.start, studio.begun.emit, Warming(studio, window.complete).begin):
        window.seen.connect(later)
    window.seen.connect(lambda: _open(window, files))
    window.show()
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    closed = asyncio.Event()
    app.aboutToQuit.connect(closed.set)
    try:
        with loop:
            loop.run_until_complete(closed.wait())
    finally:
        studio.bridge.close()
    return 0
