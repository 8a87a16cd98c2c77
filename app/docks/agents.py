"""Who does the work: every agent with its health, its breakers and its figures, live."""

from app.agents.panel import Panel
from app.docks import Dock
from app.docks.late import Late


class Agents(Late):
    """Is filled when it is first seen."""

    inside = Panel

    def show_agent(self, agent: str) -> None:
        """Show one agent, as soon as there is something to be seen."""
        if isinstance(self.panel, Panel):
            self.panel.show_agent(agent)


DOCK = Dock("agents", "Agents", Panel.sign, "bottom", Agents, order=27, shown=False)
