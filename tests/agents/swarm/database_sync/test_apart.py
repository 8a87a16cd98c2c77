"""PostgreSQL from a loop that can't watch the driver's sockets, as that of Windows can't."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from agents.errors import Rejected
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.stores.apart import StoreApart, suits
from agents.swarm.database_sync.stores.pool import MOST
from tests.agents.swarm.database_sync.conftest import House, until, users

NEVER = asyncio.AbstractEventLoop


class Deaf(asyncio.SelectorEventLoop):
    """Lets nobody watch sockets, and streams of its own work all the same."""

    add_reader, remove_reader = NEVER.add_reader, NEVER.remove_reader
    add_writer, remove_writer = NEVER.add_writer, NEVER.remove_writer


InDeaf = Callable[[Callable[[House, SyncAgent], Awaitable[None]]], None]


@pytest.fixture
def deaf(tmp_path: Path, schema_url: str, redis_server: Any) -> Iterator[InDeaf]:
    """Does something with a house and an agent, in such a loop."""

    async def with_house(work: Callable[[House, SyncAgent], Awaitable[None]]) -> None:
        house = House(tmp_path, schema_url, redis_server.url)
        house.make_tables()
        try:
            agent = await house.agent()
            assert isinstance(agent._store, StoreApart)
            await work(house, agent)
        finally:
            await house.close()

    with asyncio.Runner(loop_factory=Deaf) as runner:
        yield lambda work: runner.run(with_house(work))


def test_the_driver_can_t_use_such_a_loop(schema_url: str) -> None:
    with asyncio.Runner(loop_factory=Deaf) as runner:
        assert not suits(runner.get_loop())
        with pytest.raises(NotImplementedError):
            runner.run(psycopg.AsyncConnection.connect(schema_url))


async def test_other_loops_suit() -> None:
    assert suits(asyncio.get_running_loop())


def test_rows_are_written_and_read(deaf: InDeaf) -> None:
    async def work(house: House, agent: SyncAgent) -> None:
        await agent.define(users(on_conflict="version"))
        first = await agent.put("users", {"id": 1, "name": "Ada"})
        await agent.put("users", {"id": 1, "points": 2}, version=first.version)
        await agent.invalidate("users")
        got = await agent.get("users", 1)
        await agent.delete("users", 1)

        assert got.row is not None
        assert (got.source, got.row["points"]) == ("database", 2)
        assert house.ask("SELECT * FROM users") == []

    deaf(work)


def test_what_the_database_refuses_among_writes_behind_is_put_aside(deaf: InDeaf) -> None:
    async def work(house: House, agent: SyncAgent) -> None:
        await agent.define(users(mode="behind", delay=3600.0))
        await agent.put_rows("users", [{"id": n, "name": "x"} for n in range(5)])
        await agent.put("users", {"id": 5, "points": 1})  # it has no name
        await agent.flush()

        assert house.ask("SELECT count(*) FROM users") == [(5,)]
        assert [one.key for one in await agent.conflicts()] == ["[5]"]

    deaf(work)


def test_errors_are_those_of_the_store(deaf: InDeaf) -> None:
    async def work(house: House, agent: SyncAgent) -> None:
        await agent.define(users())
        with pytest.raises(Rejected, match="refuses"):
            await agent.put("users", {"id": 5, "points": 1})
        with pytest.raises(Rejected, match="no table"):
            await agent.define(users(table="nowhere"))

    deaf(work)


def test_what_others_change_is_heard_of(deaf: InDeaf) -> None:
    async def work(house: House, agent: SyncAgent) -> None:
        await agent.define(users(notify=True))
        await agent.put("users", {"id": 1, "name": "Ada"})
        await agent._watch.first_look.wait()
        house.ask("UPDATE users SET name = 'new' WHERE id = 1")

        async def is_new() -> bool:
            got = await agent.get("users", 1)
            return got.row is not None and got.row["name"] == "new"

        await until(is_new)

    deaf(work)


def test_whoever_is_cancelled_at_any_moment_leaves_no_transaction_open(deaf: InDeaf) -> None:
    async def work(house: House, agent: SyncAgent) -> None:
        await agent.define(users())
        for moments in range(MOST * 3):
            writing = asyncio.create_task(agent.put("users", {"id": 1, "name": "Ada"}))
            await asyncio.sleep(moments / 2000)
            writing.cancel()
            await asyncio.wait([writing])

        async with asyncio.timeout(20):  # none of its few connections was lost
            await asyncio.gather(
                *(agent.put("users", {"id": n, "name": "Eve"}) for n in range(MOST))
            )
        assert house.ask("SELECT DISTINCT name FROM users") == [("Eve",)]

    deaf(work)


def test_its_thread_ends_with_the_agent(deaf: InDeaf) -> None:
    async def work(house: House, agent: SyncAgent) -> None:
        await agent.close()
        assert "database-sync-store" not in {one.name for one in threading.enumerate()}

    deaf(work)
