"""Which databases a flow may use, what SQL may do there, and that no password gets out."""

import asyncio
import os
import socket
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from agents.contract import Grants
from agents.database import blocks
from agents.database.address import target_of
from agents.database.agent import DatabaseAgent
from agents.database.blocks import execute, insert, query, reads, writes
from agents.database.engines import Engines
from agents.errors import AgentError, NotGranted, Refused, Rejected, Unavailable, Unreachable
from agents.folders import Folders
from graph.block import spec_of
from graph.catalog import blocks_in
from graph.errors import BadInput, BlockError
from graph.spec import Needs
from tests.agents.conftest import Granting, Surroundings, means_in
from tests.servers.postgres import PostgresServer


def make(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (id)")
        connection.execute("INSERT INTO t VALUES (1)")
    connection.close()


@pytest.mark.parametrize("address", ["in/a.db", "sqlite:///in/a.db", "sqlite:///{}/in/a.db"])
async def test_a_file_is_meant_by_path_or_address(
    context: Surroundings, tmp_path: Path, address: str
) -> None:
    database = address.format(tmp_path)

    await insert(database, "t", [{"id": 1}], context)

    assert await query("in/a.db", "SELECT id FROM t", context) == [{"id": 1}]
    assert (tmp_path / "in/a.db").exists()


async def test_only_granted_files_are_opened(granting: Granting, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    make(tmp_path / "outside/a.db")
    (tmp_path / "inside/link.db").symlink_to(tmp_path / "outside/a.db")
    context = granting(folder=str(tmp_path / "inside"), writes=(str(tmp_path / "inside"),))

    for path in ("../outside/a.db", f"sqlite:///{tmp_path}/outside/a.db", "link.db"):
        with pytest.raises(NotGranted, match="--allow-read"):
            await query(path, "SELECT 1", context)
        with pytest.raises(NotGranted, match="--allow-write"):
            await execute(path, "DELETE FROM t", context)


async def test_what_may_be_read_cannot_be_changed(granting: Granting, tmp_path: Path) -> None:
    make(tmp_path / "a.db")
    context = granting(reads=(str(tmp_path),))

    rows = await query("a.db", "SELECT id FROM t", context)

    assert rows == [{"id": 1}]
    with pytest.raises(NotGranted, match="--allow-write"):
        await insert("a.db", "t", [{"id": 2}], context)
    with pytest.raises(Rejected, match="changes the database"):
        await query("a.db", "DELETE FROM t", context)


async def test_resources_are_queried_by_every_flow(granting: Granting, tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    make(tmp_path / "resources/a.db")
    context = granting(folder="/", resources=str(tmp_path / "resources"))

    assert await query("heddle:a.db", "SELECT id FROM t", context) == [{"id": 1}]


async def test_a_query_makes_no_database(context: Surroundings, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"There is no database a\.db"):
        await query("a.db", "SELECT 1", context)

    assert os.listdir(tmp_path) == []


async def test_a_file_that_is_no_database_is_said(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no database, just a text that is long enough " * 100)
    os.mkfifo(tmp_path / "pipe.db")

    with pytest.raises(Rejected, match="file is not a database"):
        await query("a.db", "SELECT 1 FROM sqlite_master", context)
    with pytest.raises(Rejected, match="no ordinary file"):
        await query("pipe.db", "SELECT 1", context)


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '{outside}/a.db' AS other",
        "ATTACH 'own.db' AS other",
        "PRAGMA writable_schema = 1",
        "PRAGMA temp_store_directory = '{outside}'",
        "PRAGMA journal_mode = WAL",
        "PRAGMA trusted_schema = ON",
        "SELECT load_extension('{outside}/evil.so')",
    ],
)
async def test_sql_cannot_leave_its_file(context: Surroundings, tmp_path: Path, sql: str) -> None:
    make(tmp_path / "a.db")
    outside = tmp_path / "outside"
    outside.mkdir()
    statement = sql.format(outside=outside)

    for block in (query, execute):
        with pytest.raises((NotGranted, Rejected)):
            await block("a.db", statement, context)

    assert os.listdir(outside) == []
    assert sorted(os.listdir(tmp_path)) == ["a.db", "outside"]


async def test_a_vacuum_into_another_file_is_refused(context: Surroundings, tmp_path: Path) -> None:
    make(tmp_path / "a.db")

    with pytest.raises(AgentError):
        await execute("a.db", f"VACUUM INTO '{tmp_path}/copy.db'", context)

    assert os.listdir(tmp_path) == ["a.db"]


async def test_the_schema_may_be_looked_at(context: Surroundings, tmp_path: Path) -> None:
    make(tmp_path / "a.db")

    rows = await query("a.db", "SELECT name FROM pragma_table_info('t')", context)
    count = await query("a.db", "PRAGMA page_count", context)

    assert rows == [{"name": "id"}]
    assert count[0]["page_count"] > 0


async def test_a_pattern_cannot_hold_everything_up(context: Surroundings, tmp_path: Path) -> None:
    make(tmp_path / "a.db")

    found = await query("a.db", "SELECT 'abc' REGEXP '^a.c$' AS yes", context)
    with pytest.raises(AgentError):
        await query(
            "a.db", "SELECT :text REGEXP '(a|aa)+$' AS no", context, {"text": "a" * 40 + "b"}
        )

    assert found == [{"yes": 1}]


async def test_a_database_in_use_can_be_tried_again(context: Surroundings, tmp_path: Path) -> None:
    make(tmp_path / "a.db")
    holding = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")

    with pytest.raises((Unavailable, Unreachable)) as caught:
        await execute("a.db", "DELETE FROM t", context, time_limit=0.3)
    holding.close()

    assert caught.value.retryable
    assert (await execute("a.db", "DELETE FROM t", context)).changed == 1


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite://host/a.db", "can't be read"),
        ("sqlite:///a.db?mode=rw", "can't be read"),
        ("mysql://user:hidden@host/db", "no 'mysql'"),
        ("postgresql://", "names no host"),
        ("postgresql://host", "no database"),
        ("postgresql:///db", "names no host"),
        ("postgresql://user:hid@den@host/db", "address"),
        ("postgresql://user:hidden@host:port/db", "can't be read"),
        ("postgresql://user:hidden@host/db?host=/tmp", "can't say 'host'"),
        ("postgresql://user:hidden@host/db?service=x", "can't say 'service'"),
        ("postgresql://user:hidden@host/db?passfile=/etc/x", "can't say 'passfile'"),
    ],
)
async def test_what_is_no_address_is_said_without_quoting_it(
    context: Surroundings, address: str, message: str
) -> None:
    with pytest.raises((BadInput, Unreachable)) as caught:
        await query(address, "SELECT 1", context)

    assert message in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert "den@host" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "passes"),
    [
        ("*", True),
        ("127.0.0.1", True),
        ("127.0.0.1:{port}", True),
        ("postgresql://127.0.0.1:{port}/{database}", True),
        ("postgresql://postgres@127.0.0.1:{port}", True),
        ("postgresql://somebody@127.0.0.1:{port}", False),
        ("postgresql://127.0.0.1:{port}/other", False),
        ("127.0.0.1:1", False),
        ("localhost", False),
    ],
)
async def test_a_server_must_be_granted(
    granting: Granting, postgres_url: str, entry: str, passes: bool
) -> None:
    url = make_url(postgres_url)
    context = granting(databases=(entry.format(port=url.port, database=url.database),))

    if passes:
        assert await query(postgres_url, "SELECT 1 AS n", context) == [{"n": 1}]
    else:
        with pytest.raises(NotGranted, match="--allow-database postgresql://127"):
            await query(postgres_url, "SELECT 1", context)


