"""Records into tables: made when missing, all or none, and once however often it is tried."""

import asyncio
import datetime
from typing import Any

import pytest

from agents.database.blocks import execute, insert, query
from agents.database.tables import NOTES
from agents.errors import Rejected
from graph.errors import BadInput
from tests.agents.conftest import Granting, Surroundings
from tests.agents.database.conftest import Rows

PEOPLE = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]


async def test_a_missing_table_is_made(context: Surroundings, database: str, rows_of: Rows) -> None:
    done = await insert(database, "people", PEOPLE, context)

    assert done == 2
    assert await rows_of("people") == PEOPLE


async def test_columns_are_typed_by_what_they_hold(
    context: Surroundings, empty_postgres_url: str
) -> None:
    when = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    rows: list[dict[str, Any]] = [
        {"whole": 1, "part": 1, "yes": True, "at": when, "at_home": when.replace(tzinfo=None)},
        {"part": 0.5, "day": when.date(), "raw": b"x", "record": {"a": [1]}, "text": "x"},
        {"mixed": 1, "huge": 2**70, "nothing": None, "list": [1]},
        {"mixed": "x", "whole": None},
    ]

    await insert(empty_postgres_url, "t", rows, context)

    types = await query(
        empty_postgres_url,
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 't'",
        context,
    )
    assert {row["column_name"]: row["data_type"] for row in types} == {
        "whole": "bigint",
        "part": "double precision",
        "yes": "boolean",
        "at": "timestamp with time zone",
        "at_home": "timestamp without time zone",
        "day": "date",
        "raw": "bytea",
        "record": "jsonb",
        "text": "text",
        "mixed": "text",
        "huge": "text",
        "nothing": "text",
        "list": "jsonb",
    }
    back = await query(empty_postgres_url, "SELECT * FROM t", context)
    assert back[0]["at"] == when
    assert back[1]["record"] == {"a": [1]}
    assert [row["mixed"] for row in back] == [None, None, "1", "x"]
    assert back[2]["huge"] == str(2**70)
    assert back[2]["list"] == [1]


async def test_values_of_every_kind_go_into_sqlite(context: Surroundings) -> None:
    when = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    row: dict[str, Any] = {"at": when, "day": when.date(), "record": {"a": 1}, "huge": 2**70}
    row |= {"yes": True, "raw": b"x", "part": 0.5}

    await insert("a.db", "t", [row], context)

    (back,) = await query("a.db", "SELECT * FROM t", context)
    assert back == {
        "at": "2026-01-02T00:00:00+00:00",
        "day": "2026-01-02",
        "record": '{"a":1}',
        "huge": str(2**70),
        "yes": 1,
        "raw": b"x",
        "part": 0.5,
    }


async def test_append_keeps_what_is_there(
    granting: Granting, context: Surroundings, database: str, rows_of: Rows
) -> None:
    await insert(database, "people", PEOPLE, context)
    context.key = "run-2/block"

    await insert(database, "people", [{"name": "Eve"}], context)

    assert len(await rows_of("people")) == 3


async def test_replace_leaves_only_the_new(
    context: Surroundings, database: str, rows_of: Rows
) -> None:
    await insert(database, "people", PEOPLE, context, mode="replace")
    await insert(database, "people", PEOPLE[:1], context, mode="replace")
    await insert(database, "people", PEOPLE[:1], context, mode="replace")

    assert await rows_of("people") == PEOPLE[:1]
    await insert(database, "people", [], context, mode="replace")
    assert await rows_of("people") == []


async def test_upsert_goes_by_the_key(context: Surroundings, database: str, rows_of: Rows) -> None:
    await insert(database, "people", PEOPLE, context, mode="upsert", key=["id"])
    changed = [{"id": 2, "name": "old"}, {"id": 2, "name": "Bea"}, {"id": 3, "name": "Eve"}]

    for _ in range(2):
        await insert(database, "people", changed, context, mode="upsert", key=["id"])

    assert await rows_of("people") == [
        {"id": 1, "name": "Ada"},
        {"id": 2, "name": "Bea"},
        {"id": 3, "name": "Eve"},
    ]


async def test_upsert_of_a_key_alone_adds_what_is_missing(
    context: Surroundings, database: str, rows_of: Rows
) -> None:
    for _ in range(2):
        await insert(database, "tags", [{"a": 1, "b": 2}], context, mode="upsert", key=["a", "b"])

    assert await rows_of("tags") == [{"a": 1, "b": 2}]


