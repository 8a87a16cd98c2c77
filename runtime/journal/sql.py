"""A journal in tables: what SQLite and PostgreSQL have in common."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from msgspec import to_builtins

from runtime.events import AnyEvent
from runtime.journal.contract import (
    BlockRow,
    Chosen,
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
from runtime.journal.rows import tasks_of, unknown
from runtime.journal.searching import Wanted
from runtime.journal.segments import Segment
from runtime.journal.writing import Append, claim, forget, keep_blobs, keep_runs, keep_tasks

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
        await self._change(lambda cursor: keep_tasks(cursor, runs, tasks))

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
        return await self._change(lambda cursor: claim(cursor, statement, parameters))

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
            return Pruned(len(runs), sum(forget(cursor, run) for run in runs))

        return await self._change(work)

    def _record(self, cursor: Cursor, append: Append) -> None:
        """Write what an append leaves, inside its transaction."""
        if append.written.blobs:
            self._guard_blobs(cursor, alone=False)
            keep_blobs(cursor, append.written)
        self._insert_segments(cursor, append.written.segments)
        keep_runs(cursor, append)


def opened(executor: ThreadPoolExecutor | None) -> ThreadPoolExecutor:
    """The executor of a journal that is open. Raises JournalGone when it is not."""
    if executor is None:
        raise JournalGone("The journal is closed.", cure="Open it first.")
    return executor


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
