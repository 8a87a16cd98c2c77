"""The faults that are put into the open flows, and told to the runs that are under way."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.presenters.faults import for_runs
from app.runs.debugging import Debugging
from app.workbench import Workbench
from graph.flow import Flow
from runtime.breakpoints import Fault


class Faults(QObject):
    """Those of a flow last until they are taken out or the flow is closed, and are kept nowhere:

    nobody is to find out tomorrow that a block fails because of something tried today.
    """

    changed = Signal(Workbench)

    def __init__(self, debugging: Debugging, parent: QObject) -> None:
        super().__init__(parent)
        self._debugging = debugging
        self._faults: dict[Workbench, list[Fault]] = {}

    def of(self, bench: Workbench) -> Sequence[Fault]:
        """The faults in a flow, in the order in which they were put in."""
        return self._faults.get(bench, ())

    def at(self, bench: Workbench, block: str, port: str = "") -> Fault | None:
        """The one at a block, or on the links out of one of its ports."""
        return next((f for f in self.of(bench) if (f.block, f.port) == (block, port)), None)

    def for_run(self, bench: Workbench, flow: Flow | None = None) -> list[Fault]:
        """What a run of the flow, or of a part of it, is told."""
        return for_runs(self.of(bench), flow or bench.document.flow, bench.catalog)

    def put(self, bench: Workbench, fault: Fault) -> None:
        """Put a fault in, instead of the one at the same place."""
        others = [f for f in self.of(bench) if (f.block, f.port) != (fault.block, fault.port)]
        self._become(bench, [*others, fault])

    def remove(self, bench: Workbench, fault: Fault) -> None:
        """Take one out."""
        self._become(bench, [f for f in self.of(bench) if f.id != fault.id])

    def clear(self, bench: Workbench) -> None:
        """Take all out."""
        self._become(bench, [])

    def _become(self, bench: Workbench, faults: list[Fault]) -> None:
        if bench not in self._faults:
            bench.destroyed.connect(partial(self._faults.pop, bench, None))
        self._faults[bench] = faults
        bench.mark_faulty(frozenset(fault.block for fault in faults))
        self.changed.emit(bench)
        live = bench.live
        if live is not None and live.goes_on and live.view.run:
            self._debugging.set_faults(live.run, self.for_run(bench))
