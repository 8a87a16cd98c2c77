"""All about the agent that is selected: its guards, what it can do, what happened to it lately."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from agents.manager.status import AgentStatus
from app.agents.guard_card import GuardCard
from app.controls import heading, paragraph, rich, small_button, table_of
from app.presenters.agents import GuardRow, figures, guard_rows, headline, last_failure, lately
from app.results.elided_label import ElidedLabel

NO_GUARDS = "It asked nobody outside yet. Each host or provider it asks gets a guard of its own."
NOT_STARTED = "It is told once it has been started."
NOTHING = "Nothing happened to it yet."

EFFECTS = {"none": "", "read": "reads", "write": "writes"}


class Details(QScrollArea):
    """Changes in place while figures do; what is done is asked for by signals."""

    check_wanted = Signal(str)
    restart_wanted = Signal(str)
    drain_wanted = Signal(str)
    reset_wanted = Signal(str)
    hold_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("About the agent")
        self._agent = ""
        self._inside = QWidget(self)
        self.title = ElidedLabel(self._inside)
        self.title.setProperty("role", "title")
        self.headline = paragraph(self._inside, "muted")
        self.figures = paragraph(self._inside, "muted")
        self.detail = paragraph(self._inside, "")
        self.guards: dict[str, GuardCard] = {}
        self._no_guards = paragraph(self._inside, "muted", NO_GUARDS)
        self.lately = rich(self._inside, "Lately")
        self.capabilities = rich(self._inside, "What it can do")
        self._buttons()
        self._lay_out()
        self.setWidget(self._inside)

    def show_agent(self, status: AgentStatus, now: float, rate: float | None) -> None:
        """Show how an agent is at that time; `rate` is its calls in the last minute."""
        if status.agent != self._agent:
            self._agent = status.agent
            self.verticalScrollBar().setValue(0)
        self.title.show_text(status.title)
        self.headline.setText(headline(status, now))
        told = figures(status, rate)
        self.figures.setText(told)
        self.figures.setVisible(bool(told))
        trouble = status.detail or last_failure(status)
        self.detail.setText(trouble)
        self.detail.setVisible(bool(trouble))
        self._show_guards(status, now)
        self._put(self.lately, lately(status), NOTHING)
        self._put(self.capabilities, _capabilities(status), NOT_STARTED)
        self.check.setEnabled(status.instances > 0)
        self.drain.setEnabled(status.state not in ("idle", "stopped", "draining"))
        self.restart.setEnabled(status.state != "idle")
        self.restart.setText("Start" if status.state == "stopped" else "Restart")

    def restyle(self) -> None:
        """Take the colours of the theme."""
        for card in self.guards.values():
            card.restyle()

    def _show_guards(self, status: AgentStatus, now: float) -> None:
        rows = guard_rows(status, now)
        wanted = [row.guard for row in rows]
        if wanted != list(self.guards):
            for gone in [name for name in self.guards if name not in wanted]:
                card = self.guards.pop(gone)
                self._cards.removeWidget(card)
                card.deleteLater()
            kept, self.guards = self.guards, {}
            for at, row in enumerate(rows):
                card = kept.get(row.guard) or self._card(row)
                self.guards[row.guard] = card
                self._cards.insertWidget(at, card)
        for row in rows:
            self.guards[row.guard].show_row(row)
        self._no_guards.setVisible(not rows)

    def _card(self, row: GuardRow) -> GuardCard:
        card = GuardCard(row, self._inside)
        card.reset_wanted.connect(self.reset_wanted)
        card.hold_wanted.connect(self.hold_wanted)
        return card

    def _put(self, label: QLabel, rows: list[tuple[str, str]], nothing: str) -> None:
        text = table_of(rows) or nothing
        if label.text() != text:  # or what is selected in it would be no more
            label.setText(text)
            told = "; ".join(f"{name}: {said}" for name, said in rows)
            label.setAccessibleDescription(told or nothing)

    def _buttons(self) -> None:
        inside = self._inside
        self.check = small_button(
            inside, "Check deeply", "Have the agent ask the outside whether all is well",
            lambda: self.check_wanted.emit(self._agent),
        )  # fmt: skip
        self.restart = small_button(
            inside, "Restart", "Make it anew; what it does now may end",
            lambda: self.restart_wanted.emit(self._agent),
        )  # fmt: skip
        self.drain = small_button(
            inside, "Drain", "Give it no more to do, and close it once it has ended what it does",
            lambda: self.drain_wanted.emit(self._agent),
        )  # fmt: skip

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.check, self.restart, self.drain):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(6)
        self._cards.addWidget(self._no_guards)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.headline)
        column.addWidget(self.figures)
        column.addLayout(buttons)
        column.addWidget(self.detail)
        column.addWidget(heading(self._inside, "Guards"))
        column.addLayout(self._cards)
        column.addWidget(heading(self._inside, "Lately"))
        column.addWidget(self.lately)
        column.addWidget(heading(self._inside, "What it can do"))
        column.addWidget(self.capabilities)
        column.addStretch(1)


def _capabilities(status: AgentStatus) -> list[tuple[str, str]]:
    return [
        (one.name, f"{one.summary} ({EFFECTS[one.effect]})" if EFFECTS[one.effect]
         else one.summary)
        for one in status.capabilities
    ]  # fmt: skip
