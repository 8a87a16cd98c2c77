"""Questions to the tables of a journal, asked through SQLAlchemy."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from runtime.events import AnyEvent
from runtime.journal.contract import (
    SEARCHED_BYTES,
    SEARCHED_RUNS,
    BlockRow,
    Chosen,
    FlowRow,
    Found,
    Hit,
    JournalError,
    RunRow,
    Size,
    Spot,
    TaskRow,
)
from runtime.journal.rows import TIMED, the_one, unknown
from runtime.journal.searching import Wanted
from runtime.journal.segments import reader
from runtime.journal.tables import (
    blobs,
    run_blobs,
    run_events,
    visual_flows,
    workflow_tasks,
    workflows,
)

T = TypeVar("T")

_LAST = (
    sa.select(run_events.c.last)
    .where(run_events.c.run == workflows.c.run)
    .order_by(run_events.c.first.desc())
    .limit(1)
    .scalar_subquery()
)
_RUN_ROW = sa.select(
    workflows.c.run,
    workflows.c.flow,
    workflows.c.name,
    workflows.c.state,
    workflows.c.started,
    workflows.c.ended,
    workflows.c.replays,
    workflows.c.owner,
    workflows.c.lease_until,
    sa.func.coalesce(_LAST, 0),
    workflows.c.summary,
    workflows.c.origin,
)
_TASK_ROW = sa.select(*(workflow_tasks.c[name] for name in TaskRow.__struct_fields__))


class Reader:
    """Answers one question at a time, each from one state of the database.

    `trouble` says what an error of the driver means; `disk` is a statement that gives the bytes
    the tables take up.
    """

    def __init__(
        self, engine: sa.Engine, trouble: Callable[[Exception], JournalError], disk: sa.TextClause
    ) -> None:
        self._engine = engine
        self._trouble = trouble
        self._disk = disk
        self._connection: sa.Connection
        self._read = reader(self._blob)

    def answer(self, question: Callable[["Reader"], T]) -> T:
        """Ask in a transaction. Raises JournalError."""
        try:
            with self._engine.connect() as self._connection:
                return question(self)
        except DBAPIError as error:
            self._engine.dispose()  # the next question is asked on a new connection
            raise self._trouble(error.orig or error) from error

    def close(self) -> None:
        self._engine.dispose()

    def recorded(self, run: str, after: int = 0) -> list[AnyEvent]:
        """The events of a run with a `seq` above `after`: none of a run that nobody knows."""
        e = run_events.c
        rows = self._connection.execute(
            sa.select(e.format, e.payload).where(e.run == run, e.last > after).order_by(e.first)
        ).all()
        events: list[AnyEvent] = []
        for version, payload in rows:
            events.extend(self._read(version, payload))
        if after:
            return [event for event in events if event.seq > after]
        return events

    def runs(self, chosen: Chosen, limit: int, before: float | None) -> list[RunRow]:
        """Runs, newest first."""
        query = _newest(chosen)
        if before is not None:
            query = query.where(workflows.c.started < before)
        return _run_rows(self._connection.execute(query.limit(limit)))

    def flows(
        self, name: str, limit: int, before: float | None, among: Sequence[str] = ()
    ) -> list[FlowRow]:
        """Stored flows, newest first."""
        f = visual_flows.c
        query = sa.select(f.flow, f.name, f.text, f.stored).order_by(f.stored.desc(), f.flow.desc())
        if name:
            query = query.where(f.name == name)
        if before is not None:
            query = query.where(f.stored < before)
        if among:
            query = query.where(f.flow.in_(among))
        return [FlowRow(*row) for row in self._connection.execute(query.limit(limit))]

    def find(self, wanted: Wanted, chosen: Chosen, after: Spot | None) -> Found:
        """One step of a search in the values of runs, newest first."""
        query = _newest(chosen)
        if after is not None:
            spot = sa.tuple_(workflows.c.started, workflows.c.run)
            query = query.where(spot < sa.tuple_(after.started, after.run))
        # One more than is looked through tells whether there is any left.
        rows = _run_rows(self._connection.execute(query.limit(SEARCHED_RUNS + 1)))
        hits, bytes_left = list[Hit](), SEARCHED_BYTES
        for looked, row in enumerate(rows):
            if looked == SEARCHED_RUNS or bytes_left <= 0:
                last = rows[looked - 1]
                return Found(hits, looked, Spot(last.started, last.run))
            packed = self._packed(row.run)
            bytes_left -= sum(map(len, packed))
            if any(map(wanted.may_be_in, packed)):
                found = wanted.found_in(self.recorded(row.run))
                hits.extend([Hit(row, *found)] if found else [])
        return Found(hits, len(rows))

    def _packed(self, run: str) -> list[bytes]:
        """The events and large values of a run as they are stored."""
        segments = sa.select(run_events.c.payload).where(run_events.c.run == run)
        large = (
            sa.select(blobs.c.data)
            .join(run_blobs, run_blobs.c.blob == blobs.c.hash)
            .where(run_blobs.c.run == run)
        )
        return [
            bytes(data)
            for query in (segments, large)
            for data in self._connection.execute(query).scalars()
        ]

    def run(self, wanted: str) -> RunRow:
        """The run whose id is or begins as wanted. Raises UnknownRun."""
        exact = self._connection.execute(_RUN_ROW.where(workflows.c.run == wanted))
        begins = sa.func.substr(workflows.c.run, 1, len(wanted)) == wanted
        found = _run_rows(exact) or _run_rows(
            self._connection.execute(_RUN_ROW.where(begins).limit(2))
        )
        return the_one(wanted, found)

    def exactly(self, run: str) -> RunRow:
        """The run of that id. Raises UnknownRun."""
        found = _run_rows(self._connection.execute(_RUN_ROW.where(workflows.c.run == run)))
        if not found:
            raise unknown(run)
        return found[0]

    def is_summarised(self, run: str) -> bool:
        """Whether the tasks of a run stand in `workflow_tasks`."""
        query = sa.select(workflows.c.summarised).where(workflows.c.run == run)
        return bool(self._connection.execute(query).scalar())

    def unsummarised(self, flow: str, limit: int) -> Sequence[str]:
        """Ended runs whose tasks don't stand in `workflow_tasks` yet."""
        w = workflows.c
        waiting = sa.select(w.run).where(w.ended.is_not(None), ~w.summarised, *_of_flow(flow))
        return self._connection.execute(waiting.limit(limit)).scalars().all()

    def tasks(self, run: str) -> list[TaskRow]:
        """What stands in `workflow_tasks` of a run."""
        c = workflow_tasks.c
        rows = self._connection.execute(_TASK_ROW.where(c.run == run).order_by(c.place))
        return [TaskRow(*row) for row in rows]

    def blocks(self, flow: str, limit: int) -> list[BlockRow]:
        """How blocks did over all summarised runs."""
        t = workflow_tasks.c
        time = sa.case((t.state.in_(TIMED), t.took))
        mean = sa.func.coalesce(sa.func.avg(time), 0.0)
        tasks = sa.func.count()
        query = (
            sa.select(
                workflows.c.flow,
                t.block,
                sa.func.count(t.run.distinct()),
                tasks,
                sa.func.count(sa.case((t.state == "failed", 1))),
                sa.func.count(sa.case((t.attempts > 1, 1))),
                mean,
                sa.func.coalesce(sa.func.max(time), 0.0),
            )
            .join(workflows, workflows.c.run == t.run)
            .where(*_of_flow(flow))
            .group_by(workflows.c.flow, t.block)
            .order_by((mean * tasks).desc(), workflows.c.flow, t.block)
            .limit(limit)
        )
        return [BlockRow(*row) for row in self._connection.execute(query)]

    def ended(self, before: float | None, limit: int) -> list[tuple[str, int]]:
        """The oldest ended runs, each with the most that forgetting it may free, in bytes."""
        w = workflows.c
        events = _bytes(run_events.c.payload).where(run_events.c.run == w.run).scalar_subquery()
        large = (
            _bytes(blobs.c.data)
            .join(run_blobs, run_blobs.c.blob == blobs.c.hash)
            .where(run_blobs.c.run == w.run)
            .scalar_subquery()
        )
        query = sa.select(w.run, events + large).where(w.ended.is_not(None))
        if before is not None:
            query = query.where(w.started < before)
        rows = self._connection.execute(query.order_by(w.started, w.run).limit(limit))
        return [(run, int(size)) for run, size in rows]

    def size(self) -> Size:
        """How much is kept."""
        runs = self._connection.execute(
            sa.select(sa.func.count()).select_from(workflows)
        ).scalar_one()
        events = self._connection.execute(_bytes(run_events.c.payload)).scalar_one()
        large = self._connection.execute(_bytes(blobs.c.data)).scalar_one()
        disk = self._connection.execute(self._disk).scalar_one()
        return Size(runs=runs, bytes=int(events) + int(large), disk=int(disk))

    def _blob(self, digest: str) -> bytes:
        data = self._connection.execute(
            sa.select(blobs.c.data).where(blobs.c.hash == digest)
        ).scalar()
        if data is None:
            raise JournalError(
                f"A large value is missing from the journal ({digest[:12]}…).",
                cure="The database is damaged: restore it from a backup.",
            )
        return bytes(data)


def _newest(chosen: Chosen) -> sa.Select[Any]:
    """Such runs, newest first."""
    w = workflows.c
    query = _RUN_ROW.where(*_of_flow(chosen.flow)).order_by(w.started.desc(), w.run.desc())
    if chosen.state:
        query = query.where(w.state == chosen.state)
    if chosen.since is not None:
        query = query.where(w.started >= chosen.since)
    return query


def _of_flow(flow: str) -> list[sa.ColumnElement[bool]]:
    return [sa.or_(workflows.c.flow == flow, workflows.c.name == flow)] if flow else []


def _bytes(column: sa.Column[Any]) -> sa.Select[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(column)), 0))


def _run_rows(rows: Iterable[Sequence[Any]]) -> list[RunRow]:
    return [RunRow(*row) for row in rows]
