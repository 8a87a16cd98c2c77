"""A journal in tables: what SQLite and PostgreSQL have in common."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeVar

from msgspec import to_builtins

from runtime.events import AnyEvent
from runtime.journal.contract import (
    BlockRow,
    Chosen,
    Conflict,
    FlowRow,
    Found,
    JournalGone,
    Pruned,
    RunRow,
    RunState,
    Size,
    Spot,
    TaskRow,
)
from runtime.journal.cursor import Cursor
from runtime.journal.looking import events_of, flow_of, row_of
from runtime.journal.rows import Change, changes, tasks_of, unknown
from runtime.journal.searching import Wanted
from runtime.journal.segments import Segment, Written, write

if TYPE_CHECKING:
    from runtime.journal.reader import Reader

T = TypeVar("T")

_STEP = 50
"""Runs that one transaction of pruning or summarising takes in: others get their turn between."""


class SqlJournal(ABC):
    """Runs are written and gone on with in plain SQL; all else is asked through SQLAlchemy.

    That division is for speed: appending is the engine's hot path, and who only runs or resumes
    never waits for SQLAlchemy to be imported. Questions have a thread of their own.
    """

    now: ClassVar[str]
    """SQL for the database's own clock, in seconds since the epoch: leases are measured by it."""

    def __init__(self) -> None:
        self._asking: ThreadPoolExecutor | None = None
        self._reader: Reader | None = None

    async def open(self) -> None:
        """Connect and bring the tables up to date. Raises JournalError."""
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="journal-reader")
        try:
            await self._connect()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        if self._asking is not None:
            await asyncio.get_running_loop().run_in_executor(self._asking, self._close_reader)
            self._asking.shutdown(wait=False)
            self._asking = None
            await self._disconnect()

    @abstractmethod
    async def _connect(self) -> None:
        """Make the writing connection and bring the tables up to date. Raises JournalError."""

    @abstractmethod
    async def _disconnect(self) -> None:
        """Let go of the writing connection. Never raises."""

    @abstractmethod
    def append(self, events: Sequence[AnyEvent]) -> Awaitable[None] | None:
        """Record events. It or the awaited raises JournalError."""

    @abstractmethod
    async def _change(self, work: Callable[[Cursor], T]) -> T:
        """Do the work in one transaction. Raises JournalError."""

    @abstractmethod
    async def _look(self, work: Callable[[Cursor], T]) -> T:
        """Do the work on one state of the database. Raises JournalError."""

    @abstractmethod
    def _new_reader(self) -> "Reader":
        """What answers questions; called in the thread that asks them."""

    @abstractmethod
    def _insert_segments(self, cursor: Cursor, segments: Sequence[Segment]) -> None:
        """Put in rows of `run_events`."""

    @abstractmethod
    def _guard_blobs(self, cursor: Cursor, *, alone: bool) -> None:
        """Keep blobs from being dropped while others come to use them."""

    @abstractmethod
    async def _shrink(self) -> None:
        """Give room that has become free back to the disk."""

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        """The events of a run with a `seq` above `after`. Raises UnknownRun."""

        def look(cursor: Cursor) -> list[AnyEvent]:
            events = events_of(cursor, run, after)
            if not events and row_of(cursor, run) is None:
                raise unknown(run)
            return events

        return await self._look(look)

    async def runs(
        self,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        limit: int = 100,
        before: float | None = None,
        since: float | None = None,
    ) -> list[RunRow]:
        """Runs, newest first, optionally of one flow (its hash or name) or in one state."""
        chosen = Chosen(flow, state, since)
        return await self._ask(lambda reader: reader.runs(chosen, limit, before))

    async def find(
        self,
        text: str,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        since: float | None = None,
        after: Spot | None = None,
    ) -> Found:
        """Look for a text in the values of the next runs, newest first: one step of a search."""
        wanted, chosen = Wanted(text), Chosen(flow, state, since)
        return await self._ask(lambda reader: reader.find(wanted, chosen, after))

    async def run(self, run: str) -> RunRow:
        """One run, by its id or an unambiguous beginning of it. Raises UnknownRun."""
        if found := await self._look(lambda cursor: row_of(cursor, run)):
            return found
        return await self._ask(lambda reader: reader.run(run))

    async def tasks(self, run: str) -> list[TaskRow]:
        """What became of the tasks of a run, in the order they came up. Raises UnknownRun.

        Those of an ended run are kept in `workflow_tasks` from then on.
        """
        row = await self._ask(lambda reader: reader.exactly(run))
        if row.ended is None:
            return tasks_of(await self.read(run))
        if not await self._ask(lambda reader: reader.is_summarised(run)):
            await self._summarise([run])
        return await self._ask(lambda reader: reader.tasks(run))

    async def blocks(self, *, flow: str = "", limit: int = 100) -> list[BlockRow]:
        """How blocks did over all ended runs (of a flow, by hash or name), slowest in sum first.

        Brings `workflow_tasks` up to date first, so that other tools can ask it as well.
        """
        while waiting := await self._ask(lambda reader: reader.unsummarised(flow, _STEP)):
            await self._summarise(waiting)
        return await self._ask(lambda reader: reader.blocks(flow, limit))

    async def _summarise(self, runs: Sequence[str]) -> None:
        """Keep in `workflow_tasks` what became of the tasks of ended runs."""

        def rows(reader: "Reader") -> list[dict[str, Any]]:
            return [
                {"place": place, **to_builtins(task)}
                for run in runs
                for place, task in enumerate(tasks_of(reader.recorded(run)))
            ]

        tasks = await self._ask(rows)
        await self._change(lambda cursor: _keep_tasks(cursor, runs, tasks))

    async def keep_flow(self, flow: str, name: str, text: str) -> None:
        """Store a flow under its content hash; storing it again changes nothing."""
        statement = (
            f"INSERT INTO visual_flows (flow, name, text, stored) "
            f"VALUES (:flow, :name, :text, {self.now}) ON CONFLICT DO NOTHING"
        )
        await self._change(
            lambda cursor: cursor.execute(statement, {"flow": flow, "name": name, "text": text})
        )

    async def flow(self, flow: str) -> FlowRow | None:
        """A stored flow by its content hash."""
        return await self._look(lambda cursor: flow_of(cursor, flow))

    async def flows(
        self,
        *,
        name: str = "",
        limit: int = 100,
        before: float | None = None,
        among: Sequence[str] = (),
    ) -> list[FlowRow]:
        """Stored flows, the newest first, optionally of one name."""
        return await self._ask(lambda reader: reader.flows(name, limit, before, among))

    async def claim(
        self, run: str, owner: str, seconds: float, *, gone: Sequence[str] = ()
    ) -> bool:
        """Become the owner of a run for that long. Raises UnknownRun."""
        past = {f"gone{i}": name for i, name in enumerate((owner, *gone))}
        statement = (
            f"UPDATE workflows SET owner = :owner, lease_until = {self.now} + :seconds "
            f"WHERE run = :run AND ended IS NULL AND (lease_until <= {self.now} "
            f"OR owner IN ({', '.join(f':{name}' for name in past)}))"
        )
        parameters = {"run": run, "owner": owner, "seconds": seconds, **past}
        return await self._change(lambda cursor: _claim(cursor, statement, parameters))

    async def renew(self, owner: str, seconds: float) -> None:
        """Prolong all leases of an owner."""
        statement = (
            f"UPDATE workflows SET lease_until = {self.now} + :seconds "
            f"WHERE owner = :owner AND ended IS NULL"
        )
        await self._change(
            lambda cursor: cursor.execute(statement, {"owner": owner, "seconds": seconds})
        )

    async def release(self, run: str, owner: str) -> None:
        """Give a run up, so that another may claim it at once."""
        statement = (
            "UPDATE workflows SET owner = '', lease_until = 0 "
            "WHERE run = :run AND owner = :owner AND ended IS NULL"
        )
        await self._change(lambda cursor: cursor.execute(statement, {"run": run, "owner": owner}))

    async def prune(self, *, before: float | None = None, keep_bytes: int | None = None) -> Pruned:
        """Forget ended runs started before a time, then the oldest ended beyond a size.

        Blobs that no run needs any more go too.
        """
        took = Pruned(0, 0)
        while before is not None and (old := await self._ended(before)):
            took = _sum(took, await self._forget([run for run, _ in old]))
        if keep_bytes is not None:
            excess = (await self.size()).bytes - keep_bytes
            while excess > 0 and (old := await self._ended(None)):
                step = await self._forget(_enough(old, excess))
                excess -= step.bytes
                took = _sum(took, step)
        await self._shrink()
        return took

    async def size(self) -> Size:
        """How much is kept."""
        return await self._ask(lambda reader: reader.size())

    async def _ask(self, question: Callable[["Reader"], T]) -> T:
        """Have a question answered in the reading thread. Raises JournalError."""

        def answer() -> T:
            if self._reader is None:
                self._reader = self._new_reader()
            return self._reader.answer(question)

        return await asyncio.get_running_loop().run_in_executor(opened(self._asking), answer)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def _ended(self, before: float | None) -> list[tuple[str, int]]:
        """The oldest ended runs and what each takes up at most, in bytes."""
        return await self._ask(lambda reader: reader.ended(before, _STEP))

    async def _forget(self, runs: Sequence[str]) -> Pruned:
        def work(cursor: Cursor) -> Pruned:
            self._guard_blobs(cursor, alone=True)
            return Pruned(len(runs), sum(_forget(cursor, run) for run in runs))

        return await self._change(work)

    def _record(self, cursor: Cursor, append: "Append") -> None:
        """Write what an append leaves, inside its transaction."""
        written, new, changed = append
        if written.blobs:
            self._guard_blobs(cursor, alone=False)
            blobs = [{"hash": digest, "data": data} for digest, data in written.blobs.items()]
            cursor.executemany(_INSERT_BLOB, blobs)
            cursor.executemany(_INSERT_USE, [{"run": r, "blob": b} for r, b in written.uses])
        self._insert_segments(cursor, written.segments)
        if new:
            cursor.executemany(_INSERT_RUN, [to_builtins(row) for row in new.values()])
        if changed:
            rows = [{"run": run, **change._asdict()} for run, change in changed.items()]
            cursor.executemany(_UPDATE_RUN, rows)


