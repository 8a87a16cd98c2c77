"""What flows can do with syncs: define and remove them, read, write, delete, decide, count."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from agents.swarm.database_sync.shapes import (
    Mode,
    Put,
    Resolution,
    Source,
    Sync,
    Version,
    Written,
)
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.swarm.database_sync.agent import SyncAgent

SEARCH = ("cache", "database", "postgresql", "postgres", "redis", "sync", "table")

Name = Annotated[str, "The name of the sync, as it was defined."]
Key = Annotated[
    Any, "The key of the row: its value, or a record where it has several columns.", Look("json")
]
Row = Annotated[Mapping[str, Any], "Columns and their values, the key among them.", Look("mapping")]
BasedOn = Annotated[
    int | str | None,
    "The version of the row that this is based on, as a read gave it; 0 for none, empty for any.",
    Look(more=True),
]
Base = Annotated[
    Mapping[str, Any] | None,
    "The row that this is based on, for a merge to see.",
    Look("json", more=True),
]


def touches(fields: Mapping[str, Any]) -> Needs:
    """The database of the house, which isn't known by its address here."""
    return Needs(databases=("*",))


def _merges(fields: Mapping[str, Any]) -> Needs:
    """The same, and any host where a flow merges: which ones, only that flow tells."""
    by_flow = fields.get("on_conflict") == "merge" and not fields.get("merge")
    return touches(fields) | Needs(hosts=("*",) if by_flow else ())


class Read(NamedTuple):
    """A row and where it came from."""

    row: Annotated[dict[str, Any] | None, "The row; null when there is none."]
    found: Annotated[bool, "Whether there is one."]
    version: Annotated[Version | None, "Its version, to base a write on; 0 for none."]
    source: Annotated[Source, "cache, database, or waiting: it is on its way to the database."]
    stale: Annotated[bool, "Whether it may be old, as the database can't be asked."]
    age: Annotated[float, "How many seconds ago the database was asked."]


class Outcome(NamedTuple):
    """What came of a write."""

    state: Annotated[
        Literal["written", "waiting", "parked"],
        "written; waiting, durable and on its way; or parked until somebody decides.",
    ]
    row: Annotated[dict[str, Any] | None, "The row as it is now, as far as that is known."]
    version: Annotated[Version | None, "Its version, as far as that is known."]
    conflict: Annotated[str, "The id of the conflict that it waits in, empty for none."]


class RowsOutcome(NamedTuple):
    """What came of rows that were written as one."""

    state: Annotated[
        Literal["written", "waiting"],
        "written, all of them; or waiting, durable and on their way.",
    ]
    rows: Annotated[int, "How many rows that were."]


@block(
    "sync.define",
    title="Define sync",
    icon="mdi6.database-cog-outline",
    output="stats",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=_merges,
    search=SEARCH,
)
async def define(
    name: Annotated[str, "What the sync is called: letters, digits, _, dots and hyphens."],
    table: Annotated[str, "The table that is kept in step."],
    key: Annotated[Sequence[str], "The columns that tell one row from another."],
    context: Context,
    columns: Annotated[Sequence[str], "The columns to read; none for all."] = (),
    mode: Annotated[
        Mode,
        "`through`: a write is in the database before it is answered; `behind`: it is durable at"
        " once, and in the database after `delay`, many at a time.",
    ] = "through",
    ttl: Annotated[float, "How many seconds a row is fresh."] = 300.0,
    missing_ttl: Annotated[
        float, "How many seconds it is known that a row isn't there.", Look(more=True)
    ] = 10.0,
    refresh_ahead: Annotated[
        float,
        "The share of its time after which a read has the row read anew; 0 for never.",
        Look(more=True),
    ] = 0.0,
    delay: Annotated[float, "How many seconds a write behind may wait."] = 0.5,
    batch: Annotated[int, "How many of them don't wait any longer.", Look(more=True)] = 1_000,
    version: Annotated[str, "The column that counts versions, if there is one."] = "",
    on_conflict: Annotated[
        Resolution,
        "When the row has changed: `last_write` counts; `version` is refused; `merge` makes one of"
        " both; `ask` is for a person to decide.",
    ] = "last_write",
    merge: Annotated[
        str,
        "An expression over `mine`, `theirs` and `base`: `{**theirs, **mine}`.",
        Look(more=True),
    ] = "",
    merge_flow: Annotated[
        str, "Instead, the name of a flow with these inputs that gives a record.", Look(more=True)
    ] = "",
    notify: Annotated[
        bool, "Whether PostgreSQL is to tell of changes by others, by triggers on the table."
    ] = False,
    schema: Annotated[str, "The table's schema in PostgreSQL.", Look(more=True)] = "",
) -> Annotated[dict[str, Any], "The sync, and what it came to so far."]:
    """Keep a table in step with the cache from now on, or change how that is done.

    The database is the one at DATABASE_URL, or a SQLite file in Heddle's home; the cache is the
    Redis at REDIS_URL, or memory. A flow that merges may touch what this flow may, and of that only
    what its home grants.
    """
    sync = Sync(
        name=name,
        table=table,
        key=tuple(key),
        columns=tuple(columns),
        schema=schema,
        mode=mode,
        ttl=ttl,
        missing_ttl=missing_ttl,
        refresh_ahead=refresh_ahead,
        delay=delay,
        batch=batch,
        version=version,
        on_conflict=on_conflict,
        merge=merge,
        merge_flow=merge_flow,
        notify=notify,
    )
    return _record(await (await _agent(context)).define(sync, within=context.granted()))


