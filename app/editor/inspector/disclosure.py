"""A part of a form under a heading that opens and closes it, remembered from time to time."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.icons import icon
from app.preferences import Preferences
from app.theme import current

SIGNS = {False: "mdi6.chevron-right", True: "mdi6.chevron-down"}


class Disclosure(QWidget):
    """The content is made when it is first opened."""

    opened = Signal()

    def __init__(
        self, title: str, key: str, preferences: Preferences, make: Callable[[], QWidget],
        parent: QWidget, *, is_open: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._key = f"inspector/{key}"
        self._preferences = preferences
        self._make = make
        self.content: QWidget | None = None
        self.head = QToolButton(self)
        self.head.setText(title)
        self.head.setProperty("section", True)
        self.head.setAutoRaise(True)
        self.head.setCheckable(True)
        self.head.setIconSize(QSize(16, 16))
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.head)
        self.head.clicked.connect(lambda: self.set_open(self.head.isChecked()))
        self.set_open(preferences.flag(self._key, is_open), remember=False)

    @property
    def is_open(self) -> bool:
        return self.head.isChecked()

    def set_open(self, is_open: bool, *, remember: bool = True) -> None:
        """Open or close it; remembered for every block when a person did."""
        if is_open and self.content is None:
            self.content = self._make()
            self._column.addWidget(self.content)
        if self.content is not None:
            self.content.setVisible(is_open)
        self.head.setChecked(is_open)
        self.head.setIcon(icon(SIGNS[is_open], current().muted))
        self.head.setAccessibleDescription("Open" if is_open else "Closed")
        if remember:
            self._preferences.remember(self._key, is_open)
        if is_open:
            self.opened.emit()
