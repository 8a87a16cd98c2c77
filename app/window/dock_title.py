"""The title bar of a dock: its name, and buttons to float it and to close it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from app.icons import icon
from app.theme import ROW, current


class DockTitle(QWidget):
    """Takes no room while a tab says the same."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self._folded = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel(dock.windowTitle(), self)
        self._label.setProperty("role", "heading")
        self.floats = self._button(f"Float {dock.windowTitle()}", self._float)
        self.closes = self._button(f"Close {dock.windowTitle()}", dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(self._label, 1)
        row.addWidget(self.floats)
        row.addWidget(self.closes)
        self.restyle()

    def fold(self, away: bool) -> None:
        """Take no room, or that of a bar again."""
        if away != self._folded:
            self._folded = away
            for widget in (self._label, self.floats, self.closes):
                widget.setHidden(away)
            self.updateGeometry()

    def restyle(self) -> None:
        """Draw the icons in the colours of the theme."""
        self.floats.setIcon(icon("mdi6.dock-window", current().muted))
        self.closes.setIcon(icon("mdi6.close", current().muted))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 0 if self._folded else ROW)

    def _float(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def _button(self, name: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("small", True)
        button.setIconSize(QSize(14, 14))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(lambda: do())
        return button