@pytest.mark.parametrize(
    ("rows", "key", "message"),
    [
        (PEOPLE, [], "An upsert needs a key"),
        ([{"name": "Ada"}], ["id"], "Row 0 has no 'id'"),
        ([{"id": 1}, {"id": None}], ["id"], "Row 1 has no 'id'"),
    ],
)
async def test_upsert_needs_its_key(
    context: Surroundings, database: str, rows: Any, key: list[str], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        await insert(database, "people", rows, context, mode="upsert", key=key)


async def test_upsert_needs_a_table_that_knows_the_key(
    context: Surroundings, database: str
) -> None:
    await insert(database, "people", PEOPLE, context)

    with pytest.raises(Rejected, match="ON CONFLICT"):
        await insert(database, "people", PEOPLE, context, mode="upsert", key=["id"])


async def test_all_rows_or_none(context: Surroundings, database: str, rows_of: Rows) -> None:
    await insert(database, "people", PEOPLE, context, mode="upsert", key=["id"])
    context.key = "run-2/block"

    with pytest.raises(Rejected):
        await insert(database, "people", [{"id": 3}, {"id": 1}], context)

    assert await rows_of("people") == PEOPLE


async def test_an_insert_tried_again_inserts_nothing(
    context: Surroundings, database: str, rows_of: Rows
) -> None:
    first = await insert(database, "people", PEOPLE, context)
    again = await insert(database, "people", PEOPLE, context)

    assert first == again
    assert await rows_of("people") == PEOPLE
    assert [row["key"] for row in await rows_of(NOTES)] == [context.key]


async def test_an_insert_that_failed_is_tried_anew(
    context: Surroundings, database: str, rows_of: Rows
) -> None:
    await execute(database, "CREATE TABLE people (id int NOT NULL, name text)", context)
    with pytest.raises(Rejected):
        await insert(database, "people", [{"id": 1}, {"id": None}], context)

    await insert(database, "people", [{"id": 1}], context)

    assert await rows_of("people") == [{"id": 1, "name": None}]


async def test_the_note_can_be_left_out(
    context: Surroundings, database: str, rows_of: Rows
) -> None:
    for _ in range(2):
        await insert(database, "people", PEOPLE, context, once=False)

    assert len(await rows_of("people")) == 4
    with pytest.raises(Rejected):
        await rows_of(NOTES)


async def test_old_notes_are_forgotten(
    granting: Granting, context: Surroundings, database: str, rows_of: Rows
) -> None:
    await insert(database, "people", PEOPLE, context)
    await execute(database, f"UPDATE {NOTES} SET at = at - 31 * 86400.0", context)
    later = granting(writes=context.grants.writes)
    later.key = "run-2/block"

    await insert(database, "people", PEOPLE, later)

    assert [row["key"] for row in await rows_of(NOTES)] == [later.key]


async def test_a_table_is_made_once_when_many_want_it(
    granting: Granting, context: Surroundings, database: str, rows_of: Rows
) -> None:
    async def one(number: int) -> None:
        own = granting(writes=context.grants.writes)
        own.key = f"run-1/each[{number}]/insert"
        await insert(database, "people", [{"id": number}], own)

    await asyncio.gather(*(one(number) for number in range(12)))

    assert await rows_of("people") == [{"id": number} for number in range(12)]


async def test_strange_names_are_only_names(
    context: Surroundings, database: str, rows_of: Rows
) -> None:
    strange = 'a"; DROP TABLE people; --'
    row = {strange: 1, "50%": 2, "a:b": 3, "(c)": 4, "select": 5, "grün": 6, "%(x)s": 7}

    await insert(database, "odd table", [row], context)
    await insert(database, "odd table", [row], context, mode="replace")

    assert await rows_of("odd table") == [row]


@pytest.mark.parametrize("name", ["", "a\0b"])
async def test_names_that_are_none_are_refused(
    context: Surroundings, database: str, name: str
) -> None:
    with pytest.raises(BadInput, match="can't name a table"):
        await insert(database, name, PEOPLE, context)
    with pytest.raises(BadInput, match="can't name a column"):
        await insert(database, "t", [{name: 1}], context)


async def test_a_column_the_table_lacks_is_named(context: Surroundings, database: str) -> None:
    await insert(database, "people", PEOPLE, context)
    context.key = "run-2/block"

    with pytest.raises(BadInput, match=r"no column 'nam'.*Did you mean 'name'"):
        await insert(database, "people", [{"nam": "Eve"}], context)


async def test_a_missing_table_may_be_an_error(context: Surroundings, database: str) -> None:
    with pytest.raises(Rejected, match="There is no table 'people'"):
        await insert(database, "people", PEOPLE, context, create=False)


async def test_values_suit_the_table_that_is_there(
    context: Surroundings, empty_postgres_url: str
) -> None:
    await execute(
        empty_postgres_url,
        "CREATE TABLE t (label text, at timestamptz, data json, tags text[], n int DEFAULT 7)",
        context,
    )
    row = {"label": 5, "at": "2026-01-02T03:04:05Z", "data": "text", "tags": ["a", "b"]}

    await insert(empty_postgres_url, "t", [row], context)

    (back,) = await query(empty_postgres_url, "SELECT * FROM t", context)
    assert back["label"] == "5"
    assert back["at"] == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    assert back["data"] == "text"
    assert back["tags"] == ["a", "b"]
    assert back["n"] == 7


async def test_a_schema_is_taken(context: Surroundings, empty_postgres_url: str) -> None:
    await execute(empty_postgres_url, "CREATE SCHEMA sales", context)

    for _ in range(2):
        await insert(
            empty_postgres_url,
            "people",
            PEOPLE,
            context,
            mode="upsert",
            key=["id"],
            schema="sales",
        )

    rows = await query(empty_postgres_url, "SELECT id FROM sales.people", context)
    assert rows == [{"id": 1}, {"id": 2}]


async def test_what_is_no_record_is_named(context: Surroundings, database: str) -> None:
    with pytest.raises(BadInput, match="Row 1 is no record"):
        await insert(database, "people", [{"id": 1}, 2], context)  # type: ignore[list-item]


async def test_thousands_of_rows_go_in_one_transaction(
    context: Surroundings, database: str
) -> None:
    rows = [{"id": number, "name": f"person {number}"} for number in range(5_000)]

    await insert(database, "people", rows, context, mode="upsert", key=["id"])

    (found,) = await query(database, "SELECT count(*) AS n, sum(id) AS s FROM people", context)
    assert found == {"n": 5_000, "s": 12_497_500}
