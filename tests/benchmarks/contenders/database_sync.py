"""Rows through database sync, beside the bare driver, the query that is saved, single commits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import msgspec
import psycopg
from msgspec.structs import replace
from redis.asyncio import Redis

from agents.contract import Grants, Outside
from agents.manager.alone import alone
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.shapes import Sync
from tests.benchmarks.contenders.postgres import database
from tests.benchmarks.lane import DoLap, Lap
from tests.servers.redis import RedisServer

READS = 2_000
QUERIES = 30
WRITES = 20_000
AT_ONCE = 256
LIST, LISTS_AT_ONCE = 500, 4
STATEMENT = 1_000
COMMITS = 500

TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric NOT NULL);
INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, 1000) n;
INSERT INTO orders SELECT n, n % 1000 + 1, n % 97 FROM generate_series(1, 200000) n;
CREATE VIEW accounts AS
  SELECT c.id, c.name, count(*) AS orders, sum(o.total)::bigint AS total
  FROM customers c JOIN orders o ON o.customer = c.id GROUP BY c.id, c.name;
CREATE TABLE points (id bigint PRIMARY KEY, name text NOT NULL, points integer NOT NULL);
ANALYZE;
"""
ACCOUNT = "SELECT id, name, orders, total FROM accounts WHERE id = %s"
INSTEAD = " ON CONFLICT (id) DO UPDATE SET name = excluded.name, points = excluded.points"
COMMIT = f"INSERT INTO points VALUES (%s, %s, %s){INSTEAD}"
MANY = f"INSERT INTO points SELECT * FROM json_populate_recordset(NULL::points, %s::json){INSTEAD}"


@asynccontextmanager
async def house() -> AsyncIterator[tuple[SyncAgent, str, str]]:
    """An agent with a PostgreSQL and a Redis of its own, and their addresses."""
    try:
        redis = RedisServer()
    except FileNotFoundError as missing:
        raise SystemExit(str(missing)) from None
    with database() as url, redis, TemporaryDirectory() as folder:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLES)
        outside = Outside(database_url=url, redis_url=redis.url)
        agent = SyncAgent(Grants(folder="/"), replace(alone(Path(folder)), outside=outside))
        await agent.connect()
        try:
            yield agent, url, redis.url
        finally:
            await agent.close()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """The driver alone."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


async def one_by_one(work: Callable[[int], Awaitable[Any]], times: int) -> Lap:
    """A lap of so many, one after the other."""
    begun = perf_counter()
    for number in range(times):
        await work(number % 1000 + 1)
    return Lap(perf_counter() - begun, times)


@asynccontextmanager
async def hit() -> AsyncIterator[DoLap]:
    """Rows that the cache has."""
    async with house() as (agent, _, _):
        await agent.define(Sync(name="accounts", table="accounts", key=("id",)))
        await agent.get_many("accounts", list(range(1, 9)))
        yield lambda: one_by_one(lambda n: agent.get("accounts", n % 8 + 1), READS)


@asynccontextmanager
async def bare_redis() -> AsyncIterator[DoLap]:
    """The same rows as JSON by the driver alone."""
    async with house() as (_, _, url), Redis.from_url(url) as redis:
        for number in range(1, 9):
            row = {"id": number, "name": f"customer {number}", "orders": 200, "total": 9600}
            await redis.set(f"account:{number}", msgspec.json.encode(row))

        async def read(number: int) -> Any:
            return msgspec.json.decode(await redis.get(f"account:{number % 8 + 1}"))

        yield lambda: one_by_one(read, READS)


@asynccontextmanager
async def query() -> AsyncIterator[DoLap]:
    """The query for each row, by the driver alone."""
    async with house() as (_, url, _), connected(url) as connection:

        async def read(number: int) -> Any:
            return await (await connection.execute(ACCOUNT, (number,))).fetchall()

        yield lambda: one_by_one(read, QUERIES)


@asynccontextmanager
async def behind() -> AsyncIterator[DoLap]:
    """Writes behind by many at once, until all of them are in the database."""

    async def some(agent: SyncAgent, first: int) -> None:
        for number in range(first, WRITES, AT_ONCE):
            await agent.put("points", point(number))

    async with written_behind(some, AT_ONCE) as lap:
        yield lap


@asynccontextmanager
async def lists() -> AsyncIterator[DoLap]:
    """The same rows in lists, by a few at once."""

    async def some(agent: SyncAgent, turn: int) -> None:
        for first in range(turn * LIST, WRITES, LISTS_AT_ONCE * LIST):
            await agent.put_rows("points", list(map(point, range(first, first + LIST))))

    async with written_behind(some, LISTS_AT_ONCE) as lap:
        yield lap


@asynccontextmanager
async def written_behind(
    some: Callable[[SyncAgent, int], Awaitable[None]], at_once: int
) -> AsyncIterator[DoLap]:
    """Laps of so many who write at once, until all that they wrote is in the database."""
    async with house() as (agent, _, _):
        await agent.define(
            Sync(name="points", table="points", key=("id",), mode="behind", delay=0.2)
        )

        async def lap() -> Lap:
            begun = perf_counter()
            await asyncio.gather(*(some(agent, number) for number in range(at_once)))
            await agent.flush("points")
            return Lap(perf_counter() - begun, WRITES)

        yield lap


def point(number: int) -> dict[str, Any]:
    """A row."""
    return {"id": number, "name": "somebody", "points": number}


@asynccontextmanager
async def statements() -> AsyncIterator[DoLap]:
    """The same rows by the driver alone, many in a statement and a commit."""
    async with house() as (_, url, _), connected(url) as connection:

        async def lap() -> Lap:
            begun = perf_counter()
            for first in range(0, WRITES, STATEMENT):
                rows = msgspec.json.encode(list(map(point, range(first, first + STATEMENT))))
                await connection.execute(MANY, (rows.decode(),))
            return Lap(perf_counter() - begun, WRITES)

        yield lap


@asynccontextmanager
async def commits() -> AsyncIterator[DoLap]:
    """The same rows, each by a commit of its own."""
    async with house() as (_, url, _), connected(url) as connection:

        async def write(number: int) -> Any:
            return await connection.execute(COMMIT, (number, "somebody", number))

        yield lambda: one_by_one(write, COMMITS)
