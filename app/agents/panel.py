"""The dock of agents once it is seen: a list of them, and all about the one that is selected."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from agents.manager.status import AgentsStatus
from app.agents.details import Details
from app.agents.table import AgentTable
from app.living import is_there
from app.panes.bar import Standing
from app.panes.pane import ListPane
from app.presenters.agents import AgentRow, Rates, agent_rows, standing
from app.studio import Studio


class Panel(ListPane[AgentRow]):
    """Looks at once when something happened to an agent, too."""

    name = "agents"
    sign = "mdi6.account-hard-hat-outline"
    not_ready = "Agents appear here once the runtime is ready."

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._rates = Rates()
        self._ahead = 0.0
        self.table, self.details = AgentTable(self), Details(self)
        self.standing = Standing(self)
        self.bar.fill(self.standing, self.words)
        self.hold_list(self.table, self.details)
        self._connect()

    def ask(self, agents: Any) -> Awaitable[AgentsStatus]:
        """Ask how all agents are."""
        found: Awaitable[AgentsStatus] = agents.status()
        return found

    def take(self, told: AgentsStatus) -> None:
        """Show how they are."""
        self._ahead = told.at - time.time()
        self._rates.see(told)
        self.standing.show_sign(standing(told))
        self.bar.setVisible(bool(told.agents))
        self.show_rows(agent_rows(told, self._rates), self.not_ready)

    def show_selected(self) -> None:
        """Show how the selected one is now."""
        if (row := self.table.selected) is not None:
            rate = self._rates.per_minute(row.key)
            self.details.show_agent(row.status, time.time() + self._ahead, rate)

    def show_agent(self, agent: str) -> None:
        """Select an agent."""
        self.table.select(agent)

    def restyle(self) -> None:
        super().restyle()
        self.details.restyle()

    def _do(self, ask: Callable[[Any], Awaitable[AgentsStatus]]) -> None:
        """Have something done by the agents of the runtime, as the bridge hands them out."""
        self._studio.bridge.agents(ask, self._took, self.tell_trouble)

    def _took(self, status: AgentsStatus) -> None:
        if is_there(self):
            self.take(status)

    def _connect(self) -> None:
        self.details.check_wanted.connect(self._check)
        self.details.restart_wanted.connect(lambda agent: self._do(lambda a: a.restart(agent)))
        self.details.drain_wanted.connect(lambda agent: self._do(lambda a: a.drain(agent)))
        self.details.reset_wanted.connect(lambda guard: self._do(lambda a: a.reset(guard)))
        self.details.hold_wanted.connect(lambda guard: self._do(lambda a: a.hold(guard)))
        self._studio.bridge.agents_happened.connect(self.news)

    def _check(self, agent: str) -> None:
        def told(status: AgentsStatus) -> None:
            self._took(status)
            found = next(one for one in status.agents if one.agent == agent)
            well = found.state == "ok"
            text = f"{found.title} is well." if well else f"{found.title}: {found.detail}"
            self.tell(text, "success" if well else "warning")

        self._studio.bridge.agents(lambda a: a.check(agent), told, self.tell_trouble)
