"""What is shown where nothing is connected yet: the three ways to get a model."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.controls import paragraph
from app.panes.wrapping import Wrapping
from runtime.connections.nearby import Nearby

LOCAL = "openai_compatible"
WORDS = (
    "Flows ask models, services and databases through connections. A model comes from Claude, "
    "from OpenAI, or runs on this machine; “Connect…” has everything else."
)
NOT_THERE = "No model answers on this machine: start Ollama, llama.cpp or vLLM, and look again."


class FirstUse(QWidget):
    """Says which ways there are, and offers the servers that answer."""

    wanted = Signal(str, str, dict)
    """A connection of that kind, with that name and these fields, is to be made."""
    looked = Signal()
    """It is to be looked again which models answer here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        words = QLabel(WORDS, self)
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        words.setMaximumWidth(620)
        self._row = Wrapping()
        self._row.setSpacing(8)
        self.offers: dict[str, QPushButton] = {}
        self._button("Claude key…", "anthropic", "claude", {})
        self._button("OpenAI key…", "openai", "openai", {})
        self._button("Server on this machine…", LOCAL, "local", {})
        self.nearby = paragraph(self, "small", NOT_THERE)
        again = QPushButton("Look again", self)
        again.setProperty("link", True)
        again.clicked.connect(self.looked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(10)
        column.addWidget(words)
        column.addLayout(self._row)
        column.addWidget(self.nearby)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_nearby(self, found: tuple[Nearby, ...]) -> None:
        """Offer the servers that answer, each with one click."""
        for one in found:
            if one.title not in self.offers:
                self._button(
                    f"{one.title} ({len(one.models)} models)", LOCAL, one.name,
                    {"base_url": one.address}, key=one.title,
                )  # fmt: skip
        there = ", ".join(one.title for one in found)
        self.nearby.setText(f"Answers on this machine: {there}." if found else NOT_THERE)

    def _button(
        self, title: str, kind: str, name: str, given: dict[str, str], *, key: str = ""
    ) -> None:
        button = QPushButton(title, self)
        button.clicked.connect(partial(self._want, kind, name, given))
        self.offers[key or title] = button
        self._row.addWidget(button)

    def _want(self, kind: str, name: str, given: dict[str, str], _checked: bool = False) -> None:
        self.wanted.emit(kind, name, given)
