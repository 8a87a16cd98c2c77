"""The button at the end of a flow's tab: a dot while there is something to save, else a cross."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.icons import icon
from app.theme import current


class TabButton(QToolButton):
    """Closes a tab; shows the cross at all times under the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._modified = False
        self.setProperty("small", True)
        self.setIconSize(QSize(14, 14))
        self.setToolTip("Close flow")
        self.setAccessibleName("Close flow")
        self.restyle()

    def mark(self, modified: bool) -> None:
        """Show whether there is something to save."""
        self._modified = modified
        self.setAccessibleDescription("Not saved" if modified else "")
        self.restyle()

    def restyle(self) -> None:
        """Draw the sign in the colours of the theme."""
        dot = self._modified and not self.underMouse()
        self.setIcon(icon("mdi6.circle-medium" if dot else "mdi6.close", current().muted))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.restyle()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.restyle()
