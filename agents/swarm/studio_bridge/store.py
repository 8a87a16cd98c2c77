"""Where scripts and their versions are kept: SQLite in the agent's folder, or PostgreSQL."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.errors import Unavailable

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

    What was written is on the disk once `do` returns. `url` is a PostgreSQL to keep things in
    instead.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self._folder = folder
        self._url = url
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    def do(self, work: Callable[[Connection], T], *, writes: bool = False) -> T:
        """What the work gives, done in one transaction; one that writes has no other beside it.

        Raises Unavailable.
        """
        try:
            with self._opened().execution_options(writes=writes).begin() as connection:
                return work(connection)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise Unavailable(
                f"The scripts in {self._where} can't be reached: {cause.__class__.__name__}.",
                cure="Look whether PostgreSQL runs; it is tried again by itself."
                if self._url
                else "Look whether the folder may be written to, and its disk has room.",
            ) from error

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @property
    def _where(self) -> str:
        return sa.make_url(self._url).database or "PostgreSQL" if self._url else str(self._folder)

    def _opened(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                engine = _postgres(self._url) if self._url else _sqlite(self._folder)
                with engine.execution_options(writes=True).begin() as connection:
                    _TABLES.create_all(connection)
                self._engine = engine
            return self._engine


def _sqlite(folder: Path) -> sa.Engine:
    folder.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        f"sqlite:///{folder / 'scripts.db'}",
        connect_args={"timeout": 10, "isolation_level": None},
    )
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(url: str) -> sa.Engine:
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        address, pool_pre_ping=True, pool_size=2, connect_args={"connect_timeout": 5}
    )
    sa.event.listen(engine, "begin", _begin_postgres)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """Whoever looks in order to write must look before anybody else writes."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
