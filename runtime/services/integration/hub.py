"""What the handlers of the hub share: the agents, how they are, and what was answered before."""

from typing import Any

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from agents.contract import Task
from agents.errors import Unavailable
from runtime.services.house import House
from runtime.services.integration.pulse import COORDINATOR, Pulse


class Hub:
    """The platforms of a house."""

    def __init__(self, house: House) -> None:
        self.runtime = house.runtime
        self.pulse = Pulse(house.runtime.agents, house.grants)
        self.keys = house.keys
        self._grants = house.grants

    async def perform(self, agent: str, capability: str, **arguments: Any) -> Any:
        """Have an agent do something. Raises AgentError, BadInput."""
        if agent not in self.runtime.agents.known:
            raise Unavailable(
                f"There is no agent {agent!r} here.",
                cure="The server was started with SKIP_INTEGRATION_AGENTS; start it without.",
            )
        task = Task(capability, arguments)
        return await self.runtime.agents.perform_named(agent, self._grants, task)

    async def coordinate(self, capability: str, **arguments: Any) -> Any:
        """Have the coordinator do something. Raises AgentError, BadInput."""
        return await self.perform(COORDINATOR, capability, **arguments)


Desk = NamedDependency[SkipValidation[Hub]]
