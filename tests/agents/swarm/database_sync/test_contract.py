"""What database sync promises on every pair of a database and a cache."""

import asyncio
from typing import Any

import pytest

from agents.errors import Rejected
from agents.swarm.database_sync.failures import Outdated
from agents.swarm.database_sync.shapes import Put
from graph.errors import BadInput
from tests.agents.swarm.database_sync.conftest import House, behind, until, users

ODD_NAMES = ('users"; DROP TABLE users; --', "users'", "a b", "ünï", 'x" y', "%s", "{}")


async def test_a_row_is_read_from_the_database_once_and_then_from_the_cache(house: House) -> None:
    house.ask("INSERT INTO users (id, name) VALUES (1, 'Ada')")
    agent = await house.agent()
    await agent.define(users())

    first, second = await agent.get("users", 1), await agent.get("users", {"id": 1})

    assert (first.source, second.source) == ("database", "cache")
    assert first.row == second.row
    assert second.row is not None
    assert (second.row["name"], second.row["points"]) == ("Ada", 0)
    assert second.version == first.version


async def test_what_is_written_through_is_in_both_when_it_is_answered(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())

    written = await agent.put("users", {"id": 1, "name": "Ada", "settings": {"theme": "dark"}})
    got = await agent.get("users", 1)

    assert written.state == "written"
    assert got.source == "cache"
    assert got.row == written.row
    assert got.row is not None
    assert got.row["settings"] == {"theme": "dark"}
    assert got.row["points"] == 0  # the database's own default
    assert house.ask("SELECT name FROM users") == [("Ada",)]


