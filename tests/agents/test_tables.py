"""Tables of one's own, in a file and in a real PostgreSQL."""

import asyncio
import sqlite3
import threading
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from agents.errors import Rejected, Unavailable
from agents.tables import Tables, ask


@pytest.mark.parametrize("value", ["a\0b", "much too long"])
async def test_what_the_database_can_t_hold_is_no_trouble_of_the_database(
    postgres_url: str, tmp_path: Path, value: str
) -> None:
    name = f"held_{uuid.uuid4().hex}"
    tables = Tables(tmp_path / "unused", postgres_url, [f"CREATE TABLE {name} (text VARCHAR(8))"])

    with pytest.raises(Rejected, match="can't hold it"):
        await tables.do(lambda one: ask(one, f"INSERT INTO {name} VALUES (:value)", value=value))

    assert await tables.do(lambda one: ask(one, f"SELECT * FROM {name}").all()) == []
    tables.close()


@pytest.mark.parametrize("served", [True, False])
@pytest.mark.parametrize("value", ["\ud800", 1 << 80])
async def test_what_cannot_even_be_said_to_the_database_is_told_as_well(
    postgres_url: str, tmp_path: Path, served: bool, value: object
) -> None:
    tables = Tables(tmp_path / "some.db", postgres_url if served else "", [])

    with pytest.raises(Rejected, match="can't hold it"):
        await tables.do(lambda one: ask(one, "SELECT CAST(:value AS BIGINT)", value=value))
    tables.close()


@pytest.mark.parametrize("served", [True, False])
async def test_closing_leaves_no_connection_open_though_work_is_under_way(
    postgres_url: str, tmp_path: Path, served: bool
) -> None:
    name = f"held_{uuid.uuid4().hex}"
    url = postgres_url if served else ""
    tables = Tables(tmp_path / "some.db", url, [f"CREATE TABLE {name} (text VARCHAR(8))"])
    begun, goes_on = threading.Event(), threading.Event()
    used: list[Any] = []

    def work(connection: sa.Connection) -> None:
        ask(connection, f"INSERT INTO {name} VALUES ('kept')")
        used.append(connection.connection.driver_connection)
        begun.set()
        assert goes_on.wait(30)

    working = asyncio.create_task(tables.do(work))
    await asyncio.to_thread(begun.wait, 30)
    tables.close()
    with pytest.raises(Unavailable, match="let go of"):
        await tables.do(lambda one: ask(one, f"SELECT * FROM {name}").all())
    goes_on.set()
    await working

    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        used[0].execute("SELECT 1")
    again = Tables(tmp_path / "some.db", url, [])
    rows = await again.do(lambda one: ask(one, f"SELECT * FROM {name}").all())
    assert [tuple(row) for row in rows] == [("kept",)]
    again.close()
