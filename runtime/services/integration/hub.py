"""What the handlers of the hub share: the agents, how they are, and what was answered before."""

from typing import Any

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from agents.contract import Task
from agents.errors import Unavailable
from runtime.services.house import House
from runtime.services.integration.platform_data import DEFINITION, nothing, table_in
from runtime.services.integration.pulse import COORDINATOR, Pulse
from runtime.services.integration.reach import Reach

LARGEST = 8 * 2**20
"""Bytes that a request may have."""


class Hub:
    """The platforms of a house."""

    def __init__(self, house: House) -> None:
        self.runtime = house.runtime
        self.pulse = Pulse(house.runtime.agents, house.grants)
        self.reach = Reach(house.registry)
        self.keys = house.keys
        self._grants = house.grants
        self._table = table_in(house.settings.folder, house.settings.database_url)
        self._has_table = False
        house.at_end.callback(self._table.close)

    async def perform(self, agent: str, capability: str, **arguments: Any) -> Any:
        """Have an agent do something. Raises AgentError, BadInput."""
        if agent not in self.runtime.agents.known:
            raise Unavailable(
                f"There is no agent {agent!r} here.",
                cure="The server was started with SKIP_INTEGRATION_AGENTS; start it without.",
            )
        task = Task(capability, arguments)
        return await self.runtime.agents.perform_named(agent, self._grants, task)

    async def ready_table(self) -> None:
        """See to it that there is a table for what platforms send. Raises Unavailable."""
        if not self._has_table:
            await self._table.do(nothing)
            await self.perform("database_sync", "define", sync=DEFINITION)
            self._has_table = True

    async def coordinate(self, capability: str, **arguments: Any) -> Any:
        """Have the coordinator do something. Raises AgentError, BadInput."""
        return await self.perform(COORDINATOR, capability, **arguments)


Desk = NamedDependency[SkipValidation[Hub]]
