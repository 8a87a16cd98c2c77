"""What a sync is, what is written through it, and what comes back."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Mode = Literal["through", "behind"]
"""through: in the database before the answer; behind: durable here at once, there after a delay."""

Resolution = Literal["last_write", "version", "merge", "ask"]
"""What becomes of a write when the row has changed since the one that it was based on.

last_write: it counts; version: it is refused; merge: an expression or a flow makes one row of
both; ask: it is put aside until a person decides.
"""

Row = Mapping[str, Any]
Version = int | str
"""A number where a column counts versions; otherwise the digest of the row's content."""

Positive = Annotated[int, Meta(ge=1, le=1_000_000)]
Seconds = Annotated[float, Meta(ge=0, le=30 * 86_400)]


class Sync(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table, or a view to be read, that is kept in step with a cache. Times are in seconds.

    `key` names the columns that tell rows apart, `columns` those that are read (all when
    empty), `schema` the table's schema in PostgreSQL ("" for the first in the search path).
    A row is fresh for `ttl`, and one that isn't there is known not to be for `missing_ttl`. Once
    `refresh_ahead` of its time has gone by (a share, 0 for never), a read has it read anew
    beside it. Writes behind wait for `delay`, or until `batch` of them wait. `version` names a
    column that counts versions. `merge` is an expression over `mine`, `theirs` and `base`, or
    `merge_flow` a flow with those inputs. `notify` listens to changes that others make.
    """

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    schema: str = ""
    mode: Mode = "through"
    ttl: Annotated[float, Meta(gt=0, le=30 * 86_400)] = 300.0
    missing_ttl: Seconds = 10.0
    refresh_ahead: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    delay: Annotated[float, Meta(ge=0, le=3600)] = 0.5
    batch: Positive = 1_000
    version: str = ""
    on_conflict: Resolution = "last_write"
    merge: str = ""
    merge_flow: str = ""
    notify: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A write on its way: `values` of some columns, or None to delete the row.

    `expected` is the version it was based on, None for whichever there is, 0 for no row;
    `bumps` how many writes it stands for. `base` is the row it was based on, where that was said.
    """

    key: str
    values: dict[str, Any] | None
    expected: Version | None = None
    base: dict[str, Any] | None = None
    bumps: int = 1


class Put(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of several writes: `row` is put into the sync's table, or its key deleted.

    `version` is that of the row which it was based on, 0 for none, None for whichever there is.
    """

    sync: str
    row: dict[str, Any]
    delete: bool = False
    version: Version | None = None
    base: dict[str, Any] | None = None


Source = Literal["cache", "database", "waiting"]
"""waiting: a write that is on its way to the database."""


class Got(msgspec.Struct, frozen=True):
    """What a read gives. `stale`: the database can't be asked, or changed without our knowing.

    `row` is None when there is none. `age` is how many seconds ago the database was asked.
    """

    row: dict[str, Any] | None
    found: bool
    version: Version | None
    source: Source
    stale: bool = False
    age: float = 0.0


class Written(msgspec.Struct, frozen=True):
    """What came of a write.

    written: it is in the database; waiting: it is durable here, and will be; parked: it is kept
    as the `conflict` of that id until somebody decides. `row` is None after a delete, and where
    what the database makes of it isn't known yet.
    """

    state: Literal["written", "waiting", "parked"]
    row: dict[str, Any] | None = None
    version: Version | None = None
    conflict: str = ""


class Stored(msgspec.Struct, frozen=True):
    """What came of rows that were written as one: all are in the database, or durable here."""

    state: Literal["written", "waiting"]
    rows: int


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A write that waits for a decision: `mine` is what it says, `theirs` the row as it is.

    None stands for no row: `mine` for a delete, `theirs` where it is gone. `reason` says why it
    waits: the row changed, or the database refuses it. `at` is seconds since the epoch.
    """

    id: str
    sync: str
    key: str
    mine: dict[str, Any] | None
    theirs: dict[str, Any] | None
    base: dict[str, Any] | None = None
    expected: Version | None = None
    version: Version | None = None
    reason: str = ""
    at: float = 0.0


class SyncStats(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync came to since its agent was made; `waiting` and `conflicts` are as of now.

    `hit_rate` is the share of reads answered without the database, None before the first;
    `oldest` how many seconds the oldest waiting write has waited; `saved` how many seconds the
    database needs for a row, in the middle. `bound` says that the flow that merges may touch no
    more than the flow that defined the sync.
    """

    sync: Sync
    reads: int = 0
    hits: int = 0
    misses: int = 0
    absent: int = 0
    shared: int = 0
    stale: int = 0
    refreshes: int = 0
    writes: int = 0
    flushed: int = 0
    coalesced: int = 0
    retries: int = 0
    invalidated: int = 0
    waiting: int = 0
    oldest: float = 0.0
    conflicts: int = 0
    hit_rate: float | None = None
    saved: float = 0.0
    bound: bool = False
    trouble: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the whole is: what the cache and the database are, whether each answers, every sync."""

    database: str
    cache: str
    database_up: bool
    cache_up: bool
    syncs: list[SyncStats]
    conflicts: list[Conflict] = []
