"""Menu bar and tool bar, drawn from the table of actions."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QPushButton, QSizePolicy, QToolBar, QWidget

from app.actions import MENUS, NATIVE, TABLE, ActionSet, Row
from app.icons import icon
from app.theme import current
from app.window.run_button import RunButton

TOOLS = (
    "run.cancel", "run.to_here", "run.from_here", "", "edit.undo", "edit.redo",
    "", "insert.block", "insert.note", "arrange.layout", "", "view.fit", "edit.find",
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


class ToolBar(QToolBar):
    """What is done often, with Run in front and the way to everything else at the end."""

    def __init__(self, window: QWidget, actions: ActionSet) -> None:
        super().__init__("Tools", window)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.toggleViewAction().setVisible(False)
        self._run = RunButton(actions["run.start"], "mdi6.play", self)
        self._search = self._search_button(actions["go.palette"])
        self._show_with(self._run, actions["run.start"])
        for id in TOOLS:
            if id:
                self.addAction(actions[id])
            else:
                self.addSeparator()
        gap = QWidget(self)
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self._show_with(self._search, actions["go.palette"])

    def restyle(self) -> None:
        """Draw the icons in the colours of the theme."""
        self._run.restyle()
        self._search.setIcon(icon("mdi6.magnify", current().muted))

    def _show_with(self, button: QWidget, action: QAction) -> None:
        """Add a button that is there while its action is."""
        here = self.addWidget(button)
        here.setVisible(action.isVisible())
        action.changed.connect(lambda: here.setVisible(action.isVisible()))

    def _search_button(self, action: QAction) -> QPushButton:
        keys = action.shortcut().toString(NATIVE)
        button = QPushButton(f"Search actions and blocks   {keys}", self)
        button.setProperty("search", True)
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        return button
