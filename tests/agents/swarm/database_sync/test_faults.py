"""PostgreSQL, Redis and the process itself are killed under load: nothing acknowledged is lost."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from agents.errors import AgentError, Unavailable, Unreachable
from agents.swarm.database_sync import watching
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.stores import postgres
from tests.agents.swarm.database_sync.conftest import House, behind, until, users
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer


class Load:
    """Writes and reads until it is told to end; `acknowledged` is what it was promised.

    Each worker has rows of its own, and what it writes to a row grows.
    """

    def __init__(self, agent: SyncAgent) -> None:
        self.agent = agent
        self.acknowledged = dict[int, int]()
        self.failed: list[AgentError] = []
        self.writes = self.tried = 0
        self._going = True
        self._workers = [asyncio.create_task(self._work(n)) for n in range(8)]

    async def _work(self, worker: int) -> None:
        turn = 0
        while self._going:
            turn += 1
            number = worker + 8 * (turn % 20)
            self.tried += 1
            try:
                await self.agent.put("users", {"id": number, "name": "x", "points": turn})
                self.acknowledged[number] = turn
                self.writes += 1
                await self.agent.get("users", number)
            except (Unreachable, Unavailable) as error:
                self.failed.append(error)
            await asyncio.sleep(0.002)

    async def more(self, times: int = 60) -> None:
        """Come back when it was tried so often again."""
        aim = self.tried + times

        async def there() -> bool:
            return self.tried >= aim

        await until(there)

    async def end(self) -> dict[int, int]:
        """Write no more; gives what was acknowledged."""
        self._going = False
        await asyncio.gather(*self._workers)
        return self.acknowledged


@pytest.fixture
async def own_house(
    tmp_path: Path, own_postgres: PostgresServer, redis_server: RedisServer
) -> AsyncIterator[House]:
    """A house whose servers nobody else uses."""
    made = House(tmp_path, own_postgres.new_database(), redis_server.url)
    made.make_tables()
    yield made
    await made.close()


async def truly(agent: SyncAgent, state: str) -> None:
    """Come back when the health, as far as the agent knows by itself, is so."""

    async def so() -> bool:
        return (await agent.health()).state == state

    await until(so)


def in_the_table(house: House) -> dict[int, int]:
    return {int(id): int(points) for id, points in house.ask("SELECT id, points FROM users")}


@pytest.mark.parametrize("mode", ["through", "behind"])
async def test_no_write_is_lost_when_postgres_crashes_and_comes_back(
    own_house: House, own_postgres: PostgresServer, mode: str
) -> None:
    agent = await own_house.agent()
    await agent.define(users(mode=mode, delay=0.01))
    load = Load(agent)
    await load.more()

    own_postgres.stop(signal.SIGQUIT)
    await truly(agent, "degraded")
    told = await agent.health(deep=True)
    await load.more(80)
    own_postgres.start()
    await truly(agent, "ok")
    await load.more()
    acknowledged = await load.end()
    await agent.flush()

    assert "postgresql://" in told.detail
    there = in_the_table(own_house)
    # What failed was promised to nobody, and may still have been done.
    lost = [number for number in acknowledged if there.get(number, 0) < acknowledged[number]]
    assert lost == []
    assert mode == "through" or there == acknowledged


async def test_what_is_cached_is_given_as_stale_while_postgres_is_away(
    own_house: House, own_postgres: PostgresServer
) -> None:
    agent = await own_house.agent()
    await agent.define(users(ttl=0.05))
    await agent.put("users", {"id": 1, "name": "Ada"})
    own_postgres.stop(signal.SIGQUIT)
    await truly(agent, "degraded")

    got = await agent.get("users", 1)
    with pytest.raises((Unreachable, Unavailable)):
        await agent.get("users", 2)
    with pytest.raises((Unreachable, Unavailable)):
        await agent.put("users", {"id": 1, "name": "Bob"})
    own_postgres.start()
    await truly(agent, "ok")
    after = await agent.get("users", 1)

    assert got.row is not None
    assert (got.row["name"], got.stale, got.source) == ("Ada", True, "cache")
    assert (after.stale, after.source) == (False, "database")


async def test_an_agent_begins_while_postgres_is_away(
    own_house: House, own_postgres: PostgresServer
) -> None:
    first = await own_house.agent()
    await first.define(behind())
    await first.put("users", {"id": 1, "name": "Ada"})
    await first.flush()
    await first.get("users", 1)
    own_postgres.stop()
    await first.close()

    second = await own_house.agent()
    cached = await second.get("users", 1)
    await second.put("users", {"id": 2, "name": "Bob"})
    own_postgres.start()
    await truly(second, "ok")
    await second.flush()

    assert cached.row is not None
    assert cached.row["name"] == "Ada"
    assert own_house.ask("SELECT name FROM users ORDER BY id") == [("Ada",), ("Bob",)]


@pytest.mark.parametrize("mode", ["through", "behind"])
async def test_reads_and_writes_go_on_while_redis_is_away(
    whole_house: House, redis_server: RedisServer, mode: str
) -> None:
    agent = await whole_house.agent()
    await agent.define(users(mode=mode, delay=0.01))
    load = Load(agent)
    await load.more()

    redis_server.stop()
    await truly(agent, "degraded")
    told = await agent.health(deep=True)
    await load.more(80)
    redis_server.start()
    await truly(agent, "ok")
    await load.more()
    acknowledged = await load.end()
    await agent.flush()

    assert "redis://" in told.detail
    assert load.failed == []
    assert in_the_table(whole_house) == acknowledged
    assert {number: (await points_of(agent, number)) for number in acknowledged} == acknowledged


async def test_what_was_cached_before_redis_was_lost_is_void_once_it_is_back(
    whole_house: House, redis_server: RedisServer
) -> None:
    agent = await whole_house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "old"})
    other = await whole_house.agent("another home")
    await other.define(users())
    with frozen(pid_of(redis_server)):
        await truly(agent, "degraded")
        await agent.put("users", {"id": 1, "name": "new"})
    await truly(agent, "ok")
    await truly(other, "ok")

    got = await other.get("users", 1)

    assert got.row is not None
    assert got.row["name"] == "new"


async def test_that_the_cache_lacks_writes_is_known_after_a_crash(
    whole_house: House, redis_server: RedisServer
) -> None:
    first = await whole_house.agent()
    await first.define(users())
    await first.put("users", {"id": 1, "name": "old"})
    with frozen(pid_of(redis_server)):
        await truly(first, "degraded")
        await first.put("users", {"id": 1, "name": "new"})
        await first._watch.close()  # it never learns that Redis is back, as if it was killed

    second = await whole_house.agent()
    await truly(second, "ok")

    async def is_new() -> bool:
        got = await second.get("users", 1)
        return got.row is not None and got.row["name"] == "new"

    await until(is_new)


async def test_writes_behind_wait_when_both_are_gone(
    own_house: House, own_postgres: PostgresServer, redis_server: RedisServer
) -> None:
    agent = await own_house.agent()
    await agent.define(behind(columns=("name",)))
    own_postgres.stop(signal.SIGQUIT)
    redis_server.stop()

    told = await agent.health(deep=True)
    written = await agent.put("users", {"id": 1, "name": "Ada"})
    got = await agent.get("users", 1)
    redis_server.start()
    own_postgres.start()
    await truly(agent, "ok")
    await agent.flush()

    assert told.state == "degraded"
    assert "Neither" in told.detail
    assert (written.state, got.source) == ("waiting", "waiting")
    assert own_house.ask("SELECT name FROM users") == [("Ada",)]


async def test_what_is_silent_counts_as_away(
    own_house: House, own_postgres: PostgresServer, redis_server: RedisServer
) -> None:
    agent = await own_house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada"})
    assert own_postgres._process is not None

    with frozen(own_postgres._process.pid), frozen(pid_of(redis_server)):
        asked = await agent.health(deep=True)
        await truly(agent, "degraded")
    await truly(agent, "ok")

    assert "Neither" in asked.detail
    assert (await agent.health(deep=True)).state == "ok"


def test_what_is_told_is_true_within_two_seconds_and_told_within_one() -> None:
    assert watching.RHYTHM + watching.LOOK_SECONDS < 2
    assert postgres.RHYTHM + postgres.LOOK_SECONDS < 2
    assert watching.DEEP_SECONDS < 1


async def test_breakers_open_and_close_by_themselves(
    whole_house: House, redis_server: RedisServer
) -> None:
    agent = await whole_house.agent()
    guard: Any = agent.means.guards.of("database_sync:redis")
    redis_server.stop()

    async def is_open() -> bool:
        return guard.status().state == "open"

    async def is_closed() -> bool:
        return guard.status().state == "closed"

    await until(is_open)
    redis_server.start()
    await until(is_closed)


async def test_changes_that_nobody_could_tell_of_are_seen_after_a_reconnect(
    whole_house: House,
) -> None:
    agent = await whole_house.agent()
    await agent.define(users(notify=True))
    await agent.put("users", {"id": 1, "name": "old"})
    await agent._watch.first_look.wait()
    agent._watch.first_look.clear()

    # Who listens is cut off, and what is changed meanwhile is told to nobody.
    with psycopg.connect(whole_house.database_url) as connection:
        connection.execute("ALTER TABLE users DISABLE TRIGGER USER")
        connection.execute("UPDATE users SET name = 'new'")
        connection.execute("ALTER TABLE users ENABLE TRIGGER USER")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'heddle database sync' AND query LIKE 'LISTEN%%'"
            " OR application_name = 'heddle database sync' AND query = 'SELECT 1'"
        )
    await agent._watch.first_look.wait()

    async def is_new() -> bool:
        got = await agent.get("users", 1)
        return got.row is not None and got.row["name"] == "new"

    await until(is_new)


@pytest.mark.parametrize("cache", ["redis", "memory"])
async def test_what_was_acknowledged_outlives_the_kill_of_the_process(
    whole_house: House, cache: str
) -> None:
    redis_url = whole_house.redis_url if cache == "redis" else ""
    whole_house.redis_url = redis_url
    command = [sys.executable, "-m", "tests.agents.swarm.database_sync.killed"]
    folder = str(whole_house.folder / "home")
    with subprocess.Popen(  # noqa: ASYNC220 - nothing else goes on meanwhile
        [*command, folder, whole_house.database_url, redis_url],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(300)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout if line.strip().isdigit()]

    agent = await whole_house.agent()
    await agent.flush()

    there = in_the_table(whole_house)
    assert [number for number in acknowledged if number not in there] == []
    assert {number: there[number] for number in acknowledged} == {n: n for n in acknowledged}


async def points_of(agent: SyncAgent, number: int) -> int:
    got = await agent.get("users", number)
    assert got.row is not None
    return int(got.row["points"])


def pid_of(server: RedisServer) -> int:
    assert server._process is not None
    return server._process.pid


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """While it is open, a server is there and says nothing; what it holds, it keeps."""
    whole = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in whole:
        process.suspend()
    try:
        yield
    finally:
        for process in whole:
            process.resume()
