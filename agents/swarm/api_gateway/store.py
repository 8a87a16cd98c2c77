"""Where endpoints, keys, repeated calls and runs under way are kept: a file, or PostgreSQL."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.swarm.api_gateway.shapes import Endpoint, Kept, Key
from agents.tables import Tables, is_postgres

T = TypeVar("T")

ENDPOINTS = sa.table(
    "gateway_endpoints", *map(sa.column, ("version", "name", "definition", "takes", "gives", "at"))
)
KEYS = sa.table("gateway_keys", *map(sa.column, ("id", "digest", "label", "endpoints", "at")))
REPEATS = sa.table(
    "gateway_repeats",
    *map(sa.column, ("scope", "key", "digest", "run", "status", "headers", "body", "at")),
)
GRANTS = sa.table("gateway_grants", *map(sa.column, ("version", "name", "within")))
RUNS = sa.table("gateway_runs", *map(sa.column, ("run", "version", "name", "caller", "at")))
CHANGES = sa.table("gateway_changes", *map(sa.column, ("id", "number")))

MADE_BY = (
    """CREATE TABLE IF NOT EXISTS gateway_endpoints (
        version VARCHAR(8) NOT NULL, name VARCHAR(64) NOT NULL, definition TEXT NOT NULL,
        takes TEXT NOT NULL, gives TEXT NOT NULL, at DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (version, name))""",
    """CREATE TABLE IF NOT EXISTS gateway_grants (
        version VARCHAR(8) NOT NULL, name VARCHAR(64) NOT NULL, within TEXT NOT NULL,
        PRIMARY KEY (version, name))""",
    """CREATE TABLE IF NOT EXISTS gateway_keys (
        id VARCHAR(32) PRIMARY KEY, digest VARCHAR(64) NOT NULL, label VARCHAR(200) NOT NULL,
        endpoints TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS gateway_repeats (
        scope VARCHAR(200) NOT NULL, key VARCHAR(255) NOT NULL, digest VARCHAR(64) NOT NULL,
        run VARCHAR(64) NOT NULL, status INTEGER, headers TEXT, body TEXT,
        at DOUBLE PRECISION NOT NULL, PRIMARY KEY (scope, key))""",
    "CREATE INDEX IF NOT EXISTS gateway_repeats_at ON gateway_repeats (at)",
    """CREATE TABLE IF NOT EXISTS gateway_runs (
        run VARCHAR(64) PRIMARY KEY, version VARCHAR(8) NOT NULL, name VARCHAR(64) NOT NULL,
        caller VARCHAR(64) NOT NULL, at DOUBLE PRECISION NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS gateway_runs_at ON gateway_runs (at)",
    """CREATE TABLE IF NOT EXISTS gateway_changes (
        id INTEGER PRIMARY KEY, number BIGINT NOT NULL)""",
)
"""What there has to be, in the SQL that both databases know."""


class Repeat(NamedTuple):
    """What is known of a call with an idempotency key; no `status` while it is under way."""

    digest: str
    run: str
    at: float
    status: int | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


class Begun(NamedTuple):
    """A run whose answer comes later: whose it is."""

    version: str
    name: str
    caller: str


class Whole(NamedTuple):
    """All that requests are answered by, as of one change."""

    change: int
    endpoints: tuple[Kept, ...]
    keys: tuple[tuple[Key, str], ...]


class Store:
    """Calls block: make them in a thread. Each raises Unavailable."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self._tables = Tables(folder / "gateway.db", database_url, MADE_BY)
        self.is_server = is_postgres(database_url)
        """Whether it is somewhere outside."""

    def whole(self) -> Whole:
        """All endpoints and keys."""
        return self._do(_whole)

    def change(self) -> int:
        """The number of the last change, which another server may have made."""
        return self._do(_change)

    def put(self, kept: Kept, decide: Callable[[Whole], None]) -> Whole:
        """Keep an endpoint, new or changed, if `decide` doesn't raise; all there is then."""

        def work(connection: Connection) -> Whole:
            _lock_changes(connection)
            decide(_whole(connection))
            _delete_endpoint(connection, kept.endpoint)
            connection.execute(sa.insert(ENDPOINTS).values(**_row(kept)))
            if kept.within is not None:
                one = {"version": kept.endpoint.version, "name": kept.endpoint.name}
                connection.execute(sa.insert(GRANTS).values(**one, within=_text(kept.within)))
            return _whole(connection)

        return self._do(work)

    def remove(self, endpoint: Endpoint) -> Whole:
        """Keep an endpoint no longer."""

        def work(connection: Connection) -> Whole:
            _lock_changes(connection)
            _delete_endpoint(connection, endpoint)
            return _whole(connection)

        return self._do(work)

    def put_key(self, key: Key, digest: str) -> Whole:
        """Keep a key, as the digest of what opens."""

        def work(connection: Connection) -> Whole:
            _lock_changes(connection)
            connection.execute(
                sa.insert(KEYS).values(
                    id=key.id, digest=digest, label=key.label, at=key.at,
                    endpoints=_text(key.endpoints),
                )
            )  # fmt: skip
            return _whole(connection)

        return self._do(work)

    def remove_key(self, id: str) -> Whole:
        """Keep a key no longer."""

        def work(connection: Connection) -> Whole:
            _lock_changes(connection)
            connection.execute(sa.delete(KEYS).where(KEYS.c.id == id))
            return _whole(connection)

        return self._do(work)

    def claim(self, scope: str, key: str, digest: str, run: str) -> Repeat | None:
        """Note that a call begins; what is known of the same one if it was begun before."""

        def work(connection: Connection) -> Repeat | None:
            added = connection.execute(
                _CLAIM, {"scope": scope, "key": key, "digest": digest, "run": run,
                         "at": time.time()},
            )  # fmt: skip
            return None if added.rowcount else _repeat(connection, scope, key)

        return self._do(work)

    def repeat(self, scope: str, key: str) -> Repeat | None:
        """What is known of a call."""
        return self._do(lambda connection: _repeat(connection, scope, key))

    def settle(
        self, scope: str, key: str, status: int, headers: tuple[tuple[bytes, bytes], ...],
        body: bytes,
    ) -> None:  # fmt: skip
        """Keep what a call was answered with, for whoever repeats it."""
        named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        values = {"status": status, "headers": _text(named), "body": body.decode()}
        self._do(
            lambda connection: connection.execute(
                sa.update(REPEATS).where(*_repeated(scope, key)).values(**values)
            ),
        )

    def release(self, scope: str, key: str) -> None:
        """Forget a call that came to nothing, so that it may be tried again."""
        self._do(
            lambda connection: connection.execute(
                sa.delete(REPEATS).where(*_repeated(scope, key), REPEATS.c.status.is_(None))
            ),
        )

    def note_run(self, run: str, begun: Begun) -> None:
        """Keep whose run it is."""
        values = {"run": run, **begun._asdict(), "at": time.time()}
        self._do(lambda connection: connection.execute(_NOTE_RUN, values))

    def begun(self, run: str) -> Begun | None:
        """Whose run it is, None for one that nobody began here."""
        wanted = sa.select(RUNS.c.version, RUNS.c.name, RUNS.c.caller).where(RUNS.c.run == run)

        def work(connection: Connection) -> Begun | None:
            row = connection.execute(wanted).first()
            return Begun(*row) if row is not None else None

        return self._do(work)

    def forget(self, before: float) -> None:
        """Forget calls and runs begun before a time."""

        def work(connection: Connection) -> None:
            for table in (REPEATS, RUNS):
                connection.execute(sa.delete(table).where(table.c.at < before))

        self._do(work)

    def close(self) -> None:
        """Let go of the database."""
        self._tables.close()

    def _do(self, work: Callable[[Connection], T]) -> T:
        return self._tables.do_now(work)


_ENDPOINTS = (
    sa.select(ENDPOINTS, GRANTS.c.within)
    .outerjoin(
        GRANTS,
        sa.and_(GRANTS.c.version == ENDPOINTS.c.version, GRANTS.c.name == ENDPOINTS.c.name),
    )
    .order_by(ENDPOINTS.c.version, ENDPOINTS.c.name)
)
_CLAIM = sa.text(
    "INSERT INTO gateway_repeats (scope, key, digest, run, at)"
    " VALUES (:scope, :key, :digest, :run, :at) ON CONFLICT DO NOTHING"
)
_NOTE_RUN = sa.text(
    "INSERT INTO gateway_runs (run, version, name, caller, at)"
    " VALUES (:run, :version, :name, :caller, :at) ON CONFLICT DO NOTHING"
)
_COUNT_CHANGE = sa.text(
    "INSERT INTO gateway_changes (id, number) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET number = gateway_changes.number + 1"
)


def _lock_changes(connection: Connection) -> None:
    """Count a change; who changes something at the same time waits until this one is through."""
    connection.execute(_COUNT_CHANGE)


def _change(connection: Connection) -> int:
    return connection.execute(sa.select(CHANGES.c.number)).scalar() or 0


def _whole(connection: Connection) -> Whole:
    change = _change(connection)
    endpoints = tuple(_kept(row._mapping) for row in connection.execute(_ENDPOINTS))
    keys = connection.execute(sa.select(KEYS).order_by(KEYS.c.at, KEYS.c.id))
    return Whole(change, endpoints, tuple(_key(row._mapping) for row in keys))


def _delete_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    for table in (ENDPOINTS, GRANTS):
        connection.execute(
            sa.delete(table).where(
                table.c.version == endpoint.version, table.c.name == endpoint.name
            )
        )


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "version": kept.endpoint.version,
        "name": kept.endpoint.name,
        "definition": _text(kept.endpoint),
        "takes": _text(kept.takes),
        "gives": _text(kept.gives),
        "at": kept.at,
    }


def _kept(row: Mapping[Any, Any]) -> Kept:
    return Kept(
        endpoint=msgspec.json.decode(row["definition"], type=Endpoint),
        takes=msgspec.json.decode(row["takes"]),
        gives=msgspec.json.decode(row["gives"]),
        at=row["at"],
        within=row["within"] and msgspec.json.decode(row["within"]),
    )


def _key(row: Mapping[Any, Any]) -> tuple[Key, str]:
    endpoints = tuple(msgspec.json.decode(row["endpoints"]))
    return Key(row["id"], row["label"], row["at"], endpoints), row["digest"]


def _repeated(scope: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return REPEATS.c.scope == scope, REPEATS.c.key == key


def _repeat(connection: Connection, scope: str, key: str) -> Repeat | None:
    row = connection.execute(sa.select(REPEATS).where(*_repeated(scope, key))).first()
    if row is None:
        return None
    headers = msgspec.json.decode(row.headers or "[]")
    pairs = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
    return Repeat(row.digest, row.run, row.at, row.status, pairs, (row.body or "").encode())


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
