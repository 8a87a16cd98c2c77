"""Where scripts and their versions are kept: SQLite in the agent's folder, or PostgreSQL."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.tables import Tables, is_postgres

T = TypeVar("T")

_TABLES = sa.MetaData()

VERSIONS = sa.Table(
    "roblox_versions",
    _TABLES,
    sa.Column("project", sa.String(80), primary_key=True),
    sa.Column("script", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("source", sa.LargeBinary, nullable=False),
    sa.Column("side", sa.String(10), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

SCRIPTS = sa.Table(
    "roblox_scripts",
    _TABLES,
    sa.Column("project", sa.String(80), primary_key=True),
    sa.Column("script", sa.String(40), primary_key=True),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("studio", sa.Integer, nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("theirs", sa.Integer, nullable=False),
)

STUDIOS = sa.Table(
    "roblox_studios",
    _TABLES,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("project", sa.String(80), nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

ASSETS = sa.Table(
    "roblox_assets",
    _TABLES,
    sa.Column("asset", sa.String(40), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("creator", sa.String(60), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

BRIDGE = sa.Table("roblox_bridge", _TABLES, sa.Column("server", sa.String(40), primary_key=True))

_LOCK = 0x4EDD1E50
"""The number of our advisory lock: any will do, as long as nobody else uses it."""


class Store:
    """A database, made when it is first needed. Calls block: make them in a thread.

    What was written is kept once `do` returns. `url` may be a PostgreSQL to keep things in
    instead.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        server = is_postgres(url)
        dialect = sa.make_url("postgresql+psycopg://" if server else "sqlite://").get_dialect()()
        made = [sa.schema.CreateTable(one, if_not_exists=True) for one in _TABLES.sorted_tables]
        statements = [str(one.compile(dialect=dialect)) for one in made]
        self._tables = Tables(folder / "scripts.db", url, statements)

    def do(self, work: Callable[[Connection], T], *, writes: bool = False) -> T:
        """What the work gives, done in one transaction; one that writes has no other beside it.

        Raises Unavailable.
        """

        def alone(connection: Connection) -> T:
            if writes and connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            return work(connection)

        return self._tables.do_now(alone)

    def close(self) -> None:
        """Let go of the database."""
        self._tables.close()
