"""The one coloured button of the tool bar."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from app.icons import icon
from app.theme import current


class RunButton(QToolButton):
    """Does what an action does, with its title beside an icon that stands out from the accent."""

    def __init__(self, action: QAction, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._action = action
        self._name = name
        self.setProperty("primary", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        self.setText(action.text())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def restyle(self) -> None:
        """Draw the icon in the colours of the theme."""
        off = not self._action.isEnabled()
        self.setIcon(icon(self._name, current().faint if off else current().on_accent))

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.restyle()
