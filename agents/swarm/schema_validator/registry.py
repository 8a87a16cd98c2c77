"""Where schemas are kept: a row for each version, never changed once it is there."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.errors import Unavailable
from agents.swarm.schema_validator.shapes import Kept, Platform, Renames, Schema
from agents.swarm.schema_validator.versions import numbers_of

T = TypeVar("T")

_TABLES = sa.MetaData()

VERSIONS = sa.Table(
    "schema_versions",
    _TABLES,
    sa.Column("schema_name", sa.String(200), primary_key=True),
    sa.Column("platform", sa.String(20), primary_key=True),
    sa.Column("version", sa.String(32), primary_key=True),
    sa.Column("schema_type", sa.String(20), nullable=False),
    sa.Column("definition", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("level", sa.String(24), nullable=False),
    sa.Column("renames", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)


class Registry:
    """Schemas in a database of their own. Calls block: make them in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    def versions(self, name: str, platform: Platform) -> list[Kept]:
        """All versions of a schema, the oldest first; none if there is no such schema."""
        return self._do(lambda connection: _versions(connection, name, platform))

    def names(self) -> list[tuple[str, str]]:
        """The names and platforms of all schemas."""
        wanted = sa.select(VERSIONS.c.schema_name, VERSIONS.c.platform).distinct()
        return self._do(lambda connection: sorted((n, p) for n, p in connection.execute(wanted)))

    def add(
        self, name: str, platform: Platform, decide: Callable[[list[Kept]], Kept | None]
    ) -> None:
        """Keep what `decide` makes of the versions there are, which nobody adds to meanwhile."""

        def work(connection: Connection) -> None:
            if (kept := decide(_versions(connection, name, platform))) is not None:
                connection.execute(sa.insert(VERSIONS).values(**_row(kept)))

        self._do(work, writes=True)

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _do(self, work: Callable[[Connection], T], *, writes: bool = False) -> T:
        try:
            with self._opened().execution_options(writes=writes).begin() as connection:
                return work(connection)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise Unavailable(
                f"The schemas in {self._folder} can't be reached: {error.__class__.__name__}.",
                cure="Look whether the folder may be written to, and its disk has room.",
            ) from error

    def _opened(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                engine = sa.create_engine(
                    f"sqlite:///{self._folder / 'schemas.db'}",
                    connect_args={"timeout": 10, "isolation_level": None},
                )
                sa.event.listen(engine, "begin", _begin)
                with engine.execution_options(writes=True).begin() as connection:
                    _TABLES.create_all(connection)
                self._engine = engine
            return self._engine


def _begin(connection: Connection) -> None:
    """Whoever looks in order to add must look before anybody else adds."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _versions(connection: Connection, name: str, platform: Platform) -> list[Kept]:
    wanted = sa.select(VERSIONS).where(
        VERSIONS.c.schema_name == name, VERSIONS.c.platform == platform
    )
    kept = [_kept(row) for row in connection.execute(wanted)]
    return sorted(kept, key=lambda one: numbers_of(one.schema.version))


def _row(kept: Kept) -> dict[str, Any]:
    schema = kept.schema
    return {
        "schema_name": schema.schema_name,
        "platform": schema.platform,
        "version": schema.version,
        "schema_type": schema.schema_type,
        "definition": msgspec.json.encode(schema.definition),
        "digest": kept.digest,
        "level": kept.level,
        "renames": msgspec.json.encode(kept.renames),
        "at": kept.at,
    }


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        schema=Schema(
            schema_name=row.schema_name,
            schema_type=row.schema_type,
            platform=row.platform,
            version=row.version,
            definition=msgspec.json.decode(row.definition),
        ),
        digest=row.digest,
        level=row.level,
        renames=msgspec.json.decode(row.renames, type=Renames),
        at=row.at,
    )