@block(
    "sync.read",
    title="Read synced row",
    icon="mdi6.database-arrow-down-outline",
    agent="database_sync",
    effect="read",
    needs=touches,
    search=(*SEARCH, "get", "lookup", "fetch"),
)
async def read(sync: Name, key: Key, context: Context) -> Read:
    """Read a row: from the cache while it is fresh, else from the database.

    While the database is away, what is cached is given, marked as stale.
    """
    got = await (await _agent(context)).get(sync, key)
    return Read(got.row, got.found, got.version, got.source, got.stale, got.age)


@block(
    "sync.read_several",
    title="Read synced rows",
    icon="mdi6.table-arrow-down",
    output="rows",
    agent="database_sync",
    effect="read",
    needs=touches,
    search=(*SEARCH, "get", "lookup", "fetch", "many", "bulk"),
)
async def read_several(
    sync: Name,
    keys: Annotated[Sequence[Any], "The keys of the rows.", Look("json")],
    context: Context,
) -> Annotated[list[dict[str, Any] | None], "In the order of their keys; null for none."]:
    """Read rows at once: those that are fresh from the cache, the others from the database."""
    found = await (await _agent(context)).get_many(sync, list(keys))
    return [got.row for got in found]


@block(
    "sync.write",
    title="Write synced row",
    icon="mdi6.database-arrow-up-outline",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "put", "upsert", "save", "update", "insert"),
)
async def write(
    sync: Name, row: Row, context: Context, version: BasedOn = None, base: Base = None
) -> Outcome:
    """Write a row, or some of its columns; a row that isn't there is made.

    Where the sync writes behind, the write is durable when this is done, and every reader sees
    it, though it may not be in the database yet.
    """
    agent = await _agent(context)
    return _told(
        await agent.put(sync, dict(row), version=version, base=None if base is None else dict(base))
    )


@block(
    "sync.delete",
    title="Delete synced row",
    icon="mdi6.database-remove-outline",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "remove"),
)
async def delete(sync: Name, key: Key, context: Context, version: BasedOn = None) -> Outcome:
    """Delete a row from the table and the cache; one that isn't there is no error."""
    return _told(await (await _agent(context)).delete(sync, key, version=version))


@block(
    "sync.write_rows",
    title="Write list of rows",
    icon="mdi6.database-plus-outline",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "put", "bulk", "many", "import", "table"),
)
async def write_rows(
    sync: Name,
    rows: Annotated[
        Sequence[Mapping[str, Any]],
        "At most 10,000 records of columns and their values, the key among them.",
        Look("json"),
    ],
    context: Context,
) -> RowsOutcome:
    """Write rows of one sync, all or none; those that aren't there are made.

    Where the sync writes behind, this is the quickest way to write many: all are made durable at
    once. It asks for no versions; what is based on one belongs into *Write synced rows*.
    """
    agent = await _agent(context)
    told = await agent.put_rows(sync, [dict(row) for row in rows])
    return RowsOutcome(told.state, told.rows)


@block(
    "sync.write_several",
    title="Write synced rows",
    icon="mdi6.database-sync-outline",
    output="written",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "transaction", "atomic", "bulk", "put"),
)
async def write_several(
    writes: Annotated[
        Sequence[Mapping[str, Any]],
        'Each `{"sync": …, "row": {…}}`, with `"delete": true` to delete the row of that key, and'
        " `version` as for a single write.",
        Look("json"),
    ],
    context: Context,
) -> Annotated[list[dict[str, Any]], "Of each write its `state`, `row` and `version`."]:
    """Do several writes, of one sync or of several, in one transaction: all of them, or none.

    The cache follows once that is committed. A conflict that no expression merges refuses all.
    """
    asked = [_put(one, number) for number, one in enumerate(writes)]
    return [_record(one) for one in await (await _agent(context)).put_many(asked)]


