"""Each database server has a guard, named by its address without the password."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.contract import Grants, Means
from agents.database.agent import DatabaseAgent
from agents.errors import BreakerOpen, Rejected, Unreachable
from agents.resilience.guards import Guards
from runtime.clock import ManualClock
from tests.servers.postgres import PostgresServer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def guards(clock: ManualClock) -> Guards:
    return Guards(clock=clock)


@pytest.fixture
async def agent(guards: Guards, tmp_path: Path) -> AsyncIterator[DatabaseAgent]:
    folder = str(tmp_path)
    made = DatabaseAgent(Grants(folder=folder, writes=(folder,)), Means(guards, tmp_path))
    await made.connect()
    yield made
    await made.close()


async def ask(agent: DatabaseAgent, database: str, sql: str = "SELECT 1 AS one") -> Any:
    return await agent.query(database, sql, {}, row_limit=10, time_limit=5.0)


async def test_a_server_that_is_down_is_not_asked_until_it_may_be_tried(
    agent: DatabaseAgent, own_postgres: PostgresServer, clock: ManualClock
) -> None:
    url = own_postgres.url()
    own_postgres.stop()
    for _ in range(5):
        with pytest.raises(Unreachable):
            await ask(agent, url)

    with pytest.raises(BreakerOpen, match=r"/postgres isn't asked since") as caught:
        await ask(agent, url)
    assert "@" not in str(caught.value)

    own_postgres.start()
    await clock.advance(60)
    assert [await ask(agent, url) for _ in range(4)] == [[{"one": 1}]] * 4


async def test_bad_sql_and_statements_ended_in_time_say_nothing_bad_of_the_server(
    agent: DatabaseAgent, postgres_url: str, guards: Guards
) -> None:
    for _ in range(6):
        with pytest.raises(Rejected):
            await ask(agent, postgres_url, "SELECT nothing")
        with pytest.raises(Unreachable, match="no answer in time"):
            await agent.query(postgres_url, "SELECT pg_sleep(9)", {}, row_limit=1, time_limit=0.05)

    (status,) = guards.snapshot()
    assert status.guard.startswith("database:postgresql://127.0.0.1:")
    assert (status.calls, status.failures) == (12, 0)


async def test_a_file_has_no_guard(agent: DatabaseAgent, tmp_path: Path, guards: Guards) -> None:
    (tmp_path / "a.db").touch()

    await ask(agent, "a.db")

    assert guards.snapshot() == ()
