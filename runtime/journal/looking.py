"""What going on with a run takes: its row, its events, its flow; without waiting for SQLAlchemy."""

from runtime.events import AnyEvent
from runtime.journal.contract import FlowRow, JournalError, RunRow
from runtime.journal.cursor import Cursor
from runtime.journal.segments import reader

_ROW = (
    "SELECT run, flow, name, state, started, ended, replays, owner, lease_until, COALESCE(("
    "SELECT last FROM run_events WHERE run = w.run ORDER BY first DESC LIMIT 1), 0), "
    "summary, origin "
    "FROM workflows w WHERE run = :run"
)
_SEGMENTS = (
    "SELECT format, payload FROM run_events WHERE run = :run AND last > :after ORDER BY first"
)


def row_of(cursor: Cursor, run: str) -> RunRow | None:
    """The row of the run of exactly that id."""
    cursor.execute(_ROW, {"run": run})
    found = cursor.fetchone()
    return RunRow(*found) if found else None


def events_of(cursor: Cursor, run: str, after: int) -> list[AnyEvent]:
    """The events of a run with a `seq` above `after`; none of a run that nobody knows."""
    cursor.execute(_SEGMENTS, {"run": run, "after": after})
    segments = cursor.fetchall()
    read = reader(lambda digest: _blob(cursor, digest))
    events = [event for format, payload in segments for event in read(format, bytes(payload))]
    return [event for event in events if event.seq > after] if after else events


def flow_of(cursor: Cursor, flow: str) -> FlowRow | None:
    """A stored flow."""
    cursor.execute(
        "SELECT flow, name, text, stored FROM visual_flows WHERE flow = :flow", {"flow": flow}
    )
    found = cursor.fetchone()
    return FlowRow(*found) if found else None


def _blob(cursor: Cursor, digest: str) -> bytes:
    cursor.execute("SELECT data FROM blobs WHERE hash = :hash", {"hash": digest})
    found = cursor.fetchone()
    if found is None:
        raise JournalError(
            f"A large value is missing from the journal ({digest[:12]}…).",
            cure="The database is damaged: restore it from a backup.",
        )
    return bytes(found[0])
