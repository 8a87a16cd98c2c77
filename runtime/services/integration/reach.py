"""Which services there were and are no more: agents behind them are reached by nobody."""

import asyncio
from collections.abc import Mapping

from runtime.services.integration.pulse import Healths
from runtime.services.integration.shapes import AgentHealth
from runtime.services.offered import SERVICES
from runtime.services.registry.registry import Registry

WITHIN = 1.0
"""Seconds that looking at the registry may take."""
EVERY = 2.0
"""Seconds between two looks while nobody asks."""

_SERVICE_OF = {agent: service.name for service in SERVICES for agent in service.faces}

Lost = Mapping[str, str]
"""Services that were well once and aren't now, with what is wrong."""


class Reach:
    """Remembers which services were seen since it was made: none is missed that never was."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._seen = set[str]()
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look again and again, so that whoever asks for the first time is told, too."""
        self._looking = asyncio.create_task(self._look_often())

    def end(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look_often(self) -> None:
        while True:
            await self.lost()
            await asyncio.sleep(EVERY)

    async def lost(self) -> Lost:
        """Services that were seen and are late or gone; none while that can't be known."""
        try:
            async with asyncio.timeout(WITHIN):
                entries = await self._registry.services()
        except TimeoutError:
            return {}
        if self._registry.is_old:
            return {}
        well = {entry.service for entry in entries if entry.health != "late"}
        late = {entry.service: entry.detail for entry in entries if entry.service not in well}
        self._seen |= well
        return {
            name: late.get(name, f"Nobody serves it any more. Start `heddle serve {name}`.")
            for name in sorted(self._seen - well)
        }


def reached(healths: Healths, lost: Lost) -> Healths:
    """How agents are, where one that is well is degraded once its service is lost."""
    return {name: _reached(name, health, lost) for name, health in healths.items()}


def _reached(name: str, health: AgentHealth, lost: Lost) -> AgentHealth:
    service = _SERVICE_OF.get(name, "")
    if health.status != "healthy" or service not in lost:
        return health
    detail = f"The service {service!r} is lost. {lost[service]}"
    return AgentHealth("degraded", detail, health.response_time_ms)
