"""Where schemas are kept: a row for each version, never changed once it is there."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Row

from agents.swarm.own_tables import OwnTables
from agents.swarm.schema_validator.shapes import (
    Kept,
    Listed,
    ListedVersion,
    Platform,
    Renames,
    Schema,
)
from agents.swarm.schema_validator.versions import numbers_of
from agents.tables import ask

STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS schema_versions (
        schema_name VARCHAR(200) NOT NULL, platform VARCHAR(20) NOT NULL,
        version VARCHAR(32) NOT NULL, schema_type VARCHAR(20) NOT NULL,
        definition TEXT NOT NULL, digest VARCHAR(64) NOT NULL, level VARCHAR(24) NOT NULL,
        renames TEXT NOT NULL, at DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (schema_name, platform, version))""",
)

_ADD = """INSERT INTO schema_versions
    (schema_name, platform, version, schema_type, definition, digest, level, renames, at)
    VALUES (:schema_name, :platform, :version, :schema_type, :definition, :digest, :level,
            :renames, :at)"""
_OF = "SELECT * FROM schema_versions WHERE schema_name = :name AND platform = :platform"
_LISTED = """SELECT schema_name, platform, schema_type, version, level, at FROM schema_versions
    ORDER BY schema_name, platform"""


class Registry:
    """Schemas in tables of their own. Calls block: have the tables do them."""

    def __init__(self, tables: OwnTables) -> None:
        self._tables = tables

    def versions(self, name: str, platform: Platform) -> list[Kept]:
        """All versions of a schema, the oldest first; none if there is no such schema."""
        return self._tables.read_now(lambda connection: _versions(connection, name, platform))

    def listed(self) -> list[Listed]:
        """All schemas by name and platform, with their versions."""
        return self._tables.read_now(lambda connection: _listed(ask(connection, _LISTED)))

    def add(
        self, name: str, platform: Platform, decide: Callable[[list[Kept]], Kept | None]
    ) -> None:
        """Keep what `decide` makes of the versions there are, which nobody adds to meanwhile."""

        def work(connection: Connection) -> None:
            if (kept := decide(_versions(connection, name, platform))) is not None:
                ask(connection, _ADD, **_row(kept))

        self._tables.do_now(work, alone=f"schema {platform} {name}")


def _versions(connection: Connection, name: str, platform: Platform) -> list[Kept]:
    kept = [_kept(row) for row in ask(connection, _OF, name=name, platform=platform)]
    return sorted(kept, key=lambda one: numbers_of(one.schema.version))


def _listed(rows: Iterable[Row[Any]]) -> list[Listed]:
    """`rows` are those of one schema after those of the other."""
    found = []
    for (name, platform), own in itertools.groupby(
        rows, lambda row: (row.schema_name, row.platform)
    ):
        versions = sorted(own, key=lambda row: numbers_of(row.version))
        found.append(
            Listed(
                name,
                platform,
                versions[-1].schema_type,
                [ListedVersion(row.version, row.level, row.at) for row in versions],
            )
        )
    return found


def _row(kept: Kept) -> dict[str, Any]:
    schema = kept.schema
    return {
        "schema_name": schema.schema_name,
        "platform": schema.platform,
        "version": schema.version,
        "schema_type": schema.schema_type,
        "definition": msgspec.json.encode(schema.definition).decode(),
        "digest": kept.digest,
        "level": kept.level,
        "renames": msgspec.json.encode(kept.renames).decode(),
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