def opened(executor: ThreadPoolExecutor | None) -> ThreadPoolExecutor:
    """The executor of a journal that is open. Raises JournalGone when it is not."""
    if executor is None:
        raise JournalGone("The journal is closed.", cure="Open it first.")
    return executor


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
            raise conflict(segment)
    if missing:
        raise conflict(missing[0])


def conflict(segment: Segment) -> Conflict:
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
    return Conflict(
        f"The database has lost what happened in run {segment.run} after event {last}.",
        run=segment.run,
        cure="Go on from there with `heddle resume`; durability full keeps a server's word.",
    )


def _claim(cursor: Cursor, statement: str, parameters: dict[str, Any]) -> bool:
    cursor.execute(statement, parameters)
    if cursor.rowcount:
        return True
    cursor.execute("SELECT 1 FROM workflows WHERE run = :run", {"run": parameters["run"]})
    if cursor.fetchone() is None:
        raise unknown(parameters["run"])
    return False


def _keep_tasks(cursor: Cursor, runs: Sequence[str], tasks: Sequence[dict[str, Any]]) -> None:
    if tasks:
        cursor.executemany(_INSERT_TASK, tasks)
    statement = "UPDATE workflows SET summarised = true WHERE run = :run"
    cursor.executemany(statement, [{"run": run} for run in runs])


def _forget(cursor: Cursor, run: str) -> int:
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


def _enough(runs: Sequence[tuple[str, int]], excess: int) -> list[str]:
    """As many of the runs as it takes to be rid of that many bytes."""
    chosen: list[str] = []
    for run, size in runs:
        if excess <= 0:
            break
        chosen.append(run)
        excess -= size
    return chosen


def _sum(a: Pruned, b: Pruned) -> Pruned:
    return Pruned(a.runs + b.runs, a.bytes + b.bytes)


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
