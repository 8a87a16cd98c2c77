"""All about the agent that is selected: its guards, what it can do, what happened to it lately."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from agents.manager.status import AgentStatus
from app.agents.guard_card import GuardCard
from app.controls import small_button, table_of
from app.panes.about import About, cards, say
from app.presenters.agents import GuardRow, figures, guard_rows, headline, last_failure, lately

NO_GUARDS = "It asked nobody outside yet. Each host or provider it asks gets a guard of its own."
NOT_STARTED = "It is told once it has been started."
NOTHING = "Nothing happened to it yet."

EFFECTS = {"none": "", "read": "reads", "write": "writes"}


class Details(About):
    """What is done is asked for by signals."""

    check_wanted = Signal(str)
    restart_wanted = Signal(str)
    drain_wanted = Signal(str)
    reset_wanted = Signal(str)
    hold_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "About the agent")
        self._agent = ""
        self.guards: dict[str, GuardCard] = {}
        self._make_buttons()
        self.headline, self.figures = self.words("muted"), self.words("muted")
        self.buttons(self.check, self.restart, self.drain)
        self.detail = self.words("")
        self.heading("Guards")
        self._no_guards = self.words("muted", NO_GUARDS)
        self._cards = cards()
        self.add_layout(self._cards)
        self.heading("Lately")
        self.lately = self.table("Lately")
        self.heading("What it can do")
        self.capabilities = self.table("What it can do")

    def show_agent(self, status: AgentStatus, now: float, rate: float | None) -> None:
        """Show how an agent is at that time; `rate` is its calls in the last minute."""
        self._agent = status.agent
        self.begin(status.agent, status.title)
        self.headline.setText(headline(status, now))
        say(self.figures, figures(status, rate))
        say(self.detail, status.detail or last_failure(status))
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
        card = GuardCard(row, self.inside)
        card.reset_wanted.connect(self.reset_wanted)
        card.hold_wanted.connect(self.hold_wanted)
        return card

    def _put(self, label: QLabel, rows: list[tuple[str, str]], nothing: str) -> None:
        label.setText(table_of(rows) or nothing)
        told = "; ".join(f"{name}: {said}" for name, said in rows)
        label.setAccessibleDescription(told or nothing)

    def _make_buttons(self) -> None:
        inside = self.inside
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


def _capabilities(status: AgentStatus) -> list[tuple[str, str]]:
    return [
        (one.name, f"{one.summary} ({EFFECTS[one.effect]})" if EFFECTS[one.effect]
         else one.summary)
        for one in status.capabilities
    ]  # fmt: skip
