"""Access over SQLite and PostgreSQL, with a clock that goes on when told to and cheap hashes."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from runtime.access.access import Access
from runtime.access.logins import Whence
from runtime.access.passwords import Cost
from runtime.access.people import By
from runtime.access.principal import OWNER
from runtime.clock import ManualClock

CHEAP = Cost(1, 8, 1)
PASSWORD = "correct horse battery"
BY = By(OWNER, Whence("127.0.0.1", "r1"))
HERE = Whence("10.0.0.1", "r2")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the tables are: "" for a file in the home."""
    if request.param == "sqlite":
        return ""
    return own_schema(request.getfixturevalue("postgres_url"))


def own_schema(url: str) -> str:
    """The address of a fresh schema in a database: sooner made than a database."""
    name = f"access_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}?options=-csearch_path%3D{name}"


@pytest.fixture
async def access(tmp_path: Path, database_url: str, clock: ManualClock) -> AsyncIterator[Access]:
    access = Access(tmp_path, database_url, now=clock.now, cost=CHEAP)
    yield access
    await access.close()


@pytest.fixture
async def anna(access: Access) -> str:
    """A runner."""
    await access.people.add("", "anna", "runner", PASSWORD, BY)
    return "anna"
