"""Who does the work: every agent with its health, its breakers and its figures, live."""

from PySide6.QtWidgets import QWidget

from app.agents.panel import Panel
from app.docks import Dock
from app.docks.late import Late
from app.studio import Studio


class Agents(Late):
    """Is filled when it is first seen."""

    def make(self, studio: Studio) -> QWidget:
        return Panel(studio)

    def show_agent(self, agent: str) -> None:
        """Show one agent, as soon as there is something to be seen."""
        if isinstance(self.panel, Panel):
            self.panel.show_agent(agent)


DOCK = Dock(
    "agents",
    "Agents",
    "mdi6.account-hard-hat-outline",
    "bottom",
    Agents,
    order=27,
    shown=False,
)
