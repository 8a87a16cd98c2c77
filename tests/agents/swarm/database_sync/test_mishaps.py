"""What goes wrong for one write or one moment holds up nothing else."""

import asyncio
from pathlib import Path

import pytest

from agents.errors import Busy
from agents.swarm.database_sync import behind as behind_module
from agents.swarm.database_sync.agent import SyncAgent
from agents.swarm.database_sync.behind import AT_ONCE, MOST_WAITING, Queue
from agents.swarm.database_sync.book import encoded
from agents.swarm.database_sync.figures import Figures
from agents.swarm.database_sync.overlay import Overlay
from agents.swarm.database_sync.shapes import Change
from agents.swarm.database_sync.stores.sqlite import SQLiteStore
from graph.errors import BadInput
from tests.agents.swarm.database_sync.conftest import House, behind, users
from tests.servers.redis import RedisServer


@pytest.fixture
async def small_house(tmp_path: Path) -> House:
    """A house with a SQLite file and memory."""
    made = House(tmp_path, f"sqlite:///{tmp_path / 'data.db'}", "")
    made.make_tables()
    yield made
    await made.close()


@pytest.mark.parametrize("moments", range(4))
async def test_who_rests_ends_when_cancelled_in_a_moment_of_hurry(
    small_house: House, moments: int
) -> None:
    agent = await small_house.agent()
    await agent.define(behind())
    queue = Queue(agent._syncs.table("users"), Figures(), Overlay())
    resting = asyncio.create_task(queue.rest(3600))
    for _ in range(3):
        await asyncio.sleep(0)

    queue.hurry.set()
    for _ in range(moments):
        await asyncio.sleep(0)
    heard = resting.cancel()
    await asyncio.wait([resting])

    assert resting.cancelled() == heard


async def test_whoever_is_cancelled_while_a_transaction_begins_leaves_none_open(
    small_house: House,
) -> None:
    agent = await small_house.agent()
    await agent.define(users())
    store = agent._store
    assert isinstance(store, SQLiteStore)

    writing = asyncio.create_task(agent.put("users", {"id": 1, "name": "Ada"}))
    while not store._alone.locked():  # noqa: ASYNC110 - the moment to be cancelled in
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])

    await agent.put("users", {"id": 2, "name": "Eve"})
    assert (2, "Eve") in small_house.ask("SELECT id, name FROM users")


async def test_a_write_that_can_t_be_kept_is_refused_and_others_are_kept(
    small_house: House,
) -> None:
    agent = await small_house.agent()
    await agent.define(behind())

    told = await asyncio.gather(
        agent.put("users", {"id": 1, "name": "Ada", "points": 2**70}),
        agent.put("users", {"id": 2, "name": "Eve"}),
        return_exceptions=True,
    )

    assert isinstance(told[0], BadInput)
    await agent.flush()
    assert small_house.ask("SELECT id FROM users") == [(2,)]


async def test_a_number_too_large_for_the_database_is_put_aside(small_house: House) -> None:
    agent = await small_house.agent()
    await agent.define(behind())
    await agent.put("users", {"id": 1, "name": "Ada", "points": 2**63})
    await agent.put("users", {"id": 2, "name": "Eve"})

    await agent.flush()

    assert small_house.ask("SELECT id FROM users") == [(2,)]
    (conflict,) = await agent.conflicts()
    assert conflict.mine is not None
    assert conflict.mine["points"] == 2**63


async def test_all_that_waits_is_taken_up_however_much_it_is(small_house: House) -> None:
    agent = await small_house.agent()
    await agent.define(behind())
    many = [Change(key="[1]", values={"id": 1, "name": "Ada"})] * MOST_WAITING
    last = Change(key="[2]", values={"id": 2, "name": "Eve"})
    await agent._book.add({"users": [encoded(change) for change in [*many, last]]})

    later = await small_house.agent()

    assert (await later.get("users", 2)).found
    assert later._behind.count("users") == 2


async def test_what_was_kept_write_by_write_before_is_taken_up(small_house: House) -> None:
    first = await small_house.agent()
    await first.define(behind())
    content = encoded(Change(key="[1]", values={"id": 1, "name": "Ada"}))
    await first._book._all("INSERT INTO waiting VALUES ('users', 1, ?)", content)

    later = await small_house.agent()
    got = await later.get("users", 1)
    await later.flush()

    assert got.source == "waiting"
    assert small_house.ask("SELECT name FROM users") == [("Ada",)]


