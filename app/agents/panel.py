"""The dock of agents once it is seen: a list of them, and all about the one that is selected."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtWidgets import QLabel, QSplitter, QStackedLayout, QVBoxLayout

from agents.manager.status import AgentsStatus
from app.agents.details import Details
from app.agents.table import AgentTable
from app.living import is_there
from app.looking import Looking
from app.presenters.agents import Rates, agent_rows
from app.studio import Studio
from graph.errors import HeddleError

EVERY = 1000
"""Milliseconds between two looks at the agents, while somebody looks at them here."""

NOTHING_YET = "Agents appear here once the runtime is ready."


class Panel(Looking):
    """Asks once a second, and at once when something happened to an agent."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(EVERY)
        self._studio = studio
        self._rates = Rates()
        self._ahead = 0.0
        self._asked = False
        self.table, self.details = AgentTable(self), Details(self)
        self.empty = QLabel(NOTHING_YET, self)
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self._lay_out()
        self._connect()

    def look(self) -> None:
        """See how the agents are."""
        ready = self._studio.bridge.state in ("ready", "elsewhere")
        if ready and self.isVisible() and not self._asked:
            self._asked = True
            self._studio.bridge.agents(lambda a: a.status(), self._take, self._not_told)
        elif not ready:
            self._pages.setCurrentWidget(self.empty)

    def show_agent(self, agent: str) -> None:
        """Select an agent."""
        self.table.select(agent)

    def _news(self, *_: object) -> None:
        self.look()

    def _do(self, ask: Callable[[Any], Awaitable[AgentsStatus]]) -> None:
        """Have something done by the agents of the runtime, as the bridge hands them out."""
        self._studio.bridge.agents(ask, self._take, self._tell_trouble)

    def _tell_trouble(self, error: HeddleError) -> None:
        self._studio.notices.tell(str(error), "error", key="agents")

    def _not_told(self, _: HeddleError) -> None:
        self._asked = False  # the runtime is gone, or too old to tell; the next time will do

    def _take(self, status: AgentsStatus) -> None:
        self._asked = False
        if not is_there(self):
            return
        self._ahead = status.at - time.time()
        self._rates.see(status)
        rows = agent_rows(status, self._rates)
        self.table.show_rows(rows)
        self._pages.setCurrentWidget(self._split if rows else self.empty)
        self._show_details()

    def _show_details(self) -> None:
        if (row := self.table.selected) is not None:
            rate = self._rates.per_minute(row.key)
            self.details.show_agent(row.status, time.time() + self._ahead, rate)

    def _lay_out(self) -> None:
        self._split = QSplitter(self)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([560, 460])
        self._split.setChildrenCollapsible(False)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._pages)

    def _connect(self) -> None:
        self.table.chosen.connect(self._show_details)
        self.details.check_wanted.connect(self._check)
        self.details.restart_wanted.connect(lambda agent: self._do(lambda a: a.restart(agent)))
        self.details.drain_wanted.connect(lambda agent: self._do(lambda a: a.drain(agent)))
        self.details.reset_wanted.connect(lambda guard: self._do(lambda a: a.reset(guard)))
        self.details.hold_wanted.connect(lambda guard: self._do(lambda a: a.hold(guard)))
        self._studio.bridge.state_changed.connect(self._news)
        self._studio.bridge.agents_happened.connect(self._news)
        self._studio.theme.changed.connect(self.details.restyle)

    def _check(self, agent: str) -> None:
        def told(status: AgentsStatus) -> None:
            self._take(status)
            found = next(one for one in status.agents if one.agent == agent)
            well = found.state == "ok"
            text = f"{found.title} is well." if well else f"{found.title}: {found.detail}"
            self._studio.notices.tell(text, "success" if well else "warning", key="agents")

        self._studio.bridge.agents(lambda a: a.check(agent), told, self._tell_trouble)
