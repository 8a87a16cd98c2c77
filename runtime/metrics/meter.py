"""The meter of a runtime: listens to what happens, counts it, keeps it, answers about it."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any

from graph.compile import Plan
from graph.errors import HeddleError
from runtime.engine.hub import Hub, Subscription
from runtime.events import LIVE_ONLY, AnyEvent, RunStarted
from runtime.journal.contract import Journal, JournalError, UnknownRun
from runtime.metrics.levels import LATE, stepped
from runtime.metrics.load import Load
from runtime.metrics.series import (
    Line,
    Overview,
    Question,
    check,
    lines,
    offers,
    round_step,
    stride,
    wanted,
)
from runtime.metrics.store import MetricsGone, MetricStore
from runtime.projections.metrics.fold import Fold, Known, points_of
from runtime.projections.metrics.tally import Point

PORTION = 2000
"""Events that are counted before others on the loop get their turn."""

IDLE = 10
"""Seconds after which levels are kept although nothing happens."""

TIDY = 60
"""Seconds between two times of rolling up; also how long others have to count what they left."""

BACKLOG = 100_000
"""Points that are held while the store is away."""

PATIENCE = 5.0
"""Seconds that what is left may take to be kept when the runtime closes."""

PER_RUN = 300
"""Steps that the course of one run has at the most."""

log = logging.getLogger("heddle.metrics")


class Meter:
    """A subscriber of the hub like any other: the engine knows nothing of it.

    It counts by the batch, and hands over once a second to the store, which has a thread of its
    own. After a crash the rest of a run is counted from its journal, as soon as somebody goes on
    with the run, or finds that it has ended.
    """

    def __init__(
        self,
        store: MetricStore,
        hub: Hub,
        journal: Journal,
        plan: Callable[[str], Awaitable[Plan]],
        now: Callable[[], float],
        ready: Callable[[], int],
        levels: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        """`levels` are what else is to be seen of the runtime just now, by name."""
        self._store = store
        self._hub = hub
        self._journal = journal
        self._plan = plan
        self._now = now
        self._ready = ready
        self._levels = levels
        self._fold = Fold()
        self._backlog: list[Point] = []
        self._kept: dict[str, int] = {}
        """Up to which event runs are counted, as the store was told."""
        self._turn = asyncio.Lock()
        self._busy = False
        """Whether anything has happened since metrics were kept last."""
        self._borrowed = contextlib.ExitStack()
        self._happenings: Subscription
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin to count. The journal is open."""
        await self._store.open()
        self._happenings = self._borrowed.enter_context(self._hub.subscribe())
        self._tasks = [asyncio.create_task(_told(work)) for work in (self._listen(), self._beat())]

    async def close(self) -> None:
        """Count and keep what is left, and let go of everything. Never raises."""
        if self._tasks:
            listening, beating = self._tasks
            beating.cancel()
            self._happenings.end()
            await asyncio.wait([beating])
            await asyncio.wait([listening], timeout=PATIENCE)
            listening.cancel()
            await asyncio.wait([listening])
            self._borrowed.close()
            self._tasks = []
            await self._keep_or_tell()
        await self._store.close()

    # What can be asked.

    async def overview(self) -> Overview:
        """What there is to ask for. Raises MetricsGone."""
        await self.keep()
        return Overview(offers(), await self._store.seen())

    async def read(self, question: Question) -> list[Line]:
        """The course of metrics over time, up to the last second that is over.

        Raises MetricsGone.
        """
        check(question)
        await self.keep()
        now = int(self._now())
        end = min(int(question.end), now) if question.end else now
        start = question.start or end - question.points * question.step
        level, step = stride(question, start, end, now)
        first = int(start // step) * step
        points = await self._store.read(wanted(question), first, end, level)
        steps = range(first, end, step)
        return lines(question, stepped(points, step), first, steps, step, end)

    async def of_run(self, run: str, question: Question) -> list[Line]:
        """The course of one run; `start` is 0 where it began. Raises UnknownRun, JournalError."""
        check(question)
        events = await self._journal.read(run)
        first, took = events[0], events[-1].at - events[0].at
        assert isinstance(first, RunStarted), "a run's first event says how it began"
        step = round_step(took, min(question.points, PER_RUN))
        points = points_of(events, await self._known(first.flow, first.name), step)
        fits = wanted(question).fits
        tallies = {(p.series, p.at): p.tally for p in points if fits(p.series)}
        steps = range(1 + max((point.at for point in points), default=0))
        return lines(question, tallies, 0.0, steps, step)

    # Counting.

    async def _listen(self) -> None:
        """Count what happens as soon as it is told: by then it is still in the cache."""
        async for batch in self._happenings:
            if self._happenings.missed:
                self._happenings.missed = 0
                await self._catch_up({run: seen.seq for run, seen in self._fold.runs.items()})
            self._busy = True
            await self._take(batch)

    async def _take(self, batch: Sequence[AnyEvent]) -> None:
        for start in range(0, len(batch), PORTION):
            if start:
                await asyncio.sleep(0)
            self._fold.take(batch[start : start + PORTION])
            if self._fold.unmet:
                unmet, self._fold.unmet = self._fold.unmet, {}
                for run, events in unmet.items():
                    await self._meet(run, events)

    async def _beat(self) -> None:
        """What is to be done every second, and every minute."""
        load, tidied, kept = Load(), self._now(), self._now()
        second = int(kept)
        while True:
            await asyncio.sleep(1.5 - self._now() % 1)  # in the middle of the next one
            now = self._now()
            for each in range(max(second, int(now) - LATE) + 1, int(now) + 1):
                self._fold.tick(each)  # each second once, however long the loop was held up
            second = int(now)
            self._fold.see(now, tasks_ready=self._ready(), **self._levels(), **load.now())
            if self._busy or self._fold.runs or now - kept > IDLE:
                self._busy, kept = False, now
                await self._keep_or_tell()
            if now - tidied > TIDY:
                tidied = now
                await self._tidy(now)

    async def _meet(self, run: str, events: Sequence[AnyEvent]) -> None:
        """Begin to count a run, with what was left uncounted of it."""
        first = next((event for event in events if not isinstance(event, LIVE_ONLY)), None)
        if first is None:
            return
        if isinstance(first, RunStarted):
            await self._introduce(run, first.flow, first.name, 0)
        elif not await self._catch_up({run: await self._counted(run)}):
            return
        self._fold.take(events)

    async def _introduce(self, run: str, flow: str, name: str, seq: int) -> None:
        known = None if self._fold.knows(flow) else await self._known(flow, name)
        self._fold.meet(run, flow, known, seq)

    async def _catch_up(self, counted: Mapping[str, int]) -> bool:
        """Count what the journal has of runs after those events; whether it knew them."""
        found = False
        for run, seq in counted.items():
            with contextlib.suppress(JournalError):
                if run not in self._fold.runs:
                    row = await self._journal.run(run)
                    await self._introduce(run, row.flow, row.name, seq)
                self._fold.take(await self._journal.read(run, seq))
                found = True
        return found

    async def _known(self, flow: str, name: str) -> Known:
        try:
            return Known(name or UNNAMED, dict(_agents(await self._plan(flow))))
        except HeddleError:
            return Known(name or UNNAMED, {})

    # Keeping.

    async def keep(self) -> None:
        """Hand what was counted to the store. Raises MetricsGone, and tries again next time."""
        async with self._turn:
            self._backlog += self._fold.drain()
            cursors = self._moved()
            if not self._backlog and not cursors:
                return
            try:
                await self._store.add(self._backlog, cursors)
            except MetricsGone:
                self._backlog = self._backlog[-BACKLOG:]
                raise
            self._backlog = []
            for run, seq in cursors.items():
                if seq is None:
                    self._kept.pop(run, None)
                else:
                    self._kept[run] = seq
                if self._fold.gone.get(run, 0) == seq:
                    del self._fold.gone[run]

    def _moved(self) -> dict[str, int | None]:
        """How far runs are counted, where the store doesn't know yet."""
        gone = self._fold.gone
        for run in [run for run, seq in gone.items() if seq is None and run not in self._kept]:
            del gone[run]  # it began and ended without the store ever hearing of it
        on = {run: seen.seq for run, seen in self._fold.runs.items()}
        return {run: seq for run, seq in {**gone, **on}.items() if self._kept.get(run) != seq}

    async def _keep_or_tell(self) -> None:
        try:
            await self.keep()
        except MetricsGone as error:
            log.warning("Metrics wait to be kept: %s", error)

    async def _tidy(self, now: float) -> None:
        """Roll up, and count the rest of runs that ended when nobody counted any more."""
        try:
            await self._store.tidy(now)
            left = {run: seq for run, seq in (await self._cursors()).items()
                    if run not in self._fold.runs}  # fmt: skip
        except MetricsGone as error:
            log.warning("Metrics wait to be rolled up: %s", error)
            return
        for run, seq in left.items():
            await self._see_to(run, seq, now)

    async def _see_to(self, run: str, seq: int, now: float) -> None:
        try:
            row = await self._journal.run(run)
        except UnknownRun:
            self._kept[run], self._fold.gone[run] = seq, None
        except JournalError:
            pass  # the next time will do
        else:
            if row.ended is not None and now - row.ended > TIDY:
                self._kept[run] = seq
                await self._catch_up({run: seq})

    async def _counted(self, run: str) -> int:
        """Up to which event a run was counted before."""
        for known in (self._fold.gone.pop(run, None), self._kept.get(run)):
            if known is not None:
                return known
        cursor = (await self._cursors()).get(run)
        if cursor is not None:
            self._kept[run] = cursor
        return cursor or 0

    async def _cursors(self) -> dict[str, int]:
        try:
            return await self._store.cursors()
        except MetricsGone:
            return {}


async def _told(work: Coroutine[Any, Any, None]) -> None:
    """Whatever goes wrong with measuring, runs go on."""
    try:
        await work
    except Exception:
        log.exception("Nothing is measured any more.")


UNNAMED = "Untitled"
"""The name of flows that have none."""


def _agents(plan: Plan, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Which kind of agent does each block, those in bodies by their address."""
    for i, (id, spec) in enumerate(zip(plan.ids, plan.specs, strict=True)):
        yield prefix + id, spec.agent
        for body in plan.bodies.get(i, {}).values():
            yield from _agents(body, f"{prefix}{id}/")
