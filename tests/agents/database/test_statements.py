"""Queries and changes: values bound by name, rows as records, one statement at a time."""

import asyncio
import datetime
import time
from pathlib import Path
from typing import Any

import pytest

from agents.database.blocks import execute, insert, query
from agents.database.engines import THREADS
from agents.errors import AgentError, Rejected, Unreachable
from graph.errors import BadInput
from tests.agents.conftest import Surroundings
from tests.agents.database.conftest import Rows


@pytest.fixture
async def people(context: Surroundings, database: str) -> str:
    """A database with a table of three people."""
    rows = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}, {"id": 3, "name": "Eve"}]
    await insert(database, "people", rows, context, mode="upsert", key=["id"])
    return database


async def test_rows_come_as_records(context: Surroundings, people: str) -> None:
    rows = await query(people, "SELECT id, name FROM people WHERE id < 3 ORDER BY id", context)

    assert rows == [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]


async def test_values_are_bound_by_name(context: Surroundings, people: str) -> None:
    rows = await query(
        people,
        "SELECT name FROM people WHERE name = :who OR id = :id",
        context,
        {"who": "x' OR '1'='1", "id": 3, "unused": 1},
    )

    assert rows == [{"name": "Eve"}]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("IN :ids", [1, 3]),
        ("in (:ids)", [1, 3]),
        ("NOT IN :ids", [1, 3]),
        ("IN :ids", []),
    ],
)
async def test_a_list_behind_in_means_any_of_it(
    context: Surroundings, people: str, condition: str, ids: list[int]
) -> None:
    rows = await query(people, f"SELECT id FROM people WHERE id {condition}", context, {"ids": ids})

    found = sorted(row["id"] for row in rows)
    assert found == ([2] if "NOT" in condition else ids)


async def test_colons_and_percents_in_texts_are_no_values(
    context: Surroundings, database: str
) -> None:
    rows = await query(
        database,
        """SELECT '12:30 :x' AS a, '100%' AS b, 'it''s :y' AS c, ':' AS ":d", 7 % 4 AS e
           -- :z is a remark; this is no end
           /* nor :this */ WHERE :f = 1;""",
        context,
        {"f": 1},
    )

    assert rows == [{"a": "12:30 :x", "b": "100%", "c": "it's :y", ":d": ":", "e": 3}]


async def test_percents_without_values_stay_too(context: Surroundings, database: str) -> None:
    assert await query(database, "SELECT '5%' AS a, 7 % 4 AS b", context) == [{"a": "5%", "b": 3}]


async def test_a_value_that_is_missing_is_named(context: Surroundings, people: str) -> None:
    sql = "SELECT * FROM people WHERE name = :name"

    with pytest.raises(BadInput, match=r"needs a value for :name.*Did you mean 'nmae'"):
        await query(people, sql, context, {"nmae": "Ada"})


async def test_one_statement_at_a_time(context: Surroundings, people: str, rows_of: Rows) -> None:
    with pytest.raises(BadInput, match="second statement"):
        await query(people, "SELECT 1; DROP TABLE people", context)
    with pytest.raises(BadInput, match="second statement"):
        await execute(people, "DELETE FROM people; -- all\n DROP TABLE people", context)

    assert len(await rows_of("people")) == 3


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM people", "CREATE TABLE other (id int)", "UPDATE people SET id = 0"],
)
async def test_a_query_changes_nothing(
    context: Surroundings, people: str, rows_of: Rows, sql: str
) -> None:
    with pytest.raises(Rejected, match=r"changes the database.*sql\.execute"):
        await query(people, sql, context)

    assert len(await rows_of("people")) == 3


async def test_a_change_tells_how_many_rows_it_touched(
    context: Surroundings, people: str, rows_of: Rows
) -> None:
    done = await execute(
        people, "UPDATE people SET name = :name WHERE id > 1", context, {"name": "Zoe"}
    )

    assert (done.changed, done.rows) == (2, [])
    assert [row["name"] for row in await rows_of("people")] == ["Ada", "Zoe", "Zoe"]


async def test_a_change_gives_back_what_it_returns(context: Surroundings, people: str) -> None:
    done = await execute(people, "DELETE FROM people WHERE id = 1 RETURNING name", context)

    assert (done.changed, done.rows) == (1, [{"name": "Ada"}])


