"""What differs between two runs, marked on the canvas of the flow that shows one of them."""

from PySide6.QtCore import QObject

from app.presenters.live_run import LiveRun
from app.workbench import Workbench
from runtime.events import block_of
from runtime.projections.comparison import Comparison


class Differences(QObject):
    """Marks blocks in the run of a workbench, as soon as that is shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._bench: Workbench | None = None
        self._run = ""
        self._blocks: frozenset[str] = frozenset()
        self._parting = ""

    def show(self, bench: Workbench, run: str, found: Comparison) -> None:
        """Mark what differs in a run of the flow, from now on."""
        self.clear()
        self._run = run
        self._blocks = frozenset(pair.block for pair in found.blocks if pair.differing)
        self._parting = block_of(found.parting.task) if found.parting else ""
        self._bench = bench
        bench.run_changed.connect(self._mark)
        self._mark()

    def clear(self) -> None:
        """Mark nothing any more."""
        bench, self._bench = self._bench, None
        if bench is None or bench.is_closed:
            return
        bench.run_changed.disconnect(self._mark)
        if bench.live is not None and bench.live.differing:
            _mark(bench.live, frozenset(), "")
            bench.run_changed.emit(None)

    def _mark(self, _: object = None) -> None:
        bench = self._bench
        if bench is None or bench.live is None or bench.live.run != self._run:
            return
        if bench.live.differing != self._blocks:
            _mark(bench.live, self._blocks, self._parting)
            bench.run_changed.emit(None)


def _mark(live: LiveRun, blocks: frozenset[str], parting: str) -> None:
    live.differing, live.parting = blocks, parting
