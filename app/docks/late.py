"""A dock whose inside is dear: it is made when the dock is first seen."""

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.studio import Studio


class Late(QWidget):
    """Holds `panel`, None until then."""

    inside: Callable[[Studio], QWidget]
    """Makes what the dock shows."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.panel: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.panel is None:
            self.panel = self.inside(self._studio)
            self._column.addWidget(self.panel)