async def test_a_change_that_fails_leaves_nothing(
    context: Surroundings, people: str, rows_of: Rows
) -> None:
    with pytest.raises(Rejected):
        await execute(people, "INSERT INTO people VALUES (9, 'New'), (1, 'Twice')", context)

    assert len(await rows_of("people")) == 3


async def test_more_rows_than_allowed_are_an_error(context: Surroundings, people: str) -> None:
    sql = "SELECT * FROM people"

    with pytest.raises(Rejected, match=r"more than 2 rows.*LIMIT"):
        await query(people, sql, context, row_limit=2)
    assert len(await query(people, sql, context, row_limit=3)) == 3


async def test_two_columns_of_one_name_are_an_error(context: Surroundings, people: str) -> None:
    with pytest.raises(BadInput, match="Two columns are called 'id'"):
        await query(people, "SELECT a.id, b.id FROM people a, people b", context)


async def test_a_statement_without_rows_is_no_query(context: Surroundings, database: str) -> None:
    with pytest.raises(Rejected):
        await query(database, "CREATE TABLE other (id int)", context)


async def test_a_setting_is_no_query_either(context: Surroundings, empty_postgres_url: str) -> None:
    with pytest.raises(Rejected, match=r"no rows.*sql\.execute"):
        await query(empty_postgres_url, "SET search_path = public", context)


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("SELEC 1", "line 1, column 1"),
        ("SELECT id,\n  nme FROM people\nWHERE id = :id", "line 2, column 3"),
        ("SELECT id FROM people WHERE id = :id AND nme = 1", "line 1, column 42"),
        ("SELECT id FROM people WHERE id IN :ids\nAND '%' = '%' AND nme = 1", "line 2, column 19"),
    ],
)
async def test_what_the_database_says_comes_with_its_place(
    context: Surroundings, people: str, sql: str, place: str
) -> None:
    with pytest.raises(Rejected) as caught:
        await query(people, sql, context, {"id": 1, "ids": [1, 2, 3]})

    assert place in str(caught.value)
    assert ("nme" if "nme" in sql else "SELEC") in str(caught.value)


SLOW_SECONDS = 30
SLOW = {
    "sqlite": """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                 SELECT count(*) FROM n""",
    "postgresql": f"SELECT pg_sleep({SLOW_SECONDS})",
}


async def test_a_statement_ends_in_time(
    context: Surroundings, database: str, dialect: str, rows_of: Rows
) -> None:
    await execute(database, "CREATE TABLE t (id int)", context)
    before = time.monotonic()

    with pytest.raises(Unreachable, match="no answer in time"):
        await query(database, SLOW[dialect], context, time_limit=0.2)

    assert time.monotonic() - before < SLOW_SECONDS
    assert await rows_of("t") == []


async def test_a_cancelled_statement_ends_at_once(
    context: Surroundings, database: str, dialect: str
) -> None:
    await execute(database, "CREATE TABLE t (id int)", context)
    waiting = asyncio.create_task(query(database, SLOW[dialect], context))
    await asyncio.sleep(0.3)
    before = time.monotonic()

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert time.monotonic() - before < SLOW_SECONDS
    done = await execute(database, "INSERT INTO t VALUES (1)", context, time_limit=2)
    assert done.changed == 1


async def test_what_was_cancelled_while_it_waited_is_never_done(
    context: Surroundings, database: str, dialect: str, rows_of: Rows
) -> None:
    await execute(database, "CREATE TABLE t (id int)", context)
    busy = [
        asyncio.create_task(query(database, SLOW[dialect], context, time_limit=0.6))
        for _ in range(THREADS)
    ]
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(execute(database, "INSERT INTO t VALUES (1)", context))
    await asyncio.sleep(0.1)

    waiting.cancel()
    await asyncio.wait([waiting, *busy])
    ends = [task.exception() for task in busy]

    assert waiting.cancelled()
    assert all(isinstance(end, Unreachable) for end in ends)
    assert await rows_of("t") == []


async def test_closing_ends_what_still_runs(
    context: Surroundings, database: str, dialect: str
) -> None:
    waiting = asyncio.create_task(query(database, SLOW[dialect], context))
    await asyncio.sleep(0.3)
    before = time.monotonic()

    await context.close()

    with pytest.raises(Unreachable):
        await waiting
    assert time.monotonic() - before < SLOW_SECONDS


