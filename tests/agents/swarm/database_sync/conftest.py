"""Agents on each pair of a database and a cache, and a table to keep in step."""

import asyncio
import contextlib
import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from agents.code.sandbox import Sandbox
from agents.contract import Flows, Grants, NoFlows, Outside
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.shapes import Sync
from tests.agents.conftest import means_in

USERS = """
CREATE TABLE users (
    id {key} PRIMARY KEY, name text NOT NULL, points integer DEFAULT 0, settings {json},
    version integer)
"""
ORDERS = "CREATE TABLE orders (shop text, number integer, total real, PRIMARY KEY (shop, number))"


class House:
    """What an agent is made for: the addresses, a folder, and a way to the tables past it."""

    def __init__(
        self, folder: Path, database_url: str, redis_url: str, flows: Flows | None = None
    ) -> None:
        self.flows = flows or NoFlows()
        self.folder = folder
        self.database_url = database_url
        self.redis_url = redis_url
        self.made: list[SyncAgent] = []
        self.sandbox = Sandbox(workers=1)

    async def agent(self, name: str = "home") -> SyncAgent:
        """An agent, connected; those of one name share a folder."""
        means = replace(
            means_in(self.folder / name),
            outside=Outside(database_url=self.database_url, redis_url=self.redis_url),
            evaluate=self.sandbox.evaluate,
            flows=self.flows,
        )
        made = SyncAgent(Grants(folder=str(self.folder)), means)
        await made.connect()
        self.made.append(made)
        return made

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement past the agent."""
        if self.database_url.startswith("postgresql"):
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                cursor = connection.execute(statement.replace("?", "%s"), values or None)
                return cursor.fetchall() if cursor.description else []
        path = self.database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return connection.execute(statement, values).fetchall()

    def make_tables(self) -> None:
        """The tables of the tests."""
        on_postgres = self.database_url.startswith("postgresql")
        kinds = {"key": "bigint" if on_postgres else "INTEGER", "json": "json"}
        self.ask(USERS.format(**kinds))
        self.ask(ORDERS)

    async def close(self) -> None:
        for each in self.made:
            await each.close()
        await self.sandbox.close()


def users(**changes: Any) -> Sync:
    """The sync of the tests."""
    return replace(Sync(name="users", table="users", key=("id",)), **changes)


def behind(**changes: Any) -> Sync:
    """The same, which writes behind when told to: a delay that no test waits for."""
    return users(mode="behind", delay=3600.0, **changes)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Come back when something outside is so."""
    async with asyncio.timeout(20):
        while not await true():  # noqa: ASYNC110 - what happens outside tells nobody
            await asyncio.sleep(0.01)


PAIRS = ("postgres and redis", "postgres and memory", "sqlite and redis", "sqlite and memory")


@pytest.fixture
def schema_url(postgres_url: str) -> str:
    """The address of an empty schema: a database for each test would take half of the time."""
    name = f"sync_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return f"{postgres_url}?options=-csearch_path%3D{name}"


@pytest.fixture(params=PAIRS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house with each pair of a database and a cache."""
    database, _, cache = request.param.partition(" and ")
    url = f"sqlite:///{tmp_path / 'data.db'}"
    if database == "postgres":
        url = request.getfixturevalue("schema_url")
    redis = request.getfixturevalue("redis_server").url if cache == "redis" else ""
    made = House(tmp_path, url, redis)
    made.make_tables()
    yield made
    await made.close()


@pytest.fixture
async def whole_house(tmp_path: Path, schema_url: str, redis_server: Any) -> AsyncIterator[House]:
    """A house with PostgreSQL and Redis."""
    made = House(tmp_path, schema_url, redis_server.url)
    made.make_tables()
    yield made
    await made.close()
