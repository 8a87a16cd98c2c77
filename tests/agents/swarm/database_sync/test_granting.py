"""A flow reaches the house's database by a sync only if it may use that database."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.contract import Grants, Outside, Task
from agents.errors import NotGranted
from agents.swarm.database_sync.agent import SyncAgent
from graph.flow import Block, Flow
from runtime.compose import compose, granted
from runtime.events import RunFailed, RunSucceeded
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
