"""A process that writes behind until it is killed: it says each key once that is acknowledged."""

import asyncio
import sys
from pathlib import Path

from msgspec.structs import replace

from agents.contract import Grants, Outside
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.shapes import Sync
from tests.agents.conftest import means_in


async def main(folder: str, database_url: str, redis_url: str) -> None:
    outside = Outside(database_url=database_url, redis_url=redis_url)
    means = replace(means_in(Path(folder)), outside=outside)
    agent = SyncAgent(Grants(folder=folder), means)
    await agent.connect()
    await agent.define(
        Sync(name="users", table="users", key=("id",), mode="behind", delay=0.02, batch=200)
    )

    async def write(number: int) -> None:
        await agent.put("users", {"id": number, "name": f"user {number}", "points": number})
        print(number, flush=True)

    for first in range(0, 100_000, 20):
        await asyncio.gather(*(write(number) for number in range(first, first + 20)))


asyncio.run(main(*sys.argv[1:]))
