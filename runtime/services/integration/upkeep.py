"""What is old and over goes: runs, workflows, keys of requests, and what agents hold ready."""

import contextlib
from typing import Any

from litestar import post
from litestar.params import JSONBody

from graph.errors import HeddleError
from runtime.commands import PruneRuns
from runtime.services.integration.hub import Desk, Hub
from runtime.services.integration.problems import LARGEST, PROBLEMS
from runtime.services.integration.shapes import Cleanup, CleanupAnswer, now
from runtime.services.roles import ByRole

CACHES: dict[str, str] = {}
"""The agents that hold something ready, and the capability by which they let go of it."""


@post(
    "/maintenance/cleanup",
    status_code=200,
    operation_id="cleanup",
    responses=PROBLEMS,
    request_max_body_size=LARGEST,
)
async def cleanup(hub: Desk, data: JSONBody[Cleanup]) -> CleanupAnswer:
    """Forget what is over and so old, empty the agents' caches, and say what went."""
    days = data.older_than_days
    pruned = await hub.runtime.obey(PruneRuns(days, None))
    return CleanupAnswer(
        runs=pruned.count,
        workflows=await hub.coordinate("forget", days=days) if hub.pulse.names else 0,
        idempotency_keys=await hub.keys.forget_older(days),
        caches=await _emptied(hub) if data.caches else {},
        timestamp=now(),
    )


async def _emptied(hub: Hub) -> dict[str, Any]:
    """What agents let go of; one that can't just now keeps what it has."""
    emptied = dict[str, Any]()
    for agent, capability in CACHES.items():
        if agent in hub.runtime.agents.known:
            with contextlib.suppress(HeddleError):
                emptied[agent] = await hub.perform(agent, capability)
    return emptied


UPKEEP = ByRole(admin=(cleanup,))
