"""Syncs as the dock of syncs tells of them, and what is asked to define one."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.swarm.database_sync.shapes import Conflict, Standing, Sync, SyncStats
from app.presenters.amounts import amount
from app.presenters.signs import Sign

COLUMNS = ("Sync", "Writes", "Hits", "Lately", "Reads", "Waiting", "Conflicts", "Saves")

ABOUT = (
    "What the sync is called, and how it is",
    "through: in the database before the answer; behind: durable at once, there a little later",
    "The share of reads that didn't ask the database",
    "Reads in each of the last seconds, the newest at the right",
    "Reads since the agent started",
    "Rows whose writes are on their way to the database",
    "Writes that wait for somebody to decide",
    "How long the database needs for a row, in the middle: what a hit saves",
)
"""What each column tells."""

LATELY = 3
SECONDS = 60
"""Seconds of reads that are drawn."""

BOUND = ", which may touch no more than the flow that defined it"
"""What is said of a flow that merges."""

SHOWN = 60
"""Characters of a value that are shown of a conflict."""


class SyncRow(NamedTuple):
    """A sync in the list; `recent` are its reads in each of the last seconds."""

    stats: SyncStats
    texts: tuple[str, ...]
    icon: str
    colour: str
    about: str
    recent: tuple[float, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def name(self) -> str:
        return self.stats.sync.name

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.name


class Reads:
    """Counts how many reads came between two looks."""

    def __init__(self) -> None:
        self._last = dict[str, int]()
        self._lately = dict[str, deque[float]]()

    def see(self, stats: SyncStats) -> tuple[float, ...]:
        """The reads between looks, the newest last, with this one."""
        name = stats.sync.name
        lately = self._lately.setdefault(name, deque(maxlen=SECONDS))
        lately.append(max(0, stats.reads - self._last.get(name, stats.reads)))
        self._last[name] = stats.reads
        return tuple(lately)


def rows_of(standing: Standing, reads: Reads) -> list[SyncRow]:
    """All syncs, by name."""
    return [_row(stats, reads.see(stats), standing) for stats in standing.syncs]


def sides(standing: Standing) -> tuple[Sign, Sign]:
    """The database and the cache."""
    database = "answers" if standing.database_up else "does not answer"
    cache = "answers" if standing.cache_up else "does not answer"
    memory = standing.cache == "memory"
    return (
        Sign(
            "mdi6.database-outline", _well(standing.database_up), f"{standing.database} {database}"
        ),
        Sign(
            "mdi6.memory" if memory else "mdi6.lightning-bolt-outline",
            _well(standing.cache_up),
            "The cache is in memory" if memory else f"{standing.cache} {cache}",
        ),
    )


def facts(stats: SyncStats) -> list[tuple[str, str]]:
    """How a sync is defined, and what it came to."""
    sync = stats.sync
    table = f"{sync.schema}.{sync.table}" if sync.schema else sync.table
    said = [
        ("Table", table),
        ("Key", ", ".join(sync.key)),
        ("Columns", ", ".join(sync.columns) or "all"),
        ("Writes", _mode(sync)),
        ("Fresh for", _fresh(sync)),
        ("When changed", _resolution(sync) + (BOUND if stats.bound else "")),
        ("Listens", "to changes by others" if sync.notify else "to nobody"),
        ("Reads", _reads(stats)),
        ("Written", _written(stats)),
    ]
    if stats.waiting:
        said.append(
            ("Waiting", f"{stats.waiting:,}, the oldest for {amount(stats.oldest, 'seconds')}")
        )
    return said


def conflict_words(conflict: Conflict) -> str:
    """Of which row a conflict is, and why."""
    return f"{conflict.key}: {conflict.reason}"


def differences(conflict: Conflict) -> list[tuple[str, str, str]]:
    """What differs: column, mine, theirs. A row that is gone says so."""
    mine, theirs = conflict.mine, conflict.theirs
    if mine is None or theirs is None:
        return [("the row", _said(mine, "deleted"), _said(theirs, "not there"))]
    return [
        (name, _value(mine[name]), _value(theirs.get(name)))
        for name in mine
        if mine[name] != theirs.get(name)
    ]


def merged(conflict: Conflict) -> str:
    """Both as one, to be changed by hand."""
    both = {**(conflict.theirs or {}), **(conflict.mine or {})}
    return json.dumps(both, indent=2, ensure_ascii=False)


def row_from(text: str) -> dict[str, Any]:
    """A merged row as it was written. Raises ValueError for what is no record."""
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"Line {error.lineno} is no JSON: {error.msg}.") from None
    if not isinstance(row, dict):
        raise ValueError("Write one record: {…}.")
    return row


def sync_from(fields: Mapping[str, str]) -> dict[str, Any]:
    """A definition as it stands in the fields of the form. Raises ValueError."""
    schema, _, table = fields["table"].strip().rpartition(".")
    return {
        "name": fields["name"].strip(),
        "schema": schema,
        "table": table,
        "key": _names(fields["key"]),
        "columns": _names(fields["columns"]),
        "mode": fields["mode"],
        "ttl": _number(fields["ttl"], "Fresh for"),
        "delay": _number(fields["delay"], "Writes wait for"),
        "version": fields["version"].strip(),
        "on_conflict": fields["on_conflict"],
        "merge": fields["merge"].strip() if fields["on_conflict"] == "merge" else "",
        "notify": fields["notify"] == "yes",
    }


def fields_of(sync: Sync) -> dict[str, str]:
    """A definition as the form shows it."""
    return {
        "name": sync.name,
        "table": f"{sync.schema}.{sync.table}" if sync.schema else sync.table,
        "key": ", ".join(sync.key),
        "columns": ", ".join(sync.columns),
        "mode": sync.mode,
        "ttl": f"{sync.ttl:g}",
        "delay": f"{sync.delay:g}",
        "version": sync.version,
        "on_conflict": sync.on_conflict,
        "merge": sync.merge,
        "notify": "yes" if sync.notify else "no",
    }


def kept(sync: Sync) -> dict[str, Any]:
    """What the form has no fields for, and what stays when a sync is changed by it."""
    return {
        "missing_ttl": sync.missing_ttl,
        "refresh_ahead": sync.refresh_ahead,
        "batch": sync.batch,
        "merge_flow": sync.merge_flow if sync.on_conflict == "merge" and not sync.merge else "",
    }


def _row(stats: SyncStats, recent: Sequence[float], standing: Standing) -> SyncRow:
    name = stats.sync.name
    conflicts = tuple(one for one in standing.conflicts if one.sync == name)
    icon, colour, about = _look(stats, standing)
    texts = (
        name,
        stats.sync.mode,
        amount(stats.hit_rate, "share"),
        "",
        f"{stats.reads:,}",
        f"{stats.waiting:,}" if stats.waiting else "–",
        f"{stats.conflicts:,}" if stats.conflicts else "–",
        amount(stats.saved, "seconds") if stats.saved else "–",
    )
    return SyncRow(stats, texts, icon, colour, about, tuple(recent), conflicts)


def _look(stats: SyncStats, standing: Standing) -> tuple[str, str, str]:
    if stats.trouble:
        return "mdi6.alert-outline", "warning", stats.trouble
    if stats.conflicts:
        return "mdi6.source-merge", "warning", "Writes wait for somebody to decide."
    if not standing.database_up:
        return "mdi6.database-off-outline", "warning", "The database does not answer."
    if stats.waiting:
        return "mdi6.progress-upload", "running", "Writes are on their way to the database."
    return "mdi6.check-circle-outline", "done", "Database and cache are in step."


def _well(up: bool) -> str:
    return "done" if up else "failed"


def _mode(sync: Sync) -> str:
    if sync.mode == "through":
        return "through: in the database before the answer"
    return f"behind: durable at once, there after {amount(sync.delay, 'seconds')}"


def _fresh(sync: Sync) -> str:
    ahead = f", read anew after {sync.refresh_ahead:.0%} of that" if sync.refresh_ahead else ""
    return f"{amount(sync.ttl, 'seconds')}{ahead}"


def _resolution(sync: Sync) -> str:
    match sync.on_conflict:
        case "last_write":
            return "the last write counts"
        case "version":
            return "a write based on an older version is refused"
        case "merge":
            return f"merged by {sync.merge or f'the flow {sync.merge_flow}'}"
    return "a person decides"


def _reads(stats: SyncStats) -> str:
    parts = [f"{stats.reads:,}, of which {stats.hits:,} hits and {stats.misses:,} misses"]
    parts += [f"{stats.shared:,} shared another's load"] if stats.shared else []
    parts += [f"{stats.stale:,} stale"] if stats.stale else []
    parts += [f"{stats.refreshes:,} refreshed ahead"] if stats.refreshes else []
    return "; ".join(parts)


def _written(stats: SyncStats) -> str:
    parts = [f"{stats.writes:,}"]
    parts += [f"{stats.flushed:,} brought to the database"] if stats.flushed else []
    parts += [f"{stats.coalesced:,} became one with another"] if stats.coalesced else []
    parts += [f"{stats.retries:,} tried again"] if stats.retries else []
    return "; ".join(parts)


def _said(row: Mapping[str, Any] | None, otherwise: str) -> str:
    return otherwise if row is None else _value(row)


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _number(text: str, title: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{title}: {text!r} is no number of seconds.") from None
