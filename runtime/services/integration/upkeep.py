"""What is old and over goes: runs, workflows, keys of requests, and what agents hold ready."""

import contextlib

from litestar import post
from litestar.params import JSONBody

from graph.errors import HeddleError
from runtime.commands import PruneRuns
from runtime.services.integration.hub import LARGEST, Desk, Hub
from runtime.services.integration.shapes import Cleanup, CleanupAnswer, now, plain
from runtime.services.roles import ByRole

DATABASE = "database_sync"
"""The agent that holds rows ready."""


@post(
    "/maintenance/cleanup",
    status_code=200,
    operation_id="cleanup",
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


async def _emptied(hub: Hub) -> dict[str, int]:
    """Whose caches were emptied: how many syncs of the database hold no row ready any more.

    One that can't be asked just now keeps what it has.
    """
    count = 0
    with contextlib.suppress(HeddleError):
        for sync in await hub.perform(DATABASE, "syncs"):
            await hub.perform(DATABASE, "invalidate", sync=plain(sync)["sync"]["name"])
            count += 1
    return {DATABASE: count} if count else {}


UPKEEP = ByRole(admin=(cleanup,))
