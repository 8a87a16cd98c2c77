"""Two databases, and most tests on both."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from agents.database.blocks import query
from tests.agents.conftest import Surroundings
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def emptied_postgres_url(postgres_server: PostgresServer) -> str:
    """A database of these tests alone: to empty one is quicker than to make one."""
    return postgres_server.new_database()


@pytest.fixture
def empty_postgres_url(emptied_postgres_url: str) -> str:
    """The address of an empty database."""
    with psycopg.connect(emptied_postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS sales CASCADE")
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return emptied_postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: a file in `tmp_path`, or on the shared server."""
    if request.param == "sqlite":
        (tmp_path / "data.db").touch()
        return "sqlite:///data.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def dialect(database: str) -> str:
    return database.partition(":")[0]


class Rows:
    """Looks into a table in the plainest way."""

    def __init__(self, context: Surroundings, database: str) -> None:
        self.context, self.database = context, database

    async def __call__(self, table: str, order: str = "1") -> list[dict[str, Any]]:
        return await query(self.database, f'SELECT * FROM "{table}" ORDER BY {order}', self.context)


@pytest.fixture
def rows_of(context: Surroundings, database: str) -> Rows:
    return Rows(context, database)
