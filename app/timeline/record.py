"""All events of the run that a workbench watches: read once, and followed while it goes on."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.aside import aside
from app.bridge.bridge import Bridge
from app.presenters.lanes import Lanes
from app.presenters.moments import Moments
from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.compile.plan import Plan
from graph.errors import HeddleError
from graph.file_format import read as read_flow
from runtime.events import LIVE_ONLY, AnyEvent, RunRewound
from runtime.history import effective
from runtime.journal.contract import FlowRow
from runtime.projections.critical_path import (
    Depends,
    Step,
    Went,
    critical_path,
    depends_of,
    where_it_went,
)
from runtime.projections.outline import outline
from runtime.projections.timeline import Timeline

PORTION = 500
"""Events that are taken in before others get their turn."""

FRAME = 16
BUDGET = 0.004
"""Seconds of a frame for taking in what happens."""

AGAIN = 300
"""Milliseconds after which the journal is asked again for what didn't come through."""

SMALL = 3000
"""Tasks up to which it is worked out while a run goes on where its time went."""

WORK = 400
"""Milliseconds between two times that it is."""

PURE = "pure"


class Reads(Protocol):
    """What is read of a journal."""

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]: ...

    async def flow(self, flow: str) -> FlowRow | None: ...


class Known:
    """A run as far as it is known, in every form in which the timeline needs it."""

    def __init__(self, run: str, catalog: Catalog, plan: Plan | None = None) -> None:
        self.moments = Moments(run)
        self.line = Timeline()
        self.depends: Depends = depends_of(plan) if plan else {}
        lines = outline(plan) if plan else []
        self._kinds = {line.block: line.kind for line in lines}
        self._ranks: Mapping[str, int] = {line.block: rank for rank, line in enumerate(lines)}
        self._catalog = catalog
        self.by_block = Lanes(str, self._rank)
        self.by_agent = Lanes(self.agent_of, str)
        self.path: Sequence[Step] = ()
        self.went = Went(0.0, 0.0, ())

    def take(self, events: Sequence[AnyEvent]) -> None:
        """Go on with what happened next."""
        self.moments.take(events)
        self.line.take(events)
        self.by_block.take(self.line)
        self.by_agent.take(self.line)

    def work_out(self) -> None:
        """Find what the run waited for, and where its time went."""
        self.path = critical_path(self.line, self.depends)
        self.went = where_it_went(self.line, self.path)

    def agent_of(self, address: str) -> str:
        """The kind of worker that performs a block."""
        spec = self._catalog.get(self._kinds.get(address, ""))
        return spec.agent if spec else PURE

    def _rank(self, address: str) -> tuple[float, str]:
        """By the order of the flow; what isn't listed there comes after what stands beside it."""
        rank = self._ranks.get(address)
        if rank is not None:
            return rank, address
        around = address.rpartition("/")[0]
        beside = (rank for block, rank in self._ranks.items() if _is_inside(block, around))
        return max(beside, default=0) + 0.5, address


class Record(QObject):
    """Keeps what is known of one run, and tells when more is."""

    changed = Signal()
    began = Signal()
    """Its past has been read."""

    def __init__(self, bridge: Bridge, run: str, catalog: Catalog, parent: QObject) -> None:
        super().__init__(parent)
        self.run = run
        self.known = Known(run, catalog)
        self.is_reading = False
        self._bridge = bridge
        self._catalog = catalog
        self._waiting: list[AnyEvent] = []
        self._is_closed = False
        self._was_read = False
        self._frame = QTimer(self, singleShot=True, interval=FRAME)
        self._frame.timeout.connect(self._take_some)
        self._again = QTimer(self, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self.read)
        self._work = QTimer(self, singleShot=True, interval=WORK)
        self._work.timeout.connect(self._work_out)
        bridge.happened.connect(self._on_events)
        bridge.missed.connect(self._again.start)

    def read(self) -> None:
        """Read what the journal has of the run, apart from the window."""
        if self.is_reading or self._is_closed:
            return
        self.is_reading = True
        run, catalog = self.run, self._catalog

        async def read(journal: Reads) -> Known:
            return await _read(journal, run, catalog)

        def failed(_: HeddleError) -> None:
            self.is_reading = False  # it has hardly begun, or there is no runtime
            self._frame.start()

        self._bridge.look(read, self._become, failed)

    def close(self) -> None:
        """Follow the run no more."""
        self._is_closed = True
        self._frame.stop()
        self._again.stop()
        self._work.stop()
        self._bridge.happened.disconnect(self._on_events)
        self._bridge.missed.disconnect(self._again.start)

    def _become(self, known: Known) -> None:
        self.is_reading, self._was_read = False, True
        if not self._is_closed:
            self.known = known
            self._frame.start()
            self.began.emit()
            self.changed.emit()

    def _on_events(self, events: Any) -> None:
        run = self.run
        mine = [e for e in events if e.run == run and not isinstance(e, LIVE_ONLY)]
        if mine:
            self._waiting += mine
            if not self._frame.isActive():
                self._frame.start()

    def _take_some(self) -> None:
        """Take in what has come, as much as a frame has room for."""
        if self.is_reading or not self._waiting:
            return
        began, taken = time.thread_time(), 0
        while taken < len(self._waiting) and time.thread_time() - began < BUDGET:
            portion = self._new(self._waiting[taken : taken + PORTION])
            if portion is None:
                self._again.start()
                return
            self.known.take(portion)
            taken += PORTION
        del self._waiting[:taken]
        if self._waiting:
            self._frame.start()
        self._after_taking()

    def _new(self, events: Sequence[AnyEvent]) -> Sequence[AnyEvent] | None:
        """Those that aren't known yet; None when the journal must be read for them."""
        moments = self.known.moments
        seq = moments.events[-1].seq if moments.events else 0
        found = [event for event in events if event.seq > seq]
        torn = bool(found) and found[0].seq != seq + 1
        return None if torn or any(isinstance(e, RunRewound) for e in found) else found

    def _after_taking(self) -> None:
        known = self.known
        if not (self._was_read or self._again.isActive()):
            # It hadn't begun when it was to be read. Now its flow can be read too.
            self._again.start()
        is_over = known.line.is_over and not self._waiting
        if is_over and len(known.line.tasks) > SMALL:
            self._bridge.look(_later(known.work_out), lambda _: self.changed.emit(), _ignore)
        elif is_over:
            known.work_out()
        elif len(known.line.tasks) <= SMALL and not self._work.isActive():
            self._work.start()
        self.changed.emit()

    def _work_out(self) -> None:
        self.known.work_out()
        self.changed.emit()


async def _read(journal: Reads, run: str, catalog: Catalog) -> Known:
    """The run as its journal has it, others getting their turn meanwhile."""
    events = effective(await journal.read(run))
    kept = await journal.flow(getattr(events[0], "flow", "")) if events else None
    plan = await aside(_plan, kept.text, catalog) if kept else None
    known = Known(run, catalog, plan)
    for first in range(0, len(events), PORTION):
        known.take(events[first : first + PORTION])
        await asyncio.sleep(0)
    await aside(known.work_out)
    return known


def _is_inside(block: str, around: str) -> bool:
    return not around or block == around or block.startswith(f"{around}/")


def _plan(text: str, catalog: Catalog) -> Plan | None:
    """The plan of a flow; None when it can't be made any more."""
    try:
        return compile_flow(read_flow(text), catalog)
    except HeddleError:
        return None


def _later(do: Callable[[], None]) -> Any:
    async def work(_: object) -> None:
        await aside(do)

    return work


def _ignore(_: HeddleError) -> None:
    """Nobody waits for it."""