async def test_what_the_database_makes_of_a_number_is_what_is_read_and_built_upon(
    small_house: House,
) -> None:
    agent = await small_house.agent()
    await agent.define(behind())
    row = {"id": 1, "name": "Ada", "points": 2.0, "settings": None, "version": None}
    await agent.put("users", row)
    await agent.flush()

    got = await agent.get("users", 1)
    await agent.put("users", {"id": 1, "points": 3}, version=got.version)
    await agent.flush()

    assert got.source == "cache"
    assert type((got.row or {})["points"]) is int
    assert await agent.conflicts() == []
    assert small_house.ask("SELECT points FROM users") == [(3,)]


async def test_longer_lists_than_one_transaction_takes_are_refused(small_house: House) -> None:
    agent = await small_house.agent()
    await agent.define(behind())

    with pytest.raises(BadInput, match="10,001 rows") as caught:
        await agent.put_rows("users", [{"id": 1, "name": "Ada"}] * (AT_ONCE + 1))

    assert "in parts" in caught.value.cure


async def test_who_comes_late_with_writes_that_are_there_takes_nothing_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await house.agent(), await house.agent()
    await one.define(behind(version="version"))
    await other.close()
    other = await house.agent()
    await one.put("users", {"id": 1, "name": "Ada"})
    early = await one._book.waiting("users", AT_ONCE)
    await other.put("users", {"id": 1, "name": "Eve"})
    late = await one._book.waiting("users", AT_ONCE)

    queue = one._behind._queues["users"]
    for some in (late, early, late):  # as if the book had not heard of it in between
        await one._behind._write(queue, some)

    assert house.ask("SELECT name, version FROM users") == [("Eve", 2)]


async def test_an_emptied_cache_is_used_again(
    whole_house: House, redis_server: RedisServer
) -> None:
    agent: SyncAgent = await whole_house.agent()
    await agent._watch.first_look.wait()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada"})

    await agent._shelf.cache._redis.flushall()  # type: ignore[attr-defined]
    read = [(await agent.get("users", 1)).source for _ in range(3)]

    assert read[-1] == "cache"


@pytest.mark.parametrize(
    "junk", [b"garbage", b"", b"\x94", b"\x81\xa1\xff\x01", b"\x94\xc4\x00\x00\xc0\xa1\xff"]
)
async def test_what_can_t_be_read_in_the_cache_is_read_anew_and_replaced(
    house: House, junk: bytes
) -> None:
    agent = await house.agent()
    await agent._watch.first_look.wait()
    await agent.define(users())
    house.ask("INSERT INTO users (id, name) VALUES (1, 'Ada')")
    await agent.get("users", 1)
    space = agent._syncs.table("users").space
    await agent._shelf.cache.write(space, [("[1]", junk)], 60)

    got = [await agent.get("users", 1) for _ in range(2)]

    assert [(one.source, one.row and one.row["name"]) for one in got] == [
        ("database", "Ada"),
        ("cache", "Ada"),
    ]


async def written_until_refused(agent: SyncAgent) -> int:
    """How many writes of one row are taken of a hundred."""
    for points in range(100):
        try:
            await agent.put("users", {"id": 1, "name": "Ada", "points": points})
        except Busy:
            return points
    return 100


async def test_writes_of_one_busy_row_are_refused_once_they_take_too_much_room(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind_module, "MOST_BYTES", 1000)
    agent = await small_house.agent()
    await agent.define(behind())

    kept = await written_until_refused(agent)

    assert 1 < kept < 100
    with pytest.raises(Busy, match="writes of 'users' wait already: 0 MB, rows: 1"):
        await agent.delete("users", 1)
    later = (await (await small_house.agent()).get("users", 1)).row
    assert later is not None
    assert later["points"] == kept - 1
    await agent.flush()
    await agent.put("users", {"id": 1, "name": "Ada", "points": 100})
    assert small_house.ask("SELECT points FROM users") == [(kept - 1,)]
