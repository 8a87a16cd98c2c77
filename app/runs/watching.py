"""The runs that are on show: their events folded as they come, and told to their workbenches."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.bridge.bridge import Bridge
from app.presenters.live_run import LiveRun
from app.workbench import Workbench
from graph.errors import HeddleError
from runtime.events import LIVE_ONLY, AnyEvent, Failure, RunInterrupted, RunRewound
from runtime.history import effective

if TYPE_CHECKING:
    from runtime.remote_journal import RemoteJournal

FRAME = 0.016
"""Seconds between two tellings of news at the least."""

REST = 3
"""As many times as long as showing the news took, the window is left for other things."""

WHOLE = ""


class Watching(QObject):
    """Follows runs for workbenches. One run may be on show in one workbench only."""

    changed = Signal(LiveRun)
    """It has news; told before its workbench tells of them."""
    ended = Signal(Workbench, LiveRun)
    """A run has come to its end before the eyes of whoever looks at the workbench."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shown: dict[str, _Shown] = {}
        self._not_before = 0.0
        self._soon = QTimer(self, singleShot=True)
        self._soon.setTimerType(Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self._tell)
        bridge.happened.connect(self._take)
        bridge.missed.connect(self._catch_up)

    def follow(self, run: str, workbench: Workbench) -> LiveRun:
        """Show a run that is about to begin."""
        return self._show(run, workbench).live

    def join(self, run: str, workbench: Workbench) -> None:
        """Show a run that began before: its past first, then what happens."""
        shown = self._show(run, workbench)
        shown.is_joined = True
        self._read_past(shown)

    def shows(self, run: str) -> bool:
        """Whether the run is on show."""
        return run in self._shown

    def workbench_of(self, run: str) -> Workbench | None:
        """Where the run is on show, None for nowhere."""
        shown = self._shown.get(run)
        return shown.workbench if shown else None

    def hide(self, workbench: Workbench) -> None:
        """Show no run there any more; the run itself goes on."""
        for run in [run for run, shown in self._shown.items() if shown.workbench is workbench]:
            del self._shown[run]
        workbench.watch(None)

    def _show(self, run: str, workbench: Workbench) -> "_Shown":
        self.hide(workbench)
        shown = self._shown[run] = _Shown(LiveRun(run), workbench)
        workbench.watch(shown.live)
        workbench.destroyed.connect(lambda: self._shown.pop(run, None))
        return shown

    def _take(self, events: Any) -> None:
        """Fold what happened into the runs on show, and tell of each once."""
        if not self._shown:
            return
        by_run: dict[str, list[AnyEvent]] = {}
        for event in events:
            if event.run in self._shown:
                by_run.setdefault(event.run, []).append(event)
        for run, happened in by_run.items():
            self._fold(self._shown[run], happened)

    def _fold(self, shown: "_Shown", events: Sequence[AnyEvent]) -> None:
        if shown.waiting is not None:
            shown.waiting.extend(events)
            return
        if any(type(event) is RunRewound and event.seq > shown.seq for event in events):
            self._read_past(shown)  # what was folded in counts no more
            return
        stops = shown.live.stops
        if not shown.take(events):
            return
        if shown.live.stops > stops:
            self._soon.start(0)  # a person waits for it
        elif not self._soon.isActive():
            self._soon.start(max(0, int((self._not_before - time.perf_counter()) * 1000)))

    def _tell(self) -> None:
        """Tell of the news; the longer that takes whoever shows it, the later of the next."""
        began = time.thread_time()
        for shown in list(self._shown.values()):
            if shown.news:
                touched, shown.news = frozenset(shown.news) - {WHOLE}, set()
                self.changed.emit(shown.live)
                shown.workbench.run_changed.emit(touched if shown.is_known else None)
                shown.is_known = True
            if shown.live.is_over and not shown.is_told:
                shown.is_told = True
                self.ended.emit(shown.workbench, shown.live)
        took = time.thread_time() - began
        self._not_before = time.perf_counter() + max(FRAME, REST * took)

    def break_off(self, reason: Failure) -> None:
        """The runtime is gone: what was under way is interrupted."""
        for run, shown in self._shown.items():
            if shown.live.goes_on:
                event = RunInterrupted(run, shown.seq, time.time(), reason)
                shown.is_known = False  # none of its blocks is what it was
                self._fold(shown, [event])
        self._tell()

    def _catch_up(self) -> None:
        for shown in self._shown.values():
            if not shown.live.is_over and shown.waiting is None:
                self._read_past(shown)

    def _read_past(self, shown: "_Shown") -> None:
        shown.waiting = []
        run = shown.live.run

        async def read(journal: "RemoteJournal") -> LiveRun:
            live = LiveRun(run)  # folded where it is read: a long past holds up no window
            live.take(effective(await journal.read(run)))
            return live

        def done(live: LiveRun) -> None:
            if self._shown.get(run) is not shown:
                return  # the workbench shows another run meanwhile, or none
            waited, shown.waiting = shown.waiting or [], None
            shown.become(live)
            self._fold(shown, waited)
            self.changed.emit(shown.live)
            self._soon.start(0)  # its end may be among what was missed

        def failed(error: HeddleError) -> None:
            waited, shown.waiting = shown.waiting or [], None
            self._fold(shown, waited)
            self._bridge.troubled.emit(error)

        self._bridge.look(read, done, failed)


class _Shown:
    """One run on show. `waiting` has what happened while its past is being read."""

    def __init__(self, live: LiveRun, workbench: Workbench) -> None:
        self.live = live
        self.workbench = workbench
        self.waiting: list[AnyEvent] | None = None
        self.news = set[str]()
        """The blocks that have some, and WHOLE when any event has come."""
        self.is_known = False
        """Whether all of it was told of, so that news is enough."""
        self.is_joined = False
        """Whether its past is read for the first time: an end in there is no news."""
        self.is_told = False
        """Whether its end was told of."""

    @property
    def seq(self) -> int:
        """Of the last recorded event that is known."""
        return self.live.seq

    def take(self, events: Sequence[AnyEvent]) -> bool:
        """Fold in what isn't known yet; whether there was anything."""
        known = self.live.seq
        if events and events[0].seq <= known:
            events = [e for e in events if e.seq > known or isinstance(e, LIVE_ONLY)]
        if events:
            self.news.add(WHOLE)
            self.news |= self.live.take(events)
        return bool(events)

    def become(self, live: LiveRun) -> None:
        """Show the run as it was read."""
        self.live = live
        self.is_told = live.is_over and (self.is_told or self.is_joined)
        self.is_joined = False
        if not self.workbench.is_closed:
            self.workbench.watch(live)