@block(
    "sync.invalidate",
    title="Invalidate cache",
    icon="mdi6.database-refresh-outline",
    output="sync",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "evict", "purge", "clear"),
)
async def invalidate(
    sync: Name,
    context: Context,
    keys: Annotated[Sequence[Any], "The keys of the rows; none for the whole table."] = (),
) -> Annotated[str, "The name of the sync, for what is to come after it."]:
    """Forget what is cached, so that the next read asks the database."""
    await (await _agent(context)).invalidate(sync, keys=list(keys) or None)
    return sync


@block(
    "sync.flush",
    title="Flush writes",
    icon="mdi6.database-export-outline",
    output="sync",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "write-behind", "drain"),
)
async def flush(sync: Name, context: Context) -> Annotated[str, "The name of the sync."]:
    """Bring the writes that wait to the database, and go on once they are there."""
    await (await _agent(context)).flush(sync)
    return sync


@block(
    "sync.conflicts",
    title="List conflicts",
    icon="mdi6.database-alert-outline",
    output="conflicts",
    agent="database_sync",
    effect="read",
    needs=touches,
    search=(*SEARCH, "parked", "merge"),
)
async def conflicts(
    context: Context, sync: Annotated[str, "The name of the sync; empty for all."] = ""
) -> Annotated[list[dict[str, Any]], "Each with `id`, `sync`, `key`, `mine`, `theirs`, `reason`."]:
    """List the writes that wait for somebody to decide: `mine`, `theirs`, and why."""
    return [_record(one) for one in await (await _agent(context)).conflicts(sync)]


@block(
    "sync.resolve",
    title="Resolve conflict",
    icon="mdi6.database-check-outline",
    agent="database_sync",
    effect="write",
    repeatable=False,
    needs=touches,
    search=(*SEARCH, "merge", "decide"),
)
async def resolve(
    conflict: Annotated[str, "The id of the conflict."],
    keep: Annotated[
        Literal["mine", "theirs", "merged"], "Which row is to be: `merged` is the one given."
    ],
    context: Context,
    row: Annotated[Mapping[str, Any] | None, "The merged row.", Look("json")] = None,
) -> Outcome:
    """Decide a conflict, and write what was decided if the row is still as it was shown."""
    agent = await _agent(context)
    return _told(await agent.resolve(conflict, keep, row=None if row is None else dict(row)))


@block(
    "sync.statistics",
    title="Sync statistics",
    icon="mdi6.database-eye-outline",
    output="syncs",
    agent="database_sync",
    effect="read",
    needs=touches,
    search=(*SEARCH, "hits", "misses", "metrics"),
)
async def statistics(
    context: Context, sync: Annotated[str, "The name of the sync; empty for all."] = ""
) -> Annotated[list[dict[str, Any]], "Each with `sync`, `reads`, `hits`, `hit_rate`, `waiting` …"]:
    """Tell what syncs came to: reads, hits, misses, writes, and what waits."""
    found = await (await _agent(context)).syncs()
    return [_record(one) for one in found if sync in ("", one.sync.name)]


@block(
    "sync.remove",
    title="Remove sync",
    icon="mdi6.database-off-outline",
    output="removed",
    agent="database_sync",
    effect="write",
    repeatable=True,
    needs=touches,
    search=(*SEARCH, "forget", "stop"),
)
async def remove(
    sync: Name, context: Context
) -> Annotated[bool, "Whether there was one of that name."]:
    """Keep a table in step no more; the table stays as it is. What waits is written first."""
    agent = await _agent(context)
    there = sync in [one.sync.name for one in await agent.syncs()]
    if there:
        await agent.flush(sync)
        await agent.remove(sync)
    return there


def _put(said: Mapping[str, Any], number: int) -> Put:
    if not isinstance(said.get("row"), Mapping):
        raise BadInput(f"Write {number} has no row.", cure='Write {"sync": …, "row": {…}}.')
    if unknown := set(said) - {"sync", "row", "delete", "version", "base"}:
        raise BadInput(f"Write {number} says {sorted(unknown)[0]!r}, which there isn't.")
    return Put(
        sync=str(said.get("sync", "")),
        row=dict(said["row"]),
        delete=bool(said.get("delete", False)),
        version=said.get("version"),
        base=said.get("base"),
    )


def _record(value: msgspec.Struct) -> dict[str, Any]:
    return dict(msgspec.to_builtins(value, builtin_types=(bytes,)))


def _told(written: Written) -> Outcome:
    return Outcome(written.state, written.row, written.version, written.conflict)


async def _agent(context: Context) -> "SyncAgent":
    # Its stores and caches take a while to import, and only those who use them need spend that.
    from agents.swarm.database_sync.agent import SyncAgent  # noqa: PLC0415 - see above

    return await context.agent(SyncAgent)
