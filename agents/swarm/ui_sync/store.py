"""Where components are kept: each with its newest state, and what lately led to it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import asdict
from sqlalchemy.engine import Connection

from agents.swarm.own_tables import OwnTables
from agents.swarm.ui_sync.judging import judged
from agents.swarm.ui_sync.patches import encoded
from agents.swarm.ui_sync.shapes import Change, Declined, Missed, Mutation, Patch, Stored, Touched
from agents.tables import ask

STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS ui_components (
        name VARCHAR(200) PRIMARY KEY, version BIGINT NOT NULL, value TEXT NOT NULL,
        at DOUBLE PRECISION NOT NULL, removed INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS ui_changes (
        name VARCHAR(200) NOT NULL, version BIGINT NOT NULL, id VARCHAR(200) NOT NULL,
        patch TEXT NOT NULL, touched TEXT NOT NULL,
        PRIMARY KEY (name, version), UNIQUE (name, id))""",
    "CREATE TABLE IF NOT EXISTS ui_store (id VARCHAR(32) PRIMARY KEY)",
)

REMEMBERED = 1_000
"""Changes of each component that are kept, and with them which mutations were done."""
TOLD = 64
"""Changes that are told at most; who missed more is better off with the state."""
AT_ONCE = 50
"""As many are forgotten in one go."""

_COMPONENT = "SELECT version, value, at FROM ui_components WHERE name = :name"
_PUT = """INSERT INTO ui_components (name, version, value, at, removed)
    VALUES (:name, :version, :value, :at, :removed) ON CONFLICT (name) DO UPDATE
    SET version = excluded.version, value = excluded.value, at = excluded.at,
        removed = excluded.removed"""
_DONE = "SELECT version, patch FROM ui_changes WHERE name = :name AND id = :id"
_SINCE = """SELECT version, id, patch, touched FROM ui_changes
    WHERE name = :name AND version > :version ORDER BY version"""
_ADD = """INSERT INTO ui_changes (name, version, id, patch, touched)
    VALUES (:name, :version, :id, :patch, :touched)"""
_FORGET = "DELETE FROM ui_changes WHERE name = :name AND version <= :version"
_VERSIONS = "SELECT name, version FROM ui_components"
_LISTED = """SELECT name, version, at, LENGTH(value) AS size FROM ui_components
    WHERE removed = 0 ORDER BY name"""
_NAME_STORE = """INSERT INTO ui_store (id) SELECT :id WHERE NOT EXISTS (SELECT 1 FROM ui_store)"""


class Row(NamedTuple):
    """A component in the list of them; `size` in characters."""

    name: str
    version: int
    at: float
    size: int


class Newest(NamedTuple):
    """A component, and the last changes that led to it, the newest last: one after the other."""

    stored: Stored
    changes: Sequence[Change]


class Committed(NamedTuple):
    """The version that a mutation made, and what the component is by now.

    `is_repeated` says that it was done before.
    """

    version: int
    newest: Newest
    is_repeated: bool


class Store:
    """Calls block: have the tables do them. `remembered` see there."""

    def __init__(self, tables: OwnTables, *, remembered: int = REMEMBERED) -> None:
        self._tables = tables
        self._remembered = remembered

    def identity(self) -> str:
        """Names this store: versions of another one mean nothing here."""

        def work(connection: Connection) -> str:
            ask(connection, _NAME_STORE, id=uuid.uuid4().hex)
            return str(ask(connection, "SELECT id FROM ui_store").scalar_one())

        return self._tables.do_now(work, alone="ui store")

    def newest(self, name: str, since: int = 0) -> Newest:
        """A component and its last changes after a version, all as of one moment."""
        return self._tables.read_now(lambda connection: _newest(connection, name, since))

    def commit(
        self, name: str, mutation: Mutation, at: float, *, since: int, removes: bool = False
    ) -> Committed:
        """Do a mutation, unless it was done already, and tell the last changes after a version.

        Raises Declined.
        """

        def work(connection: Connection) -> Committed:
            before = ask(connection, _DONE, name=name, id=mutation.id).one_or_none()
            if before is not None:
                _look_whether_same(mutation, before.patch)
                return Committed(before.version, _newest(connection, name, since), True)
            done = _mutate(connection, name, mutation, at, removes)
            if done % AT_ONCE == 0:
                ask(connection, _FORGET, name=name, version=done - self._remembered)
            return Committed(done, _newest(connection, name, since), False)

        return self._tables.do_now(work, alone=f"ui {name}")

    def versions(self, names: Iterable[str]) -> dict[str, int]:
        """The versions of those components that there are."""
        wanted = set(names)
        return self._tables.read_now(
            lambda connection: {
                row.name: row.version for row in ask(connection, _VERSIONS) if row.name in wanted
            }
        )

    def rows(self) -> list[Row]:
        """All components that weren't removed, by name."""
        return self._tables.read_now(
            lambda connection: [
                Row(row.name, row.version, row.at, row.size) for row in ask(connection, _LISTED)
            ]
        )


def _mutate(connection: Connection, name: str, mutation: Mutation, at: float, removes: bool) -> int:
    """The version that the mutation makes. Raises Declined."""
    before = _stored(connection, name)
    base = before.version if mutation.base is None else mutation.base
    missed = _missed(connection, name, base, before.version)
    value, touched = judged(before.version, msgspec.json.decode(before.value), missed, mutation)
    version = before.version + 1
    ask(
        connection, _PUT, name=name, version=version, value=encoded(value), at=at,
        removed=int(removes),
    )  # fmt: skip
    ask(
        connection, _ADD, name=name, version=version, id=mutation.id,
        patch=_written(mutation),
        touched=msgspec.json.encode(touched).decode(),
    )  # fmt: skip
    return version


def _written(mutation: Mutation) -> str:
    return msgspec.json.encode(Patch(patch=mutation.patch, merge=mutation.merge)).decode()


def _look_whether_same(mutation: Mutation, before: str) -> None:
    """Raises Declined for a mutation that came with the id of another one."""
    now = _written(mutation)
    if now != before and msgspec.json.decode(now) != msgspec.json.decode(before):
        raise Declined(
            "reused",
            "That id came with another change before.",
            "Take a new one for each change; send the same one only with the very same.",
        )


def _stored(connection: Connection, name: str) -> Stored:
    row = ask(connection, _COMPONENT, name=name).one_or_none()
    return Stored() if row is None else Stored(row.version, row.value, row.at)


def _missed(connection: Connection, name: str, base: int, newest: int) -> list[Missed] | None:
    """What came after a version, None if that isn't known any more."""
    if base >= newest:
        return []
    if base < 0:
        return None
    rows = ask(connection, _SINCE, name=name, version=base).all()
    if len(rows) < newest - base:
        return None
    return [Missed(row.id, msgspec.json.decode(row.touched, type=Touched)) for row in rows]


def _newest(connection: Connection, name: str, since: int) -> Newest:
    stored = _stored(connection, name)
    after = max(since, stored.version - TOLD)
    rows = ask(connection, _SINCE, name=name, version=after)
    return Newest(stored, [_change(row.version, row.id, row.patch) for row in rows])


def _change(version: int, by: str, patch: str) -> Change:
    return Change(version=version, id=by, **asdict(msgspec.json.decode(patch, type=Patch)))
