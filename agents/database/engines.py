"""Connections: SQLite with its doors shut, PostgreSQL in pools, one for each address."""

import functools
import sqlite3
import stat
import threading
from collections import OrderedDict
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import NullPool

from agents.database.address import Target
from agents.databases import PORT
from agents.disk import saying, spot_of, status
from agents.errors import Rejected
from agents.folders import Place
from agents.hosts import resolve_now
from agents.tables import retire
from graph.patterns import matches, read_pattern

THREADS: Final = 16
"""How many statements run at once; no pool makes one wait for a connection."""

IDLE_CONNECTIONS = 4
ENGINES = 16
CONNECT_SECONDS = 10
LONGEST_VALUE = 256 * 1024 * 1024
"""Bytes of one text or blob in SQLite, so that no expression makes gigabytes."""

_PATTERN_SECONDS = 0.1

_PATIENT = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""How libpq finds out that the other side is gone."""

_TABLE_PRAGMAS = frozenset(
    {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo"}
    | {"foreign_key_list", "foreign_key_check", "integrity_check", "quick_check", "busy_timeout"}
)
"""Pragmas whose argument only says what they look at, or how long to wait."""


class Engines:
    """The engines of the addresses used lately."""

    def __init__(self) -> None:
        self._engines: OrderedDict[tuple[Target, bool], Engine] = OrderedDict()
        self._lock = threading.Lock()

    def engine(self, target: Target, *, write: bool) -> Engine:
        """The engine of a target; a server has one for reading and writing alike."""
        key = (target, write and target.place is not None)
        with self._lock:
            found = self._engines.pop(key, None) or _engine(target, write=write)
            self._engines[key] = found
            if len(self._engines) > ENGINES:
                retire(self._engines.popitem(last=False)[1])
            return found

    def servers(self) -> list[Engine]:
        """The engines of the servers used lately."""
        with self._lock:
            return [engine for (target, _), engine in self._engines.items() if target.url]

    def close(self) -> None:
        """Close every idle connection; those at work close when they are done."""
        with self._lock:
            for engine in self._engines.values():
                retire(engine)
            self._engines.clear()


def _engine(target: Target, *, write: bool) -> Engine:
    return _server_engine(target.url) if target.url else _file_engine(target, write=write)


def _server_engine(url: URL) -> Engine:
    engine = sqlalchemy.create_engine(
        url,
        pool_size=IDLE_CONNECTIONS,
        max_overflow=THREADS - IDLE_CONNECTIONS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=_PATIENT,
    )

    @event.listens_for(engine, "do_connect")
    def _to_a_checked_address(
        dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]
    ) -> None:
        addresses = resolve_now(str(url.host), url.port or PORT)
        named["host"] = ",".join([str(url.host)] * len(addresses))
        named["hostaddr"] = ",".join(addresses)
        named["port"] = ",".join([str(url.port or PORT)] * len(addresses))

    return engine


def _file_engine(target: Target, *, write: bool) -> Engine:
    engine = sqlalchemy.create_engine(
        "sqlite://",
        creator=functools.partial(_open, target, write),
        poolclass=NullPool,  # opened anew each time: the file may have been replaced
        hide_parameters=True,
    )
    begin = "BEGIN IMMEDIATE" if write else "BEGIN"

    @event.listens_for(engine, "connect")
    def _shut_doors(connection: sqlite3.Connection, record: Any) -> None:
        connection.create_function("regexp", 2, _regexp, deterministic=True)
        connection.set_authorizer(_authorize)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _open(target: Target, write: bool) -> sqlite3.Connection:
    assert target.place is not None
    _check_file(target.place, make=write)
    mode = "rwc" if write else "ro"
    connection = sqlite3.connect(
        f"file:{quote(target.place.path)}?mode={mode}",
        uri=True,
        isolation_level=None,  # transactions begin where we say, DDL in them
        check_same_thread=False,  # the thread that asks it to stop is another
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    return connection


def _check_file(place: Place, *, make: bool) -> None:
    """Nothing but an ordinary file is opened; its folders are made when it may be."""
    with saying(place), spot_of(place, make=make):
        found = status(place)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise Rejected(f"{place.shown} is no ordinary file.")
    if found is None and not make:
        raise Rejected(f"There is no database {place.shown}.")


def _authorize(
    action: int, first: str | None, second: str | None, database: str | None, inner: str | None
) -> int:
    """What a statement may do: nothing that reaches another file or loosens the file's guards."""
    match action:
        case sqlite3.SQLITE_ATTACH if first:  # VACUUM attaches ""; VACUUM INTO names a file
            return sqlite3.SQLITE_DENY
        case sqlite3.SQLITE_PRAGMA if second is not None and first not in _TABLE_PRAGMAS:
            return sqlite3.SQLITE_DENY
        case sqlite3.SQLITE_FUNCTION if second in ("load_extension", "fts3_tokenizer"):
            return sqlite3.SQLITE_DENY
        case _:
            return sqlite3.SQLITE_OK


def _regexp(pattern: str, text: str | None) -> bool | None:
    """`text REGEXP pattern`, bounded: Python's own engine could hold everything up for ever."""
    if text is None:
        return None
    return (
        next(matches(_pattern(pattern), str(text), time_limit=_PATTERN_SECONDS), None) is not None
    )


@functools.lru_cache(maxsize=64)
def _pattern(text: str) -> Any:
    return read_pattern(text)
