"""What is out of date in the watched runs, found anew after each change of their flows."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from app.beside import Beside
from app.bridge.bridge import Bridge
from app.presenters.stale import stale
from app.studio import Studio
from app.workbench import Workbench
from graph.compile import Plan, compile_flow
from graph.errors import HeddleError
from graph.file_format import read
from runtime.journal.contract import FlowRow

DELAY = 200
"""Milliseconds without an edit after which it is looked for."""


def install(studio: Studio) -> None:
    """Mark what is out of date in every flow that is opened."""
    for workbench in studio.workspace:
        Staleness(studio.bridge, workbench)
    studio.workspace.added.connect(partial(Staleness, studio.bridge))


class Staleness(QObject):
    """Compares the flow of a workbench with that of the run it watches."""

    def __init__(self, bridge: Bridge, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._bridge = bridge
        self._workbench = workbench
        self._hash = ""
        """Of the flow that the watched run runs."""
        self._then: Plan | None = None
        beside = self._beside = Beside("staleness", self)
        beside.found.connect(self._take)
        workbench.destroyed.connect(lambda: beside.close())
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self._look)
        workbench.run_changed.connect(lambda _: self._attend())
        workbench.changed.connect(lambda _: self._soon.start())

    def _attend(self) -> None:
        """Another run may be watched, of another flow."""
        live = self._workbench.live
        hash = live.view.flow if live else ""
        if hash == self._hash:
            return
        self._hash, self._then = hash, None
        self._beside.drop()
        self._workbench.mark_stale(frozenset())
        if hash and self._bridge.state in ("ready", "elsewhere"):  # or nobody ran it
            self._bridge.look(lambda journal: journal.flow(hash), partial(self._got, hash), _never)

    def _got(self, hash: str, row: FlowRow | None) -> None:
        if row is None or hash != self._hash or self._workbench.is_closed:
            return
        try:
            self._then = compile_flow(read(row.text), self._workbench.catalog)
        except HeddleError:
            return  # of another version of Heddle: nobody knows what is out of date
        self._look()

    def _look(self) -> None:
        """Find what is out of date, on a thread of its own: a large flow takes its time."""
        if self._then is None or self._workbench.is_closed:
            return
        flow, then, catalog = self._workbench.document.flow, self._then, self._workbench.catalog
        self._beside.ask(lambda: stale(flow, then, catalog))

    def _take(self, found: object) -> None:
        if isinstance(found, frozenset):
            self._workbench.mark_stale(found)


def _never(_: HeddleError) -> None:
    """A flow that can't be had leaves nothing marked; whoever needs the runtime is told."""