async def test_metadata_is_no_database(context: Surroundings) -> None:
    with pytest.raises(NotGranted, match="no flow may reach"):
        await query("postgresql://user@169.254.169.254/db", "SELECT 1", context)


async def test_a_wrong_password_is_refused_and_not_told(
    context: Surroundings, postgres_url: str
) -> None:
    wrong = make_url(postgres_url).set(password="hidden").render_as_string(hide_password=False)

    with pytest.raises(Refused) as caught:
        await query(wrong, "SELECT 1", context)

    agent = await context.agent(DatabaseAgent)
    told = [str(caught.value), repr(caught.value), repr(agent), repr(vars(agent))]
    told += [str(caught.value.__cause__), repr(caught.value.__cause__)]
    assert not [text for text in told if "hidden" in text]


async def test_a_database_that_is_not_there_is_said(
    context: Surroundings, postgres_url: str
) -> None:
    wrong = make_url(postgres_url).set(database="nowhere").render_as_string(hide_password=False)

    with pytest.raises(Rejected, match='database "nowhere" does not exist'):
        await query(wrong, "SELECT 1", context)


async def test_a_server_that_is_away_is_unreachable(
    context: Surroundings, unused_tcp_port: int
) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        await query(f"postgresql://u:hidden@127.0.0.1:{unused_tcp_port}/x", "SELECT 1", context)


