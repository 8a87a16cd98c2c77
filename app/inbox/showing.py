"""Brings up the inbox, wherever in the window one is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from app.studio import Studio

DOCK = "dock.inbox"
TALL = 300
"""Pixels of the dock on the welcome page, where docks have no height of their own."""


def show_inbox(studio: Studio) -> None:
    """Show the dock, before those that share its place."""
    window = studio.window
    dock = window.findChild(QDockWidget, DOCK)
    assert isinstance(window, QMainWindow)
    assert isinstance(dock, QDockWidget)
    dock.show()
    dock.raise_()
    if studio.workspace.current is None:
        window.resizeDocks([dock], [TALL], Qt.Orientation.Vertical)
