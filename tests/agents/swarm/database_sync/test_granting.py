"""A flow reaches by a sync the house's database, and by its merges what it was granted itself."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.contract import Grants, Outside, Task
from agents.errors import NotGranted
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.shapes import Sync
from graph.file_format import read
from graph.flow import Block, Flow
from runtime.commands import StartRun
from runtime.compose import compose, granted
from runtime.events import RunFailed, RunSucceeded
from runtime.runtime import Runtime
from runtime.settings import Settings
from tests.agents.conftest import means_in
from tests.end_to_end.beside import end_of

HOUSE = "postgresql+psycopg://heddle:hidden@db.example/house?options=-csearch_path%3Dours"


def house_at(folder: Path, database_url: str) -> SyncAgent:
    means = replace(means_in(folder), outside=Outside(database_url=database_url))
    return SyncAgent(Grants(folder="/"), means)


def flow_with(*databases: str, writes: tuple[str, ...] = ()) -> Grants:
    return Grants(folder="/", databases=databases, writes=writes)


@pytest.mark.parametrize(
    "entry",
    ["*", "db.example", "DB.example:5432", "db.example/house", "postgresql://heddle@db.example"],
)
def test_who_may_use_the_database_may_use_its_syncs(tmp_path: Path, entry: str) -> None:
    house_at(tmp_path, HOUSE).admit(flow_with("elsewhere", entry))


@pytest.mark.parametrize(
    "entry", ["elsewhere", "db.example:5433", "db.example/other", "postgresql://eve@db.example"]
)
def test_who_may_not_use_it_is_told_what_cures_that(tmp_path: Path, entry: str) -> None:
    with pytest.raises(NotGranted, match=r"postgresql://db\.example/house") as caught:
        house_at(tmp_path, HOUSE).admit(flow_with(entry))

    assert "--allow-database postgresql://db.example/house" in caught.value.cure
    assert "hidden" not in str(caught.value)


def test_an_address_of_several_hosts_is_for_who_may_use_any(tmp_path: Path) -> None:
    house = house_at(tmp_path, "postgresql://one:5432,other:5432/house")

    house.admit(flow_with("*"))
    with pytest.raises(NotGranted, match="DATABASE_URL"):
        house.admit(flow_with("one"))


@pytest.mark.parametrize("url", ["", "sqlite:///{}/agents/data.db"])
def test_a_file_of_the_house_is_for_who_may_write_it(tmp_path: Path, url: str) -> None:
    house = house_at(tmp_path / "agents", url.format(tmp_path))

    house.admit(flow_with("*"))
    house.admit(flow_with(writes=(str(tmp_path),)))
    with pytest.raises(NotGranted, match=r"data\.db") as caught:
        house.admit(flow_with("elsewhere"))
    assert "--allow-write" in caught.value.cure


async def test_a_run_is_held_to_what_it_was_granted_and_the_keeper_of_the_house_is_not(
    tmp_path: Path,
) -> None:
    settings, files = Settings(home=str(tmp_path / "home")), tmp_path / "files"
    flow = Flow.of([Block("it", "sync.statistics")])
    for databases, ends in ((["elsewhere"], RunFailed), (None, RunSucceeded)):
        grants = granted(files, databases=databases)
        async with compose(settings, grants, place="memory:") as runtime:
            end = await end_of(runtime, flow)
            syncs = await runtime.agents.perform_named("database_sync", grants, Task("syncs"))

        assert isinstance(end, ends), end
        assert syncs == []
        if isinstance(end, RunFailed):
            assert "may not write" in end.failure.message


MERGE = """{"heddle": 1, "name": "Merge", "blocks": {
  "mine": {"kind": "flow.input", "fields": {"name": "mine"}},
  "log": {"kind": "files.write", "fields": {"path": "merged.txt", "content": "Merged."}},
  "out": {"kind": "flow.output", "fields": {"name": "row"}},
  "path": {"kind": "flow.output", "fields": {"name": "path"}}},
  "links": ["mine.value -> out.value", "log.path -> path.value"]}"""
FIELDS = {"name": "users", "table": "users", "key": ["id"], "on_conflict": "merge"}


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[tuple[Runtime, SyncAgent]]:
    async with compose(Settings(home=str(home)), granted(home)) as runtime:
        await runtime.store(read(MERGE))
        agent = await runtime.agents.agent(SyncAgent, granted(home))
        yield runtime, agent


async def defined(runtime: Runtime, **grants: Any) -> None:
    """Have a flow define the sync that may use little."""
    fields = {**FIELDS, "merge_flow": "Merge"}
    stored = await runtime.store(Flow.of([Block("it", "sync.define", fields)]))
    answer = await runtime.obey(StartRun(stored, grants=grants))
    end = await runtime.ended(answer.run)
    assert isinstance(end, RunSucceeded), end


async def in_conflict(agent: SyncAgent) -> str:
    """Why a write waits whose row is there already, "" for one that a flow merges."""
    await agent.put("users", {"id": 1, "name": "Ada"})
    written = await agent.put("users", {"id": 1, "name": "Eve"}, version=0)
    found = [one.reason for one in await agent.conflicts() if one.id == written.conflict]
    for one in await agent.conflicts():
        await agent.resolve(one.id, "theirs")
    return "".join(found)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where there is a table in the database of the house."""
    rows = tmp_path / "agents/database_sync/data.db"
    rows.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(rows)) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name text)")
    return tmp_path


async def test_what_merges_for_a_flow_may_touch_no_more_than_it_also_after_a_restart(
    home: Path,
) -> None:
    async with opened(home) as (runtime, agent):
        await defined(runtime, writes=[])
        first = await in_conflict(agent)
    async with opened(home) as (_, agent):
        again = await in_conflict(agent)
        (stats,) = await agent.syncs()

    for told in (first, again):
        assert "may not write" in told
        assert "--allow-write" in told
    assert stats.bound
    assert not (home / "merged.txt").exists()


async def test_what_merges_for_people_may_touch_what_the_home_grants(home: Path) -> None:
    async with opened(home) as (runtime, agent):
        await defined(runtime, writes=[])
        sync = msgspec.convert({**FIELDS, "merge_flow": "Merge", "ttl": 7}, Sync)

        await agent.define(sync)
        changed = await in_conflict(agent)
        await agent.remove("users")
        bound = (await agent.define(sync)).bound
        anew = await in_conflict(agent)

    assert "may not write" in changed
    assert (bound, anew) == (False, "")
    assert (home / "merged.txt").exists()


async def test_what_was_kept_before_there_were_bounds_has_none(home: Path) -> None:
    async with opened(home) as (_, agent):
        await agent.define(msgspec.convert({**FIELDS, "merge_flow": "Merge"}, Sync))
    book = home / "agents/database_sync/sync.db"
    with contextlib.closing(sqlite3.connect(book, isolation_level=None)) as connection:
        ((content,),) = connection.execute("SELECT content FROM syncs").fetchall()
        old = msgspec.msgpack.decode(content)
        del old["within"]
        connection.execute("UPDATE syncs SET content = ?", (msgspec.msgpack.encode(old),))

    async with opened(home) as (_, agent):
        assert await in_conflict(agent) == ""
