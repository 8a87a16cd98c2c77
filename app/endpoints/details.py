"""All about the endpoint that is selected: how it stands, what came of it, and who has a key."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from agents.swarm.api_gateway.shapes import Key, Overview
from agents.swarm.api_gateway.words import deprecated_words
from app.controls import heading, paragraph, small_button, table_of
from app.presenters.endpoints import (
    EndpointRow,
    counted_words,
    facts,
    figures,
    key_words,
    rate_words,
)

NO_KEYS = "Nobody has a key yet. Endpoints that need one answer nobody until then."


class Details(QScrollArea):
    """Changes in place while figures do; what is done is asked for by signals."""

    copy_wanted = Signal()
    docs_wanted = Signal()
    deprecate_wanted = Signal()
    remove_wanted = Signal()
    key_wanted = Signal()
    key_unwanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("About the endpoint")
        self._inside = QWidget(self)
        self.title = QLabel(self._inside)
        self.title.setProperty("role", "title")
        self.title.setMinimumWidth(40)
        self.address = paragraph(self._inside, "mono")
        self.headline, self.figures = (paragraph(self._inside, "muted") for _ in range(2))
        self.warning = paragraph(self._inside, "warning")
        self.facts = QLabel(self._inside)
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.counted = paragraph(self._inside, "small")
        self._no_keys = paragraph(self._inside, "muted", NO_KEYS)
        self._keys: Sequence[Key] | None = None
        self.removes: dict[str, QPushButton] = {}
        """What takes keys away, by their ids."""
        self._buttons()
        self._lay_out()
        self.setWidget(self._inside)

    def show_endpoint(self, row: EndpointRow, seen: Overview) -> None:
        """Show how an endpoint is now."""
        endpoint = row.shown.endpoint
        self.title.setText(endpoint.title or endpoint.name)
        self.address.setText(f"{endpoint.method} {row.shown.address}")
        self.headline.setText(f"{endpoint.version} · {rate_words(endpoint.rate)}")
        self.figures.setText(figures(row.shown.usage))
        warning = deprecated_words(endpoint)
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning))
        self.deprecate.setText("Deprecate…" if endpoint.deprecation is None else "Take back")
        self._put(self.facts, table_of(facts(endpoint)))
        self.counted.setText(counted_words(seen))
        self._show_keys(seen.keys)

    def _put(self, label: QLabel, text: str) -> None:
        if label.text() != text:  # or what is selected in it would be no more
            label.setText(text)

    def _show_keys(self, keys: Sequence[Key]) -> None:
        if keys == self._keys:
            return
        self._keys = keys
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.removes.clear()
        for key in keys:
            self._cards.addWidget(self._card(key))
        self._no_keys.setVisible(not keys)

    def _card(self, key: Key) -> QFrame:
        card = QFrame(self._inside)
        card.setProperty("card", True)
        name = QLabel(key.label, card)
        name.setProperty("role", "heading")
        name.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(name)
        words.addWidget(paragraph(card, "small", key_words(key)))
        remove = small_button(
            card, "Remove", "Have the key open nothing any more",
            lambda: self.key_unwanted.emit(key.id),
        )  # fmt: skip
        remove.setAccessibleName(f"Remove the key {key.label}")
        self.removes[key.id] = remove
        row = QHBoxLayout(card)
        row.setContentsMargins(10, 6, 8, 6)
        row.addLayout(words, 1)
        row.addWidget(remove)
        return card

    def _buttons(self) -> None:
        inside = self._inside
        self.copy = small_button(
            inside, "Copy as curl", "Copy a command that calls it", self.copy_wanted.emit
        )
        self.docs = small_button(
            inside, "Try in browser", "Open the page of this version, to try it there",
            self.docs_wanted.emit,
        )  # fmt: skip
        self.deprecate = small_button(
            inside, "Deprecate…", "Tell callers that it should be called no more",
            self.deprecate_wanted.emit,
        )  # fmt: skip
        self.remove = small_button(
            inside, "Remove", "Take it away at once; calls under way are answered",
            self.remove_wanted.emit,
        )  # fmt: skip
        self.new_key = small_button(
            inside, "New key…", "Make a key for a caller", self.key_wanted.emit
        )

    def _lay_out(self) -> None:
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for number, button in enumerate((self.copy, self.docs, self.deprecate, self.remove)):
            buttons.addWidget(button, number // 2, number % 2)
        buttons.setColumnStretch(2, 1)
        keys = QHBoxLayout()
        keys.addWidget(heading(self._inside, "Keys"), 1)
        keys.addWidget(self.new_key)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(6)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(4)
        for widget in (self.title, self.address, self.headline, self.figures, self.warning):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(heading(self._inside, "How it stands"))
        column.addWidget(self.facts)
        column.addWidget(self.counted)
        column.addLayout(keys)
        column.addWidget(self._no_keys)
        column.addLayout(self._cards)
        column.addStretch(1)