async def test_a_server_that_says_nothing_is_given_up(context: Surroundings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unreachable):
            await query(
                f"postgresql://u:p@127.0.0.1:{port}/x?connect_timeout=2",
                "SELECT 1",
                context,
                time_limit=0.1,
            )


async def test_a_server_that_comes_back_is_used_again(context: Surroundings) -> None:
    with PostgresServer() as server:
        url = server.url()
        await query(url, "SELECT 1", context)
        server.stop()
        with pytest.raises(Unreachable):
            await query(url, "SELECT 1", context)
        health = await (await context.agent(DatabaseAgent)).health(deep=True)
        server.start()

        rows = await query(url, "SELECT 1 AS n", context)

    assert health.state == "degraded"
    assert rows == [{"n": 1}]


async def test_a_statement_whose_server_dies_is_unreachable(context: Surroundings) -> None:
    with PostgresServer() as server:
        waiting = asyncio.create_task(query(server.url(), "SELECT pg_sleep(30)", context))
        await asyncio.sleep(0.5)

        server.stop()

        with pytest.raises(Unreachable):
            await waiting


async def test_a_right_the_user_lacks_is_refused(
    context: Surroundings, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database()
    for sql in ("CREATE ROLE reader LOGIN PASSWORD 'r'", "CREATE TABLE t (id int)"):
        await execute(url, sql, context)
    reader = make_url(url).set(username="reader", password="r")
    address = reader.render_as_string(hide_password=False)

    with pytest.raises(Refused, match="permission denied"):
        await query(address, "SELECT * FROM t", context)


@pytest.mark.parametrize(
    ("database", "needs"),
    [
        ("a.db", Needs(reads=("a.db",))),
        ("sqlite:///a/b.db", Needs(reads=("a/b.db",))),
        ("sqlite:////a/b.db", Needs(reads=("/a/b.db",))),
        ("heddle:a.db", Needs(reads=("heddle:a.db",))),
        ("postgresql://u:hidden@host:5433/db", Needs(databases=("postgresql://host:5433/db",))),
        ("postgres://u@host/db?sslmode=require", Needs(databases=("postgresql://host/db",))),
        ("mysql://u:hidden@host/db", Needs(databases=("*",))),
        ({"$connection": "sales"}, Needs(databases=("*",), reads=("*",))),
        (None, Needs(databases=("*",), reads=("*",))),
    ],
)
def test_a_flow_says_beforehand_which_database(database: object, needs: Needs) -> None:
    fields = {} if database is None else {"database": database}

    assert reads(fields) == needs
    assert writes(fields) == Needs(databases=needs.databases, writes=needs.reads)


def test_what_cannot_be_right_is_found_before_the_run() -> None:
    check = spec_of(query).check
    assert check is not None

    found = check({"database": "mysql://host/db", "sql": "SELECT :a; DROP TABLE t"})

    assert [(problem.field, problem.message) for problem in found] == [
        ("database", "Heddle speaks no 'mysql'."),
        ("sql", "There is a second statement behind the `;`."),
    ]
    assert check({"database": "postgres://u:p@host/db", "sql": "SELECT :a, ';';"}) == []
    assert check({"database": {"$connection": "sales"}}) == []


def test_every_parameter_is_described() -> None:
    undescribed = [
        f"{spec.kind}.{parameter.name}"
        for spec in blocks_in(blocks)
        for parameter in spec.parameters
        if not parameter.description
    ]

    assert undescribed == []


def test_only_execute_may_not_simply_be_done_again() -> None:
    repeatable = {spec.kind: spec.repeatable for spec in blocks_in(blocks)}

    assert repeatable == {"sql.query": True, "sql.execute": False, "sql.insert": True}


async def test_an_agent_closes_twice_and_says_so(tmp_path: Path) -> None:
    agent = DatabaseAgent(Grants(folder="/"), means_in(tmp_path))
    await agent.connect()
    await agent.close()
    await agent.close()

    assert (await agent.health()).state == "down"


def test_a_connection_at_work_is_closed_once_it_is_done(empty_postgres_url: str) -> None:
    grants, engines = Grants(folder="/"), Engines()
    target = target_of(empty_postgres_url, grants, Folders(grants), write=True)
    with engines.engine(target, write=True).connect() as connection:
        driver = connection.connection.driver_connection
        engines.close()
        connection.exec_driver_sql("SELECT 1")

    assert isinstance(driver, psycopg.Connection)
    assert driver.closed


def test_every_error_is_one_of_a_block() -> None:
    assert issubclass(AgentError, BlockError)
