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

    async def write_list(numbers: range) -> None:
        await agent.put_rows(
            "users", [{"id": n, "name": f"user {n}", "points": n} for n in numbers]
        )
        print(*numbers, sep="\n", flush=True)

    for first in range(0, 100_000, 40):
        one_by_one, as_one = range(first, first + 20), range(first + 20, first + 40)
        await asyncio.gather(*map(write, one_by_one), write_list(as_one))


asyncio.run(main(*sys.argv[1:]))
