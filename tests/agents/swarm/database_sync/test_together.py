"""Two agents of different homes share a PostgreSQL and a Redis."""

import asyncio
import random

import pytest

from agents.swarm.database_sync.agent import SyncAgent
from tests.agents.swarm.database_sync.conftest import House, behind, users

ROWS = 5


async def two(house: House) -> tuple[SyncAgent, SyncAgent]:
    made = await asyncio.gather(house.agent("one"), house.agent("other"))
    for agent in made:
        await agent._watch.first_look.wait()
    return made[0], made[1]


async def test_a_row_that_both_ask_for_is_read_once(whole_house: House) -> None:
    whole_house.ask("INSERT INTO users (id, name) VALUES (1, 'Ada')")
    one, other = await two(whole_house)
    await one.define(users())
    await other.define(users())

    got = await asyncio.gather(*(agent.get("users", 1) for agent in (one, other) * 10))

    assert {each.row["name"] for each in got if each.row} == {"Ada"}
    assert sum(len(agent._syncs.figures("users").loads) for agent in (one, other)) == 1


async def test_what_one_writes_the_other_sees_at_once(whole_house: House) -> None:
    one, other = await two(whole_house)
    await one.define(users(columns=("name",)))
    await other.define(users(columns=("name",)))
    await one.define(behind(name="users", columns=("name",)))

    assert not (await other.get("users", 1)).found
    await one.put("users", {"id": 1, "name": "Ada"})
    waiting = await other.get("users", 1)
    await one.flush()
    written = await other.get("users", 1)

    assert waiting.row == written.row == {"id": 1, "name": "Ada"}
    assert written.source == "cache"


@pytest.mark.parametrize("seed", range(3))
async def test_the_cache_says_what_the_database_says_whoever_writes(
    whole_house: House, seed: int
) -> None:
    one, other = await two(whole_house)
    chance = random.Random(seed)
    await one.define(users(ttl=3600))
    await other.define(users(ttl=3600))

    async def work(agent: SyncAgent, number: int) -> None:
        row = chance.randrange(ROWS)
        match chance.randrange(5):
            case 0 | 1:
                await agent.get("users", row)
            case 2:
                await agent.delete("users", row)
            case _:
                await agent.put("users", {"id": row, "name": f"{number}"})

    for first in range(0, 240, 24):
        await asyncio.gather(
            *(work((one, other)[number % 2], number) for number in range(first, first + 24))
        )

    there = {int(id): name for id, name in whole_house.ask("SELECT id, name FROM users")}
    for agent in (one, other):
        for row in range(ROWS):
            got = await agent.get("users", row)
            assert (got.row and got.row["name"]) == there.get(row)
