"""A dock whose inside is dear: it is made when the dock is first seen."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.studio import Studio


class Late(QWidget):
    """Holds `panel`, None until then."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.panel: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def make(self, studio: Studio) -> QWidget:
        """What the dock shows."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.panel is None:
            self.panel = self.make(self._studio)
            self._column.addWidget(self.panel)
