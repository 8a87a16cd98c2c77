"""A journal that lasts as long as its process."""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Literal

import msgspec
from msgspec.structs import replace

from runtime.events import AnyEvent
from runtime.journal.contract import (
    SEARCHED_RUNS,
    BlockRow,
    FlowRow,
    Found,
    Hit,
    Pruned,
    RunRow,
    RunState,
    Size,
    Spot,
    TaskRow,
)
from runtime.journal.rows import (
    blocks_of,
    changes,
    slowest_first,
    tasks_of,
    the_one,
    unknown,
)
from runtime.journal.searching import Wanted

_LENIENT = msgspec.msgpack.Encoder(enc_hook=repr)
_SEQ = attrgetter("seq")


class MemoryJournal:
    """Keeps events in lists. Appending is one copy of pointers; all else is worked out on asking.

    Nothing is packed, so there is no value it can't keep.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._fresh: list[AnyEvent] = []
        self._events: dict[str, list[AnyEvent]] = {}
        self._rows: dict[str, RunRow] = {}
        self._flows: dict[str, FlowRow] = {}

    async def open(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to let go of: what was appended can still be read."""

    def append(self, events: Sequence[AnyEvent]) -> None:
        """Keep the events; the list itself may be used again by its owner."""
        self._fresh.extend(events)

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        """The events of a run with a `seq` above `after`. Raises UnknownRun."""
        self._sort_in()
        events = self._events.get(run)
        if events is None:
            raise unknown(run)
        return events[bisect_right(events, after, key=_SEQ) :]

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
        self._sort_in()
        chosen = self._chosen(flow, state, since)
        rows = (row for row in chosen if before is None or row.started < before)
        return [self._counted(row) for row in islice(rows, limit)]

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
        self._sort_in()
        wanted, hits = Wanted(text), list[Hit]()
        rows = [
            row
            for row in self._chosen(flow, state, since)
            if after is None or (row.started, row.run) < after
        ]
        for row in (looked := rows[:SEARCHED_RUNS]):
            if (found := wanted.found_in(self._events[row.run])) is not None:
                hits.append(Hit(self._counted(row), *found))
        more = len(rows) > len(looked)
        last = Spot(looked[-1].started, looked[-1].run) if more else None
        return Found(hits, len(looked), last)

    def _chosen(self, flow: str, state: str, since: float | None) -> list[RunRow]:
        """The rows of such runs, newest first."""
        return sorted(
            (
                row
                for row in self._rows.values()
                if (not flow or flow in (row.flow, row.name))
                and (not state or row.state == state)
                and (since is None or row.started >= since)
            ),
            key=lambda row: (row.started, row.run),
            reverse=True,
        )

    async def run(self, run: str) -> RunRow:
        """One run, by its id or an unambiguous beginning of it. Raises UnknownRun."""
        self._sort_in()
        found = [row for row in self._rows.values() if row.run.startswith(run)]
        return self._counted(the_one(run, found))

    async def tasks(self, run: str) -> list[TaskRow]:
        """What became of the tasks of a run. Raises UnknownRun."""
        return tasks_of(await self.read(run))

    async def blocks(self, *, flow: str = "", limit: int = 100) -> list[BlockRow]:
        """How blocks did over all ended runs (of a flow, by hash or name), slowest in sum first."""
        self._sort_in()
        tasks: dict[str, dict[str, list[TaskRow]]] = {}
        for row in self._rows.values():
            if row.ended is not None and (not flow or flow in (row.flow, row.name)):
                tasks.setdefault(row.flow, {})[row.run] = tasks_of(self._events[row.run])
        return slowest_first((row for name in tasks for row in blocks_of(name, tasks[name])), limit)

    async def keep_flow(self, flow: str, name: str, text: str) -> None:
        """Store a flow under its content hash; storing it again changes nothing."""
        self._flows.setdefault(flow, FlowRow(flow, name, text, self._clock()))

    async def flow(self, flow: str) -> FlowRow | None:
        """A stored flow by its content hash."""
        return self._flows.get(flow)

    async def flows(
        self,
        *,
        name: str = "",
        limit: int = 100,
        before: float | None = None,
        among: Sequence[str] = (),
    ) -> list[FlowRow]:
        """Stored flows, the newest first, optionally of one name."""
        chosen = [
            row
            for row in self._flows.values()
            if name in ("", row.name)
            and (before is None or row.stored < before)
            and (not among or row.flow in among)
        ]
        return sorted(chosen, key=lambda row: (row.stored, row.flow), reverse=True)[:limit]

    async def claim(
        self, run: str, owner: str, seconds: float, *, gone: Sequence[str] = ()
    ) -> bool:
        """Become the owner of a run for that long. Raises UnknownRun."""
        self._sort_in()
        row = self._rows.get(run)
        if row is None:
            raise unknown(run)
        now = self._clock()
        free = row.lease_until <= now or row.owner in (owner, *gone)
        if row.ended is not None or not free:
            return False
        self._rows[run] = replace(row, owner=owner, lease_until=now + seconds)
        return True

    async def renew(self, owner: str, seconds: float) -> None:
        """Prolong all leases of an owner."""
        self._sort_in()
        for row in self._owned(owner):
            self._rows[row.run] = replace(row, lease_until=self._clock() + seconds)

    async def release(self, run: str, owner: str) -> None:
        """Give a run up, so that another may claim it at once."""
        self._sort_in()
        for row in self._owned(owner):
            if row.run == run:
                self._rows[run] = replace(row, owner="", lease_until=0.0)

    async def prune(self, *, before: float | None = None, keep_bytes: int | None = None) -> Pruned:
        """Forget ended runs started before a time, then the oldest ended beyond a size."""
        self._sort_in()
        ended = sorted(
            (row for row in self._rows.values() if row.ended is not None),
            key=lambda row: (row.started, row.run),
        )
        gone = [row.run for row in ended if before is not None and row.started < before]
        freed = sum(map(self._forget, gone))
        if keep_bytes is not None:
            excess = sum(map(_weight, self._events.values())) - keep_bytes
            for row in ended[len(gone) :]:
                if excess <= 0:
                    break
                excess -= (weight := self._forget(row.run))
                freed += weight
                gone.append(row.run)
        return Pruned(runs=len(gone), bytes=freed)

    async def size(self) -> Size:
        """How many runs are kept, and the bytes their events would have when packed."""
        self._sort_in()
        return Size(len(self._rows), sum(map(_weight, self._events.values())), disk=0)

    def _sort_in(self) -> None:
        """Put what was appended since the last question where it is looked for."""
        fresh, self._fresh = self._fresh, []
        for event in fresh:
            self._events.setdefault(event.run, []).append(event)
        new, changed = changes(fresh)
        self._rows.update(new)
        for run, change in changed.items():
            self._rows[run] = change.apply(self._rows[run])

    def _forget(self, run: str) -> int:
        del self._rows[run]
        return _weight(self._events.pop(run))

    def _counted(self, row: RunRow) -> RunRow:
        return replace(row, events=self._events[row.run][-1].seq)

    def _owned(self, owner: str) -> Iterable[RunRow]:
        return [row for row in self._rows.values() if row.owner == owner and row.ended is None]


def _weight(events: Sequence[AnyEvent]) -> int:
    """About what the events would take up when packed, in bytes."""
    try:
        return len(_LENIENT.encode(events))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return len(repr(events))
