"""The runs that are on show: their events folded as they come, and told to their workbenches."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.bridge import Bridge
from app.presenters.live_run import LiveRun
from app.workbench import Workbench
from graph.errors import HeddleError
from runtime.events import LIVE_ONLY, AnyEvent, Failure, RunInterrupted


class Watching(QObject):
    """Follows runs for workbenches. One run may be on show in one workbench only."""

    changed = Signal(LiveRun)
    """It has news."""
    ended = Signal(Workbench, LiveRun)
    """A run has come to its end before the eyes of whoever looks at the workbench."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shown: dict[str, _Shown] = {}
        bridge.happened.connect(self._take)
        bridge.missed.connect(self._catch_up)

    def follow(self, run: str, workbench: Workbench) -> LiveRun:
        """Show a run that is about to begin."""
        return self._show(run, workbench).live

    def join(
        self, run: str, workbench: Workbench, then: Callable[[], object] | None = None
    ) -> None:
        """Show a run that began before: its past first, then what happens."""
        shown = self._show(run, workbench)
        self._read_past(shown, then)

    def shows(self, run: str) -> bool:
        """Whether the run is on show."""
        return run in self._shown

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
            self._tell(self._shown[run], happened)

    def _tell(self, shown: "_Shown", events: Iterable[AnyEvent]) -> None:
        if shown.waiting is not None:
            shown.waiting.extend(events)
            return
        touched = shown.take(events)
        if touched is None:
            return
        shown.workbench.run_changed.emit(touched)
        self.changed.emit(shown.live)
        if shown.live.is_over:
            self.ended.emit(shown.workbench, shown.live)

    def break_off(self, reason: Failure) -> None:
        """The runtime is gone: what was under way is interrupted."""
        for run, shown in self._shown.items():
            if shown.live.goes_on:
                event = RunInterrupted(run, shown.seq, time.time(), reason)
                self._tell(shown, [event])

    def _catch_up(self) -> None:
        for shown in self._shown.values():
            if not shown.live.is_over and shown.waiting is None:
                self._read_past(shown, None)

    def _read_past(self, shown: "_Shown", then: Callable[[], object] | None) -> None:
        shown.waiting = []
        run, after = shown.live.run, shown.seq

        def done(past: list[AnyEvent]) -> None:
            waited, shown.waiting = shown.waiting or [], None
            shown.take(past)
            self._tell(shown, waited)
            shown.workbench.run_changed.emit(None)
            self.changed.emit(shown.live)
            if then:
                then()

        def failed(error: HeddleError) -> None:
            waited, shown.waiting = shown.waiting or [], None
            self._tell(shown, waited)
            self._bridge.troubled.emit(error)

        self._bridge.look(lambda journal: journal.read(run, after), done, failed)


class _Shown:
    """One run on show. `waiting` has what happened while its past is being read."""

    def __init__(self, live: LiveRun, workbench: Workbench) -> None:
        self.live = live
        self.workbench = workbench
        self.seq = 0
        self.waiting: list[AnyEvent] | None = None

    def take(self, events: Iterable[AnyEvent]) -> frozenset[str] | None:
        """Fold in what isn't known yet; None when all of it is."""
        fresh = [e for e in events if e.seq > self.seq or isinstance(e, LIVE_ONLY)]
        if not fresh:
            return None
        self.seq = max(self.seq, fresh[-1].seq)
        return self.live.take(fresh)
