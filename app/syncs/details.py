"""All about the sync that is selected: how it is defined, what it came to, and its conflicts."""

from collections.abc import Sequence
from functools import partial
from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from agents.swarm.database_sync.shapes import Conflict
from app.controls import paragraph, rich, small_button, table_of
from app.panes.about import About, cards
from app.panes.wrapping import Wrapping
from app.presenters.syncs import SyncRow, conflict_words, differences, facts

NO_CONFLICTS = "Nothing waits for a decision."


class ConflictCard(QFrame):
    """One conflict: what differs, and what can be kept."""

    decided = Signal(str, str)

    def __init__(self, conflict: Conflict, parent: QWidget) -> None:
        super().__init__(parent)
        self.id = conflict.id
        self.setProperty("card", True)
        words = paragraph(self, "", conflict_words(conflict))
        table = rich(self, f"Mine and theirs of {conflict.key}")
        table.setText(_compared(conflict))
        buttons = Wrapping()
        for title, choice, tip in (
            ("Keep mine", "mine", "Write what the write says, over the row as it is"),
            ("Keep theirs", "theirs", "Leave the row as it is, and forget the write"),
            ("Merge…", "merged", "Make one row of both by hand"),
        ):
            button = small_button(
                self, title, tip,
                partial(self.decided.emit, conflict.id, choice),
            )  # fmt: skip
            button.setAccessibleName(f"{title} of {conflict.key}")
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(5)
        column.addWidget(words)
        column.addWidget(table)
        column.addLayout(buttons)


class Details(About):
    """What is done is asked for by signals."""

    change_wanted = Signal()
    flush_wanted = Signal()
    invalidate_wanted = Signal()
    remove_wanted = Signal()
    decided = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "About the sync")
        self.cards: list[ConflictCard] = []
        self._conflicts: Sequence[Conflict] = ()
        self._make_buttons()
        self.headline = self.words("muted")
        self.buttons(self.change, self.flush, self.invalidate, self.remove)
        self.heading("Conflicts")
        self.no_conflicts = self.words("muted", NO_CONFLICTS)
        self._cards = cards()
        self.add_layout(self._cards)
        self.heading("How it stands")
        self.facts = self.table("How it stands")

    def show_sync(self, row: SyncRow) -> None:
        """Show how a sync is now."""
        self.begin(row.key, row.name)
        self.headline.setText(row.about)
        self.facts.setText(table_of(facts(row.stats)))
        self.flush.setEnabled(row.stats.waiting > 0)
        self._show_conflicts(row.conflicts)

    def _show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        if conflicts == self._conflicts:
            return
        self._conflicts = conflicts
        for card in self.cards:
            self._cards.removeWidget(card)
            card.deleteLater()
        self.cards = [ConflictCard(one, self.inside) for one in conflicts]
        for card in self.cards:
            card.decided.connect(self.decided)
            self._cards.addWidget(card)
        self.no_conflicts.setVisible(not conflicts)

    def _make_buttons(self) -> None:
        inside = self.inside
        self.change = small_button(
            inside, "Change…", "Change how the table is kept in step", self.change_wanted.emit
        )
        self.flush = small_button(
            inside, "Flush", "Bring what waits to the database now", self.flush_wanted.emit
        )
        self.flush.setEnabled(False)
        self.invalidate = small_button(
            inside, "Invalidate", "Forget what is cached: the next reads ask the database",
            self.invalidate_wanted.emit,
        )  # fmt: skip
        self.remove = small_button(
            inside, "Remove…", "Keep the table in step no more; it stays as it is",
            self.remove_wanted.emit,
        )  # fmt: skip


def _compared(conflict: Conflict) -> str:
    head = "".join(
        f"<td style='padding-right: 14px'><b>{title}</b></td>" for title in ("", "Mine", "Theirs")
    )
    rows = "".join(
        "<tr>" + "".join(f"<td style='padding-right: 14px'>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in differences(conflict)
    )  # fmt: skip
    return f"<table cellspacing='0' cellpadding='0'><tr>{head}</tr>{rows}</table>"