async def test_many_statements_at_once_do_not_hinder_each_other(
    context: Surroundings, people: str
) -> None:
    asked = (query(people, "SELECT :n AS n", context, {"n": n}) for n in range(60))

    answers = await asyncio.gather(*asked)

    assert [rows[0]["n"] for rows in answers] == list(range(60))


async def test_postgresql_values_keep_their_kind(
    context: Surroundings, empty_postgres_url: str
) -> None:
    sql = """SELECT 12.5::numeric AS money, 'NaN'::numeric AS none, true AS yes, NULL AS nothing,
                    timestamptz '2026-01-02 03:04:05+00' AS instant, date '2026-01-02' AS day,
                    time '03:04' AS hour, interval '90 minutes' AS long,
                    'aa'::bytea AS raw, '{"a": [1]}'::jsonb AS record, ARRAY[1, 2] AS list,
                    '11111111-2222-3333-4444-555555555555'::uuid AS id,
                    '10.0.0.1'::inet AS address"""

    (row,) = await query(empty_postgres_url, sql, context)
    (exact,) = await query(
        empty_postgres_url, "SELECT 0.10::numeric AS money", context, decimals="text"
    )

    instant = row.pop("instant")
    assert instant == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    assert row == {
        "money": 12.5,
        "none": None,
        "yes": True,
        "nothing": None,
        "day": datetime.date(2026, 1, 2),
        "hour": "03:04:00",
        "long": 5400.0,
        "raw": b"aa",
        "record": {"a": [1]},
        "list": [1, 2],
        "id": "11111111-2222-3333-4444-555555555555",
        "address": "10.0.0.1",
    }
    assert exact == {"money": "0.10"}


async def test_values_of_every_kind_can_be_given(context: Surroundings, database: str) -> None:
    values: dict[str, Any] = {
        "text": "a",
        "integer": 2**40,
        "number": 0.5,
        "yes": True,
        "none": None,
        "day": datetime.date(2026, 1, 2),
        "raw": b"\x00",
        "record": {"a": 1},
    }
    await execute(
        database,
        "CREATE TABLE t (a text, b bigint, c double precision, d boolean, e int, f date, "
        f"g {'bytea' if 'postgres' in database else 'blob'}, h json)",
        context,
    )

    await execute(
        database,
        "INSERT INTO t VALUES (:text, :integer, :number, :yes, :none, :day, :raw, :record)",
        context,
        values,
    )

    (row,) = await query(database, "SELECT * FROM t", context)
    assert [row[name] for name in "abcde"] == ["a", 2**40, 0.5, True, None]
    assert str(row["f"]) == "2026-01-02"
    assert row["g"] == b"\x00"
    assert row["h"] in ({"a": 1}, '{"a":1}')


async def test_a_cast_may_follow_a_value(context: Surroundings, empty_postgres_url: str) -> None:
    rows = await query(
        empty_postgres_url,
        "SELECT :n::int + 1 AS n, (ARRAY[1, 2, 3])[1:2] AS part",
        context,
        {"n": "4"},
    )

    assert rows == [{"n": 5, "part": [1, 2]}]


async def test_statements_that_are_no_select_give_rows_too(
    context: Surroundings, empty_postgres_url: str
) -> None:
    shown = await query(empty_postgres_url, "SHOW server_encoding", context)
    explained = await query(empty_postgres_url, "EXPLAIN SELECT 1", context)

    assert shown == [{"server_encoding": "UTF8"}]
    assert "QUERY PLAN" in explained[0]


async def test_dates_are_text_in_sqlite(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    when = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)

    rows = await query("a.db", "SELECT :when AS at, date(:when) AS day", context, {"when": when})

    assert rows == [{"at": "2026-01-02T03:04:05+00:00", "day": "2026-01-02"}]


async def test_errors_are_agent_errors_that_can_be_told_apart(
    context: Surroundings, database: str
) -> None:
    with pytest.raises(AgentError) as caught:
        await query(database, "SELECT * FROM nowhere", context)

    assert type(caught.value) is Rejected
    assert not caught.value.retryable
