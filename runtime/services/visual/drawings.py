"""Drawings: flows under names that several people change, each change a version."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from agents.tables import Tables, ask
from runtime.services.refusals import ServiceError

if TYPE_CHECKING:
    import sqlalchemy as sa

_TABLE = (
    "CREATE TABLE IF NOT EXISTS drawings (tenant TEXT NOT NULL, name TEXT NOT NULL, "
    "version BIGINT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, "
    "at DOUBLE PRECISION NOT NULL, gone BIGINT NOT NULL, PRIMARY KEY (tenant, name, version))"
)
_NEWEST = "SELECT MAX(version) FROM drawings WHERE tenant = :tenant AND name = :name"
_ADD = (
    "INSERT INTO drawings (tenant, name, version, text, author, at, gone) "
    "VALUES (:tenant, :name, :version, :text, :author, :at, :gone) ON CONFLICT DO NOTHING"
)
_FIND = (
    "SELECT name, version, text, author, at, gone FROM drawings "
    "WHERE tenant = :tenant AND name = :name AND version = :version"
)
_LIST = (
    "SELECT d.name, d.version, '', d.author, d.at, d.gone FROM drawings d WHERE tenant = :tenant "
    "AND name > :after AND gone = 0 AND version = (SELECT MAX(version) FROM drawings "
    "WHERE tenant = d.tenant AND name = d.name) ORDER BY name LIMIT :limit"
)


class Drawing(msgspec.Struct, frozen=True):
    """A version of a drawing: `text` is the flow's file, `at` when it was made."""

    name: str
    version: int
    text: str
    author: str
    at: float


class NoDrawing(ServiceError):
    """Nothing is drawn under that name."""

    status: ClassVar[int] = 404


class Moved(ServiceError):
    """Somebody else has changed the drawing meanwhile."""

    status: ClassVar[int] = 409


class Drawings:
    """The drawings of this house; shared by all its processes. All raise Unavailable."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._tables = Tables(folder / "services.db", database_url, [_TABLE])

    async def list(self, tenant: str, after: str, limit: int) -> list[Drawing]:
        """The newest version of each drawing, by name, without its text."""

        def work(connection: "sa.Connection") -> list[Drawing]:
            rows: Any = ask(connection, _LIST, tenant=tenant, after=after, limit=limit)
            return [Drawing(*row[:5]) for row in rows]

        return await self._tables.do(work)

    async def get(self, tenant: str, name: str, version: int = 0) -> Drawing:
        """A version of a drawing, the newest when it is 0. Raises NoDrawing."""
        return await self._tables.do(lambda one: _get(one, tenant, name, version))

    async def put(self, tenant: str, name: str, text: str, author: str, base: int) -> Drawing:
        """Keep what comes after the version `base`, 0 for none. Raises Moved."""
        return await self._tables.do(lambda one: _put(one, tenant, name, text, author, base))

    async def remove(self, tenant: str, name: str, author: str, base: int) -> None:
        """Take a drawing away; its versions stay to be looked at. Raises Moved, NoDrawing."""

        def work(connection: "sa.Connection") -> None:
            _get(connection, tenant, name, 0)
            _put(connection, tenant, name, "", author, base, gone=True)

        await self._tables.do(work)

    def close(self) -> None:
        """Let go of the tables."""
        self._tables.close()


def _get(connection: "sa.Connection", tenant: str, name: str, version: int) -> Drawing:
    wanted = version or _newest(connection, tenant, name)
    found: Any = ask(connection, _FIND, tenant=tenant, name=name, version=wanted).fetchone()
    if found is None or found[5]:
        which = f"version {version} of {name!r}" if version else f"{name!r}"
        raise NoDrawing(f"There is no drawing {which}.", cure="GET /drawings lists them.")
    return Drawing(*found[:5])


def _put(
    connection: "sa.Connection", tenant: str, name: str, text: str, author: str, base: int,
    *, gone: bool = False,
) -> Drawing:  # fmt: skip
    newest = _newest(connection, tenant, name)
    if base != newest and not (base == 0 and _is_gone(connection, tenant, name, newest)):
        raise _moved(name, base, newest)
    made = Drawing(name, newest + 1, text, author, time.time())
    added = ask(
        connection, _ADD, tenant=tenant, name=name, version=made.version, text=text,
        author=author, at=made.at, gone=int(gone),
    )  # fmt: skip
    if not added.rowcount:  # somebody was quicker since we looked
        raise _moved(name, base, made.version)
    return made


def _moved(name: str, base: int, newest: int) -> Moved:
    return Moved(
        f"{name!r} has come to version {newest}; this was made of version {base}.",
        cure="Take the newest version and change that, or send the edits with `merge`.",
    )


def _is_gone(connection: "sa.Connection", tenant: str, name: str, version: int) -> bool:
    found: Any = ask(connection, _FIND, tenant=tenant, name=name, version=version).fetchone()
    return found is not None and bool(found[5])


def _newest(connection: "sa.Connection", tenant: str, name: str) -> int:
    found: Any = ask(connection, _NEWEST, tenant=tenant, name=name).fetchone()
    return int(found[0] or 0)
