"""Menu bar and tool bar, drawn from the table of actions."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QWidget

from app.actions import MENUS, TABLE, ActionSet, Row

TOOLS = (
    "edit.undo", "edit.redo", "", "insert.block", "insert.note", "arrange.layout", "view.fit",
    "", "run.start", "run.to_here", "run.from_here", "run.cancel", "", "edit.find", "go.palette",
)  # fmt: skip
"""The tool bar, "" for a gap."""


def build_menus(window: QMainWindow, actions: ActionSet) -> dict[str, QMenu]:
    """Fill the menu bar; gives the menus by name."""
    menus = {name: window.menuBar().addMenu(f"&{name}") for name in MENUS}
    menu = menus[MENUS[0]]
    for row in TABLE:
        if isinstance(row, Row):
            menu = menus[row.menu]
            menu.addAction(actions[row.id])
        else:
            menu.addSeparator()
    return menus


def build_tools(window: QWidget, actions: ActionSet) -> QToolBar:
    """The tool bar."""
    bar = QToolBar("Tools", window)
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(18, 18))
    for id in TOOLS:
        if id:
            bar.addAction(actions[id])
        else:
            bar.addSeparator()
    return bar
