"""All about the sync that is selected: how it is defined, what it came to, and its conflicts."""

from collections.abc import Sequence
from functools import partial
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from agents.swarm.database_sync.shapes import Conflict
from app.controls import heading, paragraph, small_button, table_of
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
        table = QLabel(_compared(conflict), self)
        table.setTextFormat(Qt.TextFormat.RichText)
        table.setWordWrap(True)
        table.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
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
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(5)
        column.addWidget(words)
        column.addWidget(table)
        column.addLayout(buttons)


class Details(QScrollArea):
    """Changes in place while figures do; what is done is asked for by signals."""

    change_wanted = Signal()
    flush_wanted = Signal()
    invalidate_wanted = Signal()
    remove_wanted = Signal()
    decided = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("About the sync")
        self._inside = QWidget(self)
        self.title = QLabel(self._inside)
        self.title.setProperty("role", "title")
        self.title.setMinimumWidth(40)
        self.headline = paragraph(self._inside, "muted")
        self.facts = QLabel(self._inside)
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.no_conflicts = paragraph(self._inside, "muted", NO_CONFLICTS)
        self.cards: list[ConflictCard] = []
        self._conflicts: Sequence[Conflict] = ()
        self._buttons()
        self._lay_out()
        self.setWidget(self._inside)

    def show_sync(self, row: SyncRow) -> None:
        """Show how a sync is now."""
        self.title.setText(row.name)
        self.headline.setText(row.about)
        text = table_of(facts(row.stats))
        if self.facts.text() != text:  # or what is selected in it would be no more
            self.facts.setText(text)
        self.flush.setEnabled(row.stats.waiting > 0)
        self._show_conflicts(row.conflicts)

    def _show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        if conflicts == self._conflicts:
            return
        self._conflicts = conflicts
        for card in self.cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self.cards = [ConflictCard(one, self._inside) for one in conflicts]
        for card in self.cards:
            card.decided.connect(self.decided)
            self._column.addWidget(card)
        self.no_conflicts.setVisible(not conflicts)

    def _buttons(self) -> None:
        inside = self._inside
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
            inside, "Remove", "Keep the table in step no more; it stays as it is",
            self.remove_wanted.emit,
        )  # fmt: skip

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.change, self.flush, self.invalidate, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.headline)
        column.addLayout(buttons)
        column.addWidget(heading(self._inside, "Conflicts"))
        column.addWidget(self.no_conflicts)
        column.addLayout(self._column)
        column.addWidget(heading(self._inside, "How it stands"))
        column.addWidget(self.facts)
        column.addStretch(1)


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
