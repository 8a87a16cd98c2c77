"""What a journal writes inside a transaction, in plain SQL: appended, claimed, kept, forgotten."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import to_builtins

from runtime.events import AnyEvent
from runtime.journal.contract import Conflict, RunRow
from runtime.journal.cursor import Cursor
from runtime.journal.rows import Change, changes, unknown
from runtime.journal.segments import Segment, Written, write


def _insert(table: str, columns: str, otherwise: str = "") -> str:
    values = ", ".join(f":{column}" for column in columns.split(", "))
    return f"INSERT INTO {table} ({columns}) VALUES ({values}) {otherwise}"


_INSERT_RUN = _insert(
    "workflows",
    "run, flow, name, state, started, ended, replays, owner, lease_until, summary, origin",
)
_UPDATE_RUN = (
    "UPDATE workflows SET state = coalesce(:state, state), ended = coalesce(:ended, ended), "
    "summary = coalesce(:summary, summary), owner = coalesce(:owner, owner), "
    "lease_until = coalesce(:lease_until, lease_until) WHERE run = :run"
)
_INSERT_TASK = _insert(
    "workflow_tasks",
    "run, task, place, block, state, attempts, started, ended, took, error, message",
    "ON CONFLICT DO NOTHING",
)
_INSERT_BLOB = _insert("blobs", "hash, data", "ON CONFLICT DO NOTHING")
_INSERT_USE = _insert("run_blobs", "run, blob", "ON CONFLICT DO NOTHING")
_SELECT_PAYLOAD = "SELECT payload FROM run_events WHERE run = :run AND first = :first"
_ITS_OWN = (
    "hash IN (SELECT blob FROM run_blobs WHERE run = :run) AND NOT EXISTS "
    "(SELECT 1 FROM run_blobs WHERE blob = hash AND run <> :run)"
)


class Append(NamedTuple):
    """What one append leaves: its events as stored, and rows of runs, new and changed."""

    written: Written
    new: dict[str, RunRow]
    changed: dict[str, Change]

    @property
    def one_row(self) -> bool:
        """Whether it is a single row of `run_events` and nothing else."""
        segments, blobs, _ = self.written
        return len(segments) == 1 and not (blobs or self.new or self.changed)


def prepared(events: Sequence[AnyEvent]) -> Append:
    """What appending these events leaves. Raises Unrecordable."""
    return Append(write(events), *changes(events))


def settle(cursor: Cursor, segments: Sequence[Segment]) -> None:
    """Find out why segments were refused: nothing to do when they are there already, all of them.

    Raises Conflict when others stand in the place of one. Those that are missing beside it are
    blameless: they were taken back with it.
    """
    missing = list[Segment]()
    for segment in segments:
        cursor.execute(_SELECT_PAYLOAD, {"run": segment.run, "first": segment.first})
        found = cursor.fetchone()
        if found is None:
            missing.append(segment)
        elif bytes(found[0]) != segment.payload:
            raise _conflict(segment)
    if missing:
        raise _conflict(missing[0])


def _conflict(segment: Segment) -> Conflict:
    if segment.first == 1:
        return Conflict(
            f"There is a run {segment.run} already.", run=segment.run, cure="Choose another id."
        )
    return Conflict(
        f"Somebody else has gone on with run {segment.run} from event {segment.first}.",
        run=segment.run,
        cure="It had been given up for dead; it is in other hands now.",
    )


def lost(segment: Segment, last: int) -> Conflict:
    """What a segment follows is gone."""
    return Conflict(
        f"The database has lost what happened in run {segment.run} after event {last}.",
        run=segment.run,
        cure="Go on from there with `heddle resume`; durability full keeps a server's word.",
    )


def keep_blobs(cursor: Cursor, written: Written) -> None:
    """Keep large values, and which runs need them."""
    blobs = [{"hash": digest, "data": data} for digest, data in written.blobs.items()]
    cursor.executemany(_INSERT_BLOB, blobs)
    cursor.executemany(_INSERT_USE, [{"run": run, "blob": blob} for run, blob in written.uses])


def keep_runs(cursor: Cursor, append: Append) -> None:
    """Keep the rows of runs that are new or have changed."""
    if append.new:
        cursor.executemany(_INSERT_RUN, [to_builtins(row) for row in append.new.values()])
    if append.changed:
        rows = [{"run": run, **change._asdict()} for run, change in append.changed.items()]
        cursor.executemany(_UPDATE_RUN, rows)


def claim(cursor: Cursor, statement: str, parameters: dict[str, Any]) -> bool:
    """Make a run somebody's by that statement; whether it is. Raises UnknownRun."""
    cursor.execute(statement, parameters)
    if cursor.rowcount:
        return True
    cursor.execute("SELECT 1 FROM workflows WHERE run = :run", {"run": parameters["run"]})
    if cursor.fetchone() is None:
        raise unknown(parameters["run"])
    return False


def keep_tasks(cursor: Cursor, runs: Sequence[str], tasks: Sequence[dict[str, Any]]) -> None:
    """Keep what became of the tasks of ended runs."""
    if tasks:
        cursor.executemany(_INSERT_TASK, tasks)
    statement = "UPDATE workflows SET summarised = true WHERE run = :run"
    cursor.executemany(statement, [{"run": run} for run in runs])


def forget(cursor: Cursor, run: str) -> int:
    """Delete a run and the blobs that only it needs; how many bytes they were."""
    here = {"run": run}
    cursor.execute("SELECT sum(length(payload)) FROM run_events WHERE run = :run", here)
    freed = int(cursor.fetchone()[0] or 0)
    cursor.execute(f"SELECT sum(length(data)) FROM blobs WHERE {_ITS_OWN}", here)
    freed += int(cursor.fetchone()[0] or 0)
    cursor.execute(f"DELETE FROM blobs WHERE {_ITS_OWN}", here)
    for table in ("run_blobs", "workflow_tasks", "run_events", "workflows"):
        cursor.execute(f"DELETE FROM {table} WHERE run = :run", here)
    return freed
