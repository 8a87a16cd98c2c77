"""What every registry of schemas keeps to, in a file and on a server."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agents.contract import Grants, Outside
from agents.errors import AgentError
from agents.resilience.guards import Guards
from agents.resilience.settings import GuardRules
from agents.swarm.schema_validator.agent import SchemaAgent
from agents.swarm.schema_validator.shapes import Renames, Schema
from tests.agents.conftest import means_in
from tests.servers.postgres import PostgresServer

EACH = 6
"""Schemas that each process registers."""


def agent_at(folder: Path, database_url: str = "") -> SchemaAgent:
    means = replace(means_in(folder), outside=Outside(database_url=database_url))
    return SchemaAgent(Grants(folder=str(folder)), means)


def lesson(**more: Any) -> Schema:
    return Schema(
        schema_name="lesson", schema_type="json_schema", definition={"type": "object", **more}
    )


def register_several(folder: Path, database_url: str, first: int) -> list[str]:
    """Registers schemas that nobody else does, one after the other, and gives their versions."""

    async def registered() -> list[str]:
        agent = agent_at(folder, database_url)
        made = [
            await agent.register(lesson(maxProperties=first + at), level="NONE")
            for at in range(EACH)
        ]
        await agent.close()
        return [one.version for one in made if one.kept]

    return asyncio.run(registered())


class RegistryContract:
    """Each of its tests runs on every kind of database."""

    @pytest.fixture
    def database_url(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    async def made(
        self, tmp_path: Path, database_url: str
    ) -> AsyncIterator[Callable[[], SchemaAgent]]:
        """Makes agents that share the registry."""
        agents = list[SchemaAgent]()

        def make() -> SchemaAgent:
            agents.append(agent_at(tmp_path, database_url))
            return agents[-1]

        yield make
        for agent in agents:
            await agent.close()

    async def test_what_one_agent_keeps_another_finds(
        self, made: Callable[[], SchemaAgent]
    ) -> None:
        text = {"type": "object", "title": "Größe \u0000 \N{CLOUD}"}
        renames = Renames({"/a": "b"}, {"/c": None})
        schema = Schema(schema_name="s", schema_type="json_schema", definition=text)

        await made().register(schema, level="FULL_TRANSITIVE", renames=renames)
        (kept,) = await made().versions("s")

        assert kept.schema == replace(schema, version="1.0.0")
        assert (kept.level, kept.renames) == ("FULL_TRANSITIVE", renames)

    async def test_versions_are_in_order_of_their_numbers(
        self, made: Callable[[], SchemaAgent]
    ) -> None:
        agent = made()
        for version in ("1.9.0", "1.10.0", "2.0.0"):
            await agent.register(replace(lesson(title=version), version=version), level="NONE")

        kept = await agent.versions("lesson")

        assert [one.schema.version for one in kept] == ["1.9.0", "1.10.0", "2.0.0"]

    async def test_of_processes_that_register_at_once_each_version_is_one_s_own(
        self, made: Callable[[], SchemaAgent], tmp_path: Path, database_url: str
    ) -> None:
        work = partial(register_several, tmp_path, database_url)
        with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
            one, other = processes.map(work, (1, 1 + EACH))

        kept = [found.schema.version for found in await made().versions("lesson")]

        assert len({*one, *other}) == 2 * EACH
        assert set(kept) == {*one, *other}


class TestInAFile(RegistryContract):
    @pytest.fixture
    def database_url(self) -> str:
        return ""


class TestInPostgres(RegistryContract):
    @pytest.fixture
    def database_url(self, empty_postgres_url: str) -> str:
        return empty_postgres_url


async def test_a_server_that_dies_is_told_and_the_registry_goes_on_once_it_is_back(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    quick = GuardRules({"schema_validator": {"attempts": 1, "failures": 2, "recovery": 0.05}})
    guards = Guards(quick)
    outside = Outside(database_url=own_postgres.url())
    means = replace(means_in(tmp_path), guards=guards, outside=outside)
    agent = SchemaAgent(Grants(folder=str(tmp_path)), means)
    await agent.register(lesson())

    own_postgres.stop(signal.SIGQUIT)
    for _ in range(2):
        with pytest.raises(AgentError, match="can't be used"):
            await agent.versions("lesson")
    opened, gone = guards.snapshot()[0].state, await agent.health(deep=True)
    own_postgres.start()
    back = await agent.health()

    assert (opened, gone.state, back.state) == ("open", "degraded", "ok")
    assert await _answered(agent) == ["1.0.0"]
    await agent.close()
    await guards.close()


async def _answered(agent: SchemaAgent) -> list[str]:
    """The versions, as soon as the breaker lets somebody ask for them."""
    while True:
        try:
            return [one.schema.version for one in await agent.versions("lesson")]
        except AgentError:
            await asyncio.sleep(0.01)
