"""How the agents of the platforms are: asked deeply, within a second, once for all who ask."""

import asyncio
import time
from collections.abc import Awaitable, Collection, Mapping, Sequence

from agents.contract import Grants
from agents.manager.manager import Manager
from agents.manager.status import AgentStatus, State
from graph.errors import HeddleError
from runtime.services.integration.shapes import AgentHealth, AgentState

SWARM = (
    "api_gateway", "database_sync", "ui_sync", "realtime_update", "studio_bridge",
    "schema_validator",
)  # fmt: skip
"""The agents that connect platforms, by name."""

COORDINATOR = "coordinator"

WITHIN = 1.0
"""Seconds within which an agent has to say how it is."""
FRESH = 0.9
"""Seconds for which what they said holds."""

_STATES: Mapping[State, AgentState] = {
    "ok": "healthy", "idle": "healthy", "degraded": "degraded", "starting": "degraded",
    "draining": "degraded", "down": "unhealthy", "stopped": "unhealthy",
}  # fmt: skip

Healths = dict[str, AgentHealth]


class Pulse:
    """Asks the agents how they are. What is asked at once is asked once."""

    def __init__(self, agents: Manager, grants: Grants) -> None:
        self._agents = agents
        self._grants = grants
        self._asking = dict[str, asyncio.Task[None]]()
        self._round: asyncio.Task[Healths] | None = None
        self._last: Healths = {}
        self._at = float("-inf")

    @property
    def names(self) -> list[str]:
        """The agents that there are of those that connect platforms."""
        return [name for name in (*SWARM, COORDINATOR) if name in self._agents.known]

    def begin(self) -> None:
        """Have all of them made, so that they are there once somebody asks."""
        for name in self.names:
            self._ask(name)

    async def deep(self) -> Healths:
        """How all of them are by asking the outside, up to a second old."""
        if time.monotonic() - self._at < FRESH:
            return self._last
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self.asked(self.names))
        found = await asyncio.shield(self._round)
        self._last, self._at = found, time.monotonic()
        return found

    def basic(self, names: Sequence[str]) -> Healths:
        """How agents are by what is known of them."""
        told = {status.agent: status for status in self._agents.status().agents}
        return {name: health_of(told[name]) for name in names if name in told}

    async def asked(self, names: Sequence[str]) -> Healths:
        """How agents are by asking the outside, each for a second at the most."""
        took = await asyncio.gather(*(_timed(self._answered(name)) for name in names))
        return {
            name: _with(health, seconds)
            for name, (health, seconds) in zip(names, took, strict=True)
        }

    def end(self) -> None:
        """Ask nobody any more."""
        for task in (*self._asking.values(), *([self._round] if self._round else [])):
            task.cancel()

    async def _answered(self, name: str) -> AgentHealth:
        task = self._ask(name)
        await asyncio.wait([task], timeout=WITHIN)
        if not task.done():
            return self._silent(name)
        if (error := task.exception()) is not None:
            cure = error.cure if isinstance(error, HeddleError) else ""
            return AgentHealth("unhealthy", f"{error} {cure}".strip())
        return self.basic([name])[name]

    def _silent(self, name: str) -> AgentHealth:
        """How one is that hasn't answered in time."""
        status = self._agents.described(name)
        if status.state in ("idle", "starting"):
            return AgentHealth("degraded", "It is starting.")
        return AgentHealth("unhealthy", f"It didn't say how it is within {WITHIN:g} s.")

    def _ask(self, name: str) -> asyncio.Task[None]:
        """One that hasn't answered yet isn't asked a second time."""
        task = self._asking.get(name)
        if task is None or task.done():
            task = self._asking[name] = asyncio.create_task(self._looked(name))
        return task

    async def _looked(self, name: str) -> None:
        await self._agents.named(name, self._grants)
        await self._agents.check(deep=True, agent=name)


async def _timed(asked: Awaitable[AgentHealth]) -> tuple[AgentHealth, float]:
    began = time.perf_counter()
    return await asked, time.perf_counter() - began


def _with(health: AgentHealth, seconds: float) -> AgentHealth:
    return AgentHealth(health.status, health.detail, round(seconds * 1000, 1))


def health_of(status: AgentStatus) -> AgentHealth:
    """How an agent is, in the words of the hub."""
    state = _STATES[status.state]
    return AgentHealth(state, status.detail if state != "healthy" else "")


def overall(healths: Mapping[str, AgentHealth], lost: Collection[str] = ()) -> AgentState:
    """unhealthy: half of them or more are; degraded: some aren't well, or services are `lost`."""
    states = [health.status for health in healths.values()]
    if not states or states.count("unhealthy") * 2 >= len(states):
        return "unhealthy"
    is_well = not lost and states.count("healthy") == len(states)
    return "healthy" if is_well else "degraded"
