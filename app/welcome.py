"""The welcome page: begin with a template, go on with a recent flow, or start empty."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.studio import Studio


class Welcome(QWidget):
    """The page that is there before any flow is."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel("Heddle", self))
