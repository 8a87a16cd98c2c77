"""The blocks: a flow defines a sync, reads and writes through it, and looks after what comes up."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from agents.swarm.database_sync import blocks
from agents.swarm.database_sync.blocks import (
    conflicts,
    define,
    delete,
    flush,
    invalidate,
    read,
    read_several,
    remove,
    resolve,
    statistics,
    write,
    write_rows,
    write_several,
)
from graph.catalog import blocks_in
from graph.errors import BadInput
from tests.agents.conftest import Surroundings


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of users in the SQLite file that is used where no database is named."""
    folder = tmp_path / ".agents"
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / "data.db")) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    return folder / "data.db"


async def test_a_flow_reads_and_writes_rows(table: Path, context: Surroundings) -> None:
    await define("users", "users", ["id"], context)

    written = await write("users", {"id": 1, "name": "Ada"}, context)
    first = await read("users", 1, context)
    gone = await delete("users", 1, context)
    second = await read("users", {"id": 1}, context)

    assert (written.state, gone.state) == ("written", "written")
    assert (first.row, first.found, first.source) == ({"id": 1, "name": "Ada"}, True, "cache")
    assert (second.row, second.found, second.version) == (None, False, 0)


async def test_writes_wait_until_they_are_flushed(table: Path, context: Surroundings) -> None:
    await define("users", "users", ["id"], context, mode="behind", delay=3600.0)

    waiting = await write("users", {"id": 1, "name": "Ada"}, context)
    (before,) = await statistics(context)
    after = await flush("users", context)

    assert (waiting.state, before["waiting"], after) == ("waiting", 1, "users")
    (stats,) = await statistics(context, sync="users")
    assert (stats["waiting"], stats["flushed"]) == (0, 1)
    with contextlib.closing(sqlite3.connect(table)) as connection:
        assert connection.execute("SELECT name FROM users").fetchall() == [("Ada",)]


async def test_several_rows_are_read_in_the_order_of_their_keys(
    table: Path, context: Surroundings
) -> None:
    await define("users", "users", ["id"], context)
    await write_rows("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}], context)

    rows = await read_several("users", [2, 7, {"id": 1}], context)

    assert rows == [{"id": 2, "name": "Bob"}, None, {"id": 1, "name": "Ada"}]


async def test_a_sync_that_is_removed_has_written_what_waited(
    table: Path, context: Surroundings
) -> None:
    await define("users", "users", ["id"], context, mode="behind", delay=3600.0)
    await write("users", {"id": 1, "name": "Ada"}, context)

    assert [await remove("users", context), await remove("users", context)] == [True, False]

    assert await statistics(context) == []
    with contextlib.closing(sqlite3.connect(table)) as connection:
        assert connection.execute("SELECT name FROM users").fetchall() == [("Ada",)]


async def test_several_rows_are_written_together(table: Path, context: Surroundings) -> None:
    await define("users", "users", ["id"], context)
    await write("users", {"id": 1, "name": "Ada"}, context)

    told = await write_several(
        [
            {"sync": "users", "row": {"id": 2, "name": "Bob"}, "version": 0},
            {"sync": "users", "row": {"id": 1}, "delete": True},
        ],
        context,
    )

    assert [one["state"] for one in told] == ["written", "written"]
    assert (await read("users", 2, context)).row == {"id": 2, "name": "Bob"}
    assert not (await read("users", 1, context)).found


async def test_a_list_of_rows_is_written_as_one(table: Path, context: Surroundings) -> None:
    await define("users", "users", ["id"], context, mode="behind", delay=3600.0)

    told = await write_rows("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}], context)
    seen = await read("users", 2, context)
    await flush("users", context)

    assert told == ("waiting", 2)
    assert (seen.row, seen.source) == ({"id": 2, "name": "Bob"}, "waiting")
    with contextlib.closing(sqlite3.connect(table)) as connection:
        assert connection.execute("SELECT name FROM users").fetchall() == [("Ada",), ("Bob",)]


@pytest.mark.parametrize("wrong", [{"sync": "users"}, {"sync": "users", "row": {}, "rwo": {}}])
async def test_a_write_that_says_nothing_is_refused_by_its_number(
    table: Path, context: Surroundings, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadInput, match="Write 0"):
        await write_several([wrong], context)


async def test_conflicts_are_listed_and_decided(table: Path, context: Surroundings) -> None:
    await define("users", "users", ["id"], context, on_conflict="ask")
    await write("users", {"id": 1, "name": "Ada"}, context)

    parked = await write("users", {"id": 1, "name": "Eve"}, context, version=0)
    (conflict,) = await conflicts(context)
    decided = await resolve(parked.conflict, "merged", context, row={"name": "Joe"})

    assert (conflict["id"], conflict["theirs"]["name"]) == (parked.conflict, "Ada")
    assert decided.row == {"id": 1, "name": "Joe"}
    assert await conflicts(context, sync="users") == []


async def test_what_is_cached_is_forgotten(table: Path, context: Surroundings) -> None:
    await define("users", "users", ["id"], context)
    await write("users", {"id": 1, "name": "Ada"}, context)

    assert await invalidate("users", context) == "users"
    assert (await read("users", 1, context)).source == "database"


def test_every_block_is_the_agents() -> None:
    made = list(blocks_in(blocks))

    assert len(made) == 13
    assert {one.agent for one in made} == {"database_sync"}
