"""All about the endpoint that is selected: how it stands, what came of it, and who has a key."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from agents.swarm.api_gateway.shapes import Key, Overview
from agents.swarm.api_gateway.words import deprecated_words
from app.controls import paragraph, small_button, table_of
from app.panes.about import About, cards, say
from app.presenters.endpoints import EndpointRow, facts, figures, key_words, rate_words

NO_KEYS = "Nobody has a key yet. Endpoints that need one answer nobody until then."


class Details(About):
    """What is done is asked for by signals."""

    copy_wanted = Signal()
    docs_wanted = Signal()
    deprecate_wanted = Signal()
    remove_wanted = Signal()
    key_wanted = Signal()
    key_unwanted = Signal(Key)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "About the endpoint")
        self._keys: Sequence[Key] | None = None
        self.removes: dict[str, QPushButton] = {}
        """What takes keys away, by their ids."""
        self._make_buttons()
        self.address = self.words("mono")
        self.headline, self.figures = self.words("muted"), self.words("muted")
        self.warning = self.words("warning")
        self.buttons(self.copy, self.docs, self.deprecate, self.remove)
        self.heading("How it stands")
        self.facts = self.table("How it stands")
        self.heading("Keys", self.new_key)
        self._no_keys = self.words("muted", NO_KEYS)
        self._cards = cards()
        self.add_layout(self._cards)

    def show_endpoint(self, row: EndpointRow, seen: Overview) -> None:
        """Show how an endpoint is now."""
        endpoint = row.shown.endpoint
        self.begin(endpoint.key, endpoint.title or endpoint.name)
        self.address.setText(f"{endpoint.method} {row.shown.address}")
        self.headline.setText(f"{endpoint.version} · {rate_words(endpoint.rate)}")
        self.figures.setText(figures(row.shown.usage))
        say(self.warning, deprecated_words(endpoint))
        self.deprecate.setText("Deprecate…" if endpoint.deprecation is None else "Take back")
        self.facts.setText(table_of(facts(row.shown)))
        self._show_keys(seen.keys)

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
        card = QFrame(self.inside)
        card.setProperty("card", True)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(paragraph(card, "heading", key.label))
        words.addWidget(paragraph(card, "small", key_words(key)))
        remove = small_button(
            card, "Remove…", "Have the key open nothing any more",
            lambda: self.key_unwanted.emit(key),
        )  # fmt: skip
        remove.setAccessibleName(f"Remove the key {key.label}")
        self.removes[key.id] = remove
        row = QHBoxLayout(card)
        row.setContentsMargins(10, 6, 8, 6)
        row.addLayout(words, 1)
        row.addWidget(remove)
        return card

    def _make_buttons(self) -> None:
        inside = self.inside
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
            inside, "Remove…", "Take it away; calls under way are answered",
            self.remove_wanted.emit,
        )  # fmt: skip
        self.new_key = small_button(
            inside, "New key…", "Make a key for a caller", self.key_wanted.emit
        )
