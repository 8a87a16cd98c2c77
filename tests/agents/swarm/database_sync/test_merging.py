"""A flow merges conflicts: those of writes that wait for it, and those of writes behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.compose import compose, granted
from runtime.flow_calls import FlowCalls
from runtime.runtime import Runtime
from runtime.settings import Settings
from tests.agents.swarm.database_sync.conftest import House, behind, until, users

MERGE = """{"heddle": 1, "name": "Merge users", "blocks": {
  "mine": {"kind": "flow.input", "fields": {"name": "mine"}},
  "theirs": {"kind": "flow.input", "fields": {"name": "theirs"}},
  "both": {"kind": "code.python", "fields": {
    "code": "return {**theirs, 'name': theirs['name'] + ' & ' + mine['name']}"}},
  "out": {"kind": "flow.output", "fields": {"name": "row"}}
}, "links": ["mine.value -> both.mine", "theirs.value -> both.theirs", "both.value -> out.value"]}
"""


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    settings = Settings(home=str(tmp_path / "runtime"))
    async with compose(settings, granted(tmp_path), place="memory:") as made:
        yield made


@pytest.fixture
async def house(tmp_path: Path, runtime: Runtime) -> AsyncIterator[House]:
    """A house with a SQLite file and memory, and with flows."""
    made = House(tmp_path, f"sqlite:///{tmp_path / 'data.db'}", "", flows=FlowCalls(runtime))
    made.make_tables()
    yield made
    await made.close()


async def test_a_flow_merges_while_the_caller_waits(house: House) -> None:
    await house.flows.store(MERGE)
    agent = await house.agent()
    await agent.define(users(on_conflict="merge", merge_flow="Merge users"))
    await agent.put("users", {"id": 1, "name": "Ada"})

    merged = await agent.put("users", {"id": 1, "name": "Eve"}, version=0)

    assert (merged.state, merged.conflict) == ("written", "")
    assert house.ask("SELECT name FROM users") == [("Ada & Eve",)]
    assert await agent.conflicts() == []


async def test_a_flow_merges_what_was_written_behind(house: House) -> None:
    await house.flows.store(MERGE)
    agent = await house.agent()
    await agent.define(behind(on_conflict="merge", merge_flow="Merge users", version="version"))
    house.ask("INSERT INTO users (id, name, version) VALUES (1, 'Ada', 2)")
    await agent.put("users", {"id": 1, "name": "Eve"}, version=1)

    await agent.flush()

    async def none_waits() -> bool:
        return await agent.conflicts() == []

    await until(none_waits)
    assert house.ask("SELECT name, version FROM users") == [("Ada & Eve", 3)]


async def test_what_a_flow_can_t_merge_waits_for_a_person(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(on_conflict="merge", merge_flow="No such flow"))
    await agent.put("users", {"id": 1, "name": "Ada"})

    parked = await agent.put("users", {"id": 1, "name": "Eve"}, version=0)

    (conflict,) = await agent.conflicts()
    assert (parked.state, parked.conflict) == ("parked", conflict.id)
    assert "No such flow" in conflict.reason
    await agent.resolve(conflict.id, "mine")
    assert house.ask("SELECT name FROM users") == [("Eve",)]


async def test_a_flow_that_gives_no_row_deletes_none(house: House) -> None:
    out = '"out": {"kind": "flow.output", "fields": {"name": "row"}}'
    two = (
        out.replace('"row"', '"merged"') + ", " + out.replace("row", "more").replace("out", "m", 1)
    )
    links = '"both.value -> out.value", "both.value -> m.value"'
    text = MERGE.replace(out, two).replace('"both.value -> out.value"', links)
    await house.flows.store(text)
    agent = await house.agent()
    await agent.define(users(on_conflict="merge", merge_flow="Merge users"))
    await agent.put("users", {"id": 1, "name": "Ada"})

    parked = await agent.put("users", {"id": 1, "name": "Eve"}, version=0)

    assert parked.state == "parked"
    assert house.ask("SELECT name FROM users") == [("Ada",)]
