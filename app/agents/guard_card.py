"""One guard: how its breaker stands, when it is tried again, what its calls came to."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.controls import paragraph, small_button
from app.icons import icon
from app.presenters.agents import GuardRow
from app.theme import current

SIGN = 18

LEAST_WORDS = 40
"""Pixels that are left of words where the dock is narrow."""


class GuardCard(QFrame):
    """Changes in place, so that the buttons stay under the mouse."""

    reset_wanted = Signal(str)
    hold_wanted = Signal(str)

    def __init__(self, row: GuardRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._row = row
        self._sign = QLabel(self)
        self._system = QLabel(self)
        self._system.setProperty("role", "heading")
        self._system.setMinimumWidth(LEAST_WORDS)
        self._said = paragraph(self, "")
        self._figures, self._trouble = paragraph(self, "small"), paragraph(self, "small")
        self.reset = small_button(
            self, "Try again now", "", lambda: self.reset_wanted.emit(row.guard)
        )
        self.hold = small_button(self, "Let it be", "", lambda: self.hold_wanted.emit(row.guard))
        self._lay_out()
        self.show_row(row)

    def show_row(self, row: GuardRow) -> None:
        """Show how it is now."""
        self._row = row
        self._system.setText(row.system)
        self._system.setToolTip(row.guard)
        self._said.setText(row.said)
        self._figures.setText(row.figures)
        self._trouble.setText(row.trouble)
        self._trouble.setVisible(bool(row.trouble))
        self.reset.setVisible(row.can_try)
        self.reset.setToolTip(f"Close the breaker, and ask {row.system} again at once")
        self.reset.setAccessibleName(f"Try again now: {row.system}")
        self.hold.setVisible(row.can_hold)
        self.hold.setToolTip(
            f"Keep the breaker open: {row.system} isn't asked until you try it again"
        )
        self.hold.setAccessibleName(f"Let it be: {row.system}")
        self.setAccessibleName(f"Guard of {row.system}: {row.said}, {row.figures}")
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        colour = getattr(current(), self._row.colour)
        self._sign.setPixmap(icon(self._row.icon, colour).pixmap(QSize(SIGN, SIGN)))
        self._said.setStyleSheet(f"color: {colour};")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._sign)
        head.addWidget(self._system, 1)
        stands = QHBoxLayout()
        stands.setSpacing(6)
        stands.addWidget(self._said, 1)
        stands.addWidget(self.reset)
        stands.addWidget(self.hold)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(stands)
        column.addWidget(self._figures)
        column.addWidget(self._trouble)