async def test_some_columns_are_written_and_the_others_stay(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada", "points": 5})

    await agent.put("users", {"id": 1, "points": 6})

    assert house.ask("SELECT name, points FROM users") == [("Ada", 6)]


async def test_a_deleted_row_is_gone_and_known_to_be(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada"})

    await agent.delete("users", 1)
    got = await agent.get("users", 1)

    assert (got.found, got.row) == (False, None)
    assert house.ask("SELECT * FROM users") == []


async def test_that_a_row_is_not_there_is_held_too(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())

    first, second = await agent.get("users", 7), await agent.get("users", 7)

    assert (first.source, second.source) == ("database", "cache")
    assert not second.found
    (stats,) = await agent.syncs()
    assert (stats.reads, stats.hits, stats.absent, stats.misses) == (2, 1, 1, 1)


async def test_a_row_that_is_made_is_seen_where_it_was_known_not_to_be(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.get("users", 7)

    await agent.put("users", {"id": 7, "name": "Grace"})

    assert (await agent.get("users", 7)).found


async def test_many_readers_of_a_row_have_it_read_once(house: House) -> None:
    house.ask("INSERT INTO users (id, name) VALUES (1, 'Ada')")
    agent = await house.agent()
    await agent.define(users())

    got = await asyncio.gather(*(agent.get("users", 1) for _ in range(50)))

    assert {each.row["name"] for each in got if each.row} == {"Ada"}
    (stats,) = await agent.syncs()
    assert stats.reads == 50
    assert stats.shared + stats.hits == 49


async def test_a_write_behind_is_seen_at_once_and_written_when_flushed(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind())

    written = await agent.put("users", {"id": 1, "name": "Ada", "points": 1})
    before = house.ask("SELECT * FROM users")
    got = await agent.get("users", 1)
    await agent.flush("users")

    assert (written.state, before) == ("waiting", [])
    assert got.row is not None
    assert (got.source, got.row["name"]) == ("waiting", "Ada")
    assert house.ask("SELECT name, points FROM users") == [("Ada", 1)]
    assert (await agent.get("users", 1)).row is not None


async def test_writes_behind_of_a_row_become_one(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind())
    await agent.put("users", {"id": 1, "name": "Ada"})

    await asyncio.gather(*(agent.put("users", {"id": 1, "points": n}) for n in range(20)))
    got = await agent.get("users", 1)
    await agent.flush()

    assert got.row is not None
    assert (got.row["name"], got.row["points"]) == ("Ada", 19)
    assert house.ask("SELECT name, points FROM users") == [("Ada", 19)]
    (stats,) = await agent.syncs()
    assert (stats.coalesced, stats.waiting) == (20, 0)


async def test_deletes_behind_are_seen_at_once_too(house: House) -> None:
    house.ask("INSERT INTO users (id, name) VALUES (1, 'Ada')")
    agent = await house.agent()
    await agent.define(behind())
    await agent.get("users", 1)

    await agent.delete("users", 1)
    gone = await agent.get("users", 1)
    await agent.put("users", {"id": 1, "name": "Grace"})
    await agent.flush()

    assert not gone.found
    assert house.ask("SELECT name, points FROM users") == [("Grace", 0)]


async def test_what_waits_is_brought_to_the_database_when_the_agent_is_closed(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind())
    await agent.put("users", {"id": 1, "name": "Ada"})

    await agent.close()

    assert house.ask("SELECT name FROM users") == [("Ada",)]


async def test_what_is_flushed_early_by_its_number_needs_no_delay(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind(batch=10))

    await asyncio.gather(*(agent.put("users", {"id": n, "name": "x"}) for n in range(10)))

    async def all_there() -> bool:
        return house.ask("SELECT count(*) FROM users") == [(10,)]

    await until(all_there)


async def test_several_writes_are_done_together(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.define(users(name="orders", table="orders", key=("shop", "number")))

    written = await agent.put_many(
        [
            Put(sync="users", row={"id": 1, "name": "Ada"}),
            Put(sync="orders", row={"shop": "x", "number": 1, "total": 1.5}),
            Put(sync="users", row={"id": 1, "points": 3}),
        ]
    )

    assert [one.state for one in written] == ["written"] * 3
    assert house.ask("SELECT name, points FROM users") == [("Ada", 3)]
    assert (await agent.get("orders", {"shop": "x", "number": 1})).source == "cache"


async def test_several_writes_are_done_all_or_none_and_the_cache_stays_right(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada"})

    with pytest.raises(Rejected, match="refuses"):
        await agent.put_many(
            [
                Put(sync="users", row={"id": 1, "name": "Grace"}),
                Put(sync="users", row={"id": 2, "points": 1}),  # it has no name
            ]
        )

    got = await agent.get("users", 1)
    assert got.row is not None
    assert got.row["name"] == "Ada"
    assert house.ask("SELECT name FROM users") == [("Ada",)]


@pytest.mark.parametrize(("mode", "state"), [("through", "written"), ("behind", "waiting")])
async def test_a_list_of_rows_is_answered_as_one(house: House, mode: Any, state: str) -> None:
    agent = await house.agent()
    await agent.define(users(mode=mode, delay=3600.0))
    rows = [{"id": n % 3, "name": "x", "points": n} for n in range(5)]

    told = await agent.put_rows("users", rows)
    got = await agent.get_many("users", [0, 1, 2])
    await agent.flush()

    assert (told.state, told.rows) == (state, 5)
    assert [one.row and one.row["points"] for one in got] == [3, 4, 2]
    assert house.ask("SELECT id, points FROM users ORDER BY id") == [(0, 3), (1, 4), (2, 2)]
    (stats,) = await agent.syncs()
    assert (stats.writes, stats.waiting) == (5, 0)


@pytest.mark.parametrize("mode", ["through", "behind"])
async def test_of_a_list_without_rows_nothing_waits(house: House, mode: Any) -> None:
    agent = await house.agent()
    await agent.define(users(mode=mode))

    told = await agent.put_rows("users", [])
    await agent.remove("users")

    assert told.rows == 0
    assert await agent.syncs() == []


@pytest.mark.parametrize("mode", ["through", "behind"])
async def test_of_a_list_with_a_row_that_can_t_be_none_is_written(house: House, mode: Any) -> None:
    agent = await house.agent()
    await agent.define(users(mode=mode))

    with pytest.raises(BadInput, match=r"Row 1: .* no column 'nmae'") as caught:
        await agent.put_rows("users", [{"id": 1, "name": "Ada"}, {"id": 2, "nmae": "Eve"}])
    await agent.flush()

    assert "name" in caught.value.cure
    assert house.ask("SELECT * FROM users") == []


async def test_what_waits_comes_before_what_is_written_after_it(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind())
    await agent.put("users", {"id": 1, "name": "first"})

    await agent.put_many([Put(sync="users", row={"id": 1, "name": "second"})])
    await agent.flush()

    assert house.ask("SELECT name FROM users") == [("second",)]


async def test_an_invalidated_row_is_read_anew(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada"})
    await agent.put("users", {"id": 2, "name": "Bob"})
    house.ask("UPDATE users SET name = 'new'")

    await agent.invalidate("users", keys=[1])
    one, other = await agent.get("users", 1), await agent.get("users", 2)
    await agent.invalidate("users")
    after = await agent.get("users", 2)

    names = [got.row and got.row["name"] for got in (one, other, after)]
    assert names == ["new", "Bob", "new"]


async def test_a_row_that_is_no_longer_fresh_is_read_anew(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(ttl=0.01))
    await agent.put("users", {"id": 1, "name": "Ada"})
    await asyncio.sleep(0.02)

    assert (await agent.get("users", 1)).source == "database"


async def test_a_row_is_refreshed_before_it_is_old(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(ttl=60.0, refresh_ahead=0.0001))
    await agent.put("users", {"id": 1, "name": "Ada"})
    house.ask("UPDATE users SET name = 'new'")
    await asyncio.sleep(0.01)

    first = await agent.get("users", 1)

    async def is_new() -> bool:
        got = await agent.get("users", 1)
        assert got.source == "cache"
        return got.row is not None and got.row["name"] == "new"

    await until(is_new)
    assert first.row is not None
    assert first.row["name"] == "Ada"


async def test_what_others_change_is_heard_of(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(notify=True))
    await agent.put("users", {"id": 1, "name": "Ada"})
    await agent._watch.first_look.wait()

    house.ask("UPDATE users SET name = 'new' WHERE id = 1")

    async def is_new() -> bool:
        got = await agent.get("users", 1)
        return got.row is not None and got.row["name"] == "new"

    await until(is_new)


async def test_syncs_and_what_waits_outlive_the_agent(house: House) -> None:
    first = await house.agent()
    await first.define(behind())
    await first.put("users", {"id": 1, "name": "Ada"})
    house.made.remove(first)  # it is never closed: as if it had been killed

    second = await house.agent()
    got = await second.get("users", 1)
    await second.flush()

    assert got.row is not None
    assert got.row["name"] == "Ada"
    assert house.ask("SELECT name FROM users") == [("Ada",)]
    house.made.append(first)


async def test_a_removed_sync_is_forgotten_unless_something_waits(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind())
    await agent.put("users", {"id": 1, "name": "Ada"})

    with pytest.raises(Rejected, match="wait"):
        await agent.remove("users")
    await agent.flush()
    await agent.remove("users")

    with pytest.raises(BadInput, match="no sync 'users'"):
        await agent.get("users", 1)


async def test_names_are_names_and_never_sql(house: House) -> None:
    agent = await house.agent()
    for name in ODD_NAMES:
        quoted = name.replace('"', '""')
        house.ask(f'CREATE TABLE "{quoted}" ("{quoted}" integer PRIMARY KEY, "b""c" text)')
        await agent.define(users(name="odd", table=name, key=(name,), notify=True))

        await agent.put("odd", {name: 1, 'b"c': "'; DROP TABLE users; --"})
        await agent.put("odd", {name: 1, 'b"c': "%s {} $1"})
        await agent.invalidate("odd")
        got = await agent.get("odd", 1)
        await agent.delete("odd", 1)

        assert got.row == {name: 1, 'b"c': "%s {} $1"}
    assert house.ask("SELECT * FROM users") == []


async def test_a_key_that_can_be_none_is_refused(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())

    for key in ({"id": "1; DROP"}, "x", None, {}, 1.5, [1], 2**70, True):
        with pytest.raises(BadInput):
            await agent.get("users", key)


async def test_a_key_is_the_same_however_it_is_written(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.put("users", {"id": "1", "name": "Ada"})

    assert (await agent.get("users", 1)).source == "cache"
    assert (await agent.get("users", {"id": 1.0})).source == "cache"


async def test_a_write_based_on_an_older_version_is_refused(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(on_conflict="version"))
    first = await agent.put("users", {"id": 1, "name": "Ada"}, version=0)

    await agent.put("users", {"id": 1, "name": "Bob"}, version=first.version)
    with pytest.raises(Outdated) as caught:
        await agent.put("users", {"id": 1, "name": "Eve"}, version=first.version)
    with pytest.raises(Outdated):
        await agent.delete("users", 1, version=first.version)
    with pytest.raises(Outdated):
        await agent.put("users", {"id": 1, "name": "Eve"}, version=0)

    assert "Read it again" in caught.value.cure
    assert house.ask("SELECT name FROM users") == [("Bob",)]


async def test_a_column_may_count_versions(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(on_conflict="version", version="version"))

    first = await agent.put("users", {"id": 1, "name": "Ada"}, version=0)
    second = await agent.put("users", {"id": 1, "name": "Bob"}, version=1)
    third = await agent.put("users", {"id": 1, "name": "Cid"})

    assert [one.version for one in (first, second, third)] == [1, 2, 3]
    assert house.ask("SELECT version FROM users") == [(3,)]


async def test_an_expression_merges_what_two_changed(house: House) -> None:
    agent = await house.agent()
    merge = "{**theirs, **mine, 'points': theirs['points'] + mine['points'] - base['points']}"
    await agent.define(users(on_conflict="merge", merge=merge))
    base = await agent.put("users", {"id": 1, "name": "Ada", "points": 10})
    await agent.put("users", {"id": 1, "points": 13}, version=base.version)

    merged = await agent.put(
        "users", {"id": 1, "name": "Ada L.", "points": 15}, version=base.version, base=base.row
    )

    assert merged.state == "written"
    assert house.ask("SELECT name, points FROM users") == [("Ada L.", 18)]


@pytest.mark.parametrize(("keep", "name"), [("mine", "Eve"), ("theirs", "Bob"), ("merged", "Joe")])
async def test_a_person_decides_a_conflict(house: House, keep: Any, name: str) -> None:
    agent = await house.agent()
    await agent.define(users(on_conflict="ask"))
    base = await agent.put("users", {"id": 1, "name": "Ada"})
    await agent.put("users", {"id": 1, "name": "Bob"})

    parked = await agent.put("users", {"id": 1, "name": "Eve"}, version=base.version)
    (conflict,) = await agent.conflicts()
    await agent.resolve(parked.conflict, keep, row={"id": 1, "name": "Joe"})

    assert (parked.state, conflict.id) == ("parked", parked.conflict)
    assert conflict.mine is not None
    assert conflict.theirs is not None
    assert (conflict.mine["name"], conflict.theirs["name"]) == ("Eve", "Bob")
    assert house.ask("SELECT name FROM users") == [(name,)]
    assert await agent.conflicts() == []


async def test_a_conflict_outlives_the_agent(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(on_conflict="ask"))
    await agent.put("users", {"id": 1, "name": "Ada"})
    await agent.put("users", {"id": 1, "name": "Eve"}, version=0)
    await agent.close()

    again = await house.agent()

    (conflict,) = await again.conflicts("users")
    assert conflict.mine == {"id": 1, "name": "Eve"}


async def test_a_row_that_changed_again_is_shown_anew(house: House) -> None:
    agent = await house.agent()
    await agent.define(users(on_conflict="ask"))
    await agent.put("users", {"id": 1, "name": "Ada"})
    parked = await agent.put("users", {"id": 1, "name": "Eve"}, version=0)
    await agent.put("users", {"id": 1, "name": "Zoe"})

    with pytest.raises(Outdated, match="changed again"):
        await agent.resolve(parked.conflict, "mine")
    (conflict,) = await agent.conflicts()
    await agent.resolve(parked.conflict, "mine")

    assert conflict.theirs is not None
    assert conflict.theirs["name"] == "Zoe"
    assert house.ask("SELECT name FROM users") == [("Eve",)]


async def test_a_write_behind_that_lost_is_kept_for_a_person(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind(version="version", on_conflict="ask"))
    house.ask("INSERT INTO users (id, name, version) VALUES (1, 'Ada', 1)")
    await agent.put("users", {"id": 1, "name": "Eve"}, version=1)
    house.ask("UPDATE users SET name = 'Bob', version = 2")

    await agent.flush()

    (conflict,) = await agent.conflicts()
    assert conflict.mine is not None
    assert (conflict.mine["name"], conflict.version) == ("Eve", 2)
    assert house.ask("SELECT name FROM users") == [("Bob",)]
    await agent.resolve(conflict.id, "mine")
    assert house.ask("SELECT name, version FROM users") == [("Eve", 3)]


async def test_a_row_of_writes_behind_follows_its_own_versions(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind(version="version", on_conflict="version"))

    first = await agent.put("users", {"id": 1, "name": "a"}, version=0)
    second = await agent.put("users", {"id": 1, "name": "b"}, version=first.version)
    await agent.put("users", {"id": 1, "name": "late"}, version=first.version)
    await agent.flush()

    assert (first.version, second.version) == (1, 2)
    assert house.ask("SELECT name, version FROM users") == [("b", 2)]
    assert [one.mine and one.mine["name"] for one in await agent.conflicts()] == ["late"]


async def test_what_the_database_refuses_is_kept_and_the_others_are_written(house: House) -> None:
    agent = await house.agent()
    await agent.define(behind())
    for number in range(8):
        row = {"id": number} if number == 5 else {"id": number, "name": "x"}
        await agent.put("users", row)

    await agent.flush()

    assert len(house.ask("SELECT id FROM users")) == 7
    (conflict,) = await agent.conflicts()
    assert (conflict.key, conflict.mine) == ("[5]", {"id": 5})
    assert "refuses" in conflict.reason


async def test_definitions_that_cannot_be_are_refused(house: House) -> None:
    agent = await house.agent()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": "a/b"}, "no name"),
        ({"table": "nowhere"}, "no table"),
        ({"key": ()}, "name the key"),
        ({"key": ("name",)}, "several rows"),
        ({"columns": ("id", "nmae")}, "no column 'nmae'"),
        ({"version": "points2"}, "no column"),
        ({"on_conflict": "merge"}, "expression or a flow"),
        ({"on_conflict": "merge", "merge": "mine +"}, "no expression"),
        ({"mode": "behind", "on_conflict": "ask"}, "counts versions"),
    ]

    for changes, told in wrong:
        with pytest.raises((BadInput, Rejected), match=told):
            await agent.define(users(**changes))


async def test_a_changed_definition_counts_from_the_next_read(house: House) -> None:
    agent = await house.agent()
    await agent.define(users())
    await agent.put("users", {"id": 1, "name": "Ada"})

    await agent.define(users(columns=("name",)))

    assert (await agent.get("users", 1)).row == {"id": 1, "name": "Ada"}
