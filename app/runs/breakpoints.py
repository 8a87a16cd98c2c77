"""The breakpoints of the open flows: set, kept, told to the runs that are under way."""

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Change
from app.presenters.stopping import followed, for_runs
from app.runs.debugging import Debugging
from app.safety.breakpoints import BreakpointStore, key_of
from app.workbench import Workbench
from graph.flow import Flow
from runtime.breakpoints import Breakpoint


class Breakpoints(QObject):
    """Those of a flow are read when it is asked for first, and written with every change.

    Blocks are named as the canvas does (`Workbench.address`). A breakpoint at an input is at
    "before", one at an output or on a link at "after".
    """

    changed = Signal(Workbench)
    edit_wanted = Signal(Workbench, Breakpoint, bool)
    """The form of a breakpoint is to be opened; True for one that isn't set yet."""
    troubled = Signal(OSError)
    """They can't be kept."""

    def __init__(self, store: BreakpointStore, debugging: Debugging, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._debugging = debugging
        self._points: dict[Workbench, list[Breakpoint]] = {}
        self._keys: dict[Workbench, str] = {}
        self._to_tell: set[Workbench] = set()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._tell)

    def of(self, bench: Workbench) -> Sequence[Breakpoint]:
        """The breakpoints of a flow, in the order in which they were set."""
        if bench not in self._points:
            self._take_up(bench)
        return self._points[bench]

    def at(
        self, bench: Workbench, block: str, *, at: str = "", port: str = "", to: str = ""
    ) -> list[Breakpoint]:
        """Those at one place: a block, one of its ports (at "before" or "after"), or a link."""
        return [
            point for point in self.of(bench)
            if (point.block, point.port, point.to) == (block, port, to)
            and (not port or point.at == at)
        ]  # fmt: skip

    def find(self, bench: Workbench, id: str) -> Breakpoint | None:
        """The breakpoint of that id."""
        return next((point for point in self.of(bench) if point.id == id), None)

    def for_run(self, bench: Workbench, flow: Flow | None = None) -> list[Breakpoint]:
        """What a run of the flow, or of a part of it, is told."""
        return for_runs(self.of(bench), flow or bench.document.flow, bench.catalog)

    # Changing.

    def toggle(self, bench: Workbench, block: str, **place: Any) -> None:
        """Set a breakpoint at a place, or take away those that are there."""
        there = self.at(bench, block, **place)
        if there:
            self.remove(bench, *(point.id for point in there))
        else:
            self.put(bench, Breakpoint(new_id(), block, **place))

    def put(self, bench: Workbench, point: Breakpoint) -> None:
        """Add a breakpoint, or have it instead of the one of the same id."""
        points = list(self.of(bench))
        ids = [known.id for known in points]
        if point.id in ids:
            points[ids.index(point.id)] = point
        else:
            points.append(point)
        self._become(bench, points)

    def remove(self, bench: Workbench, *ids: str) -> None:
        """Take breakpoints away."""
        self._become(bench, [point for point in self.of(bench) if point.id not in ids])

    def remove_all(self, bench: Workbench) -> None:
        """Take all of a flow's away."""
        self._become(bench, [])

    def enable(self, bench: Workbench, enabled: bool, *ids: str) -> None:
        """Have breakpoints stop runs, or only be there; all without `ids`."""
        self._become(bench, [
            replace(point, enabled=enabled) if not ids or point.id in ids else point
            for point in self.of(bench)
        ])  # fmt: skip

    # Keeping.

    def _take_up(self, bench: Workbench) -> None:
        key = self._keys[bench] = key_of(bench.path, bench.scratch)
        self._points[bench] = self._store.read(key) if key else []
        bench.changed.connect(partial(self._follow, bench))
        bench.saved_changed.connect(partial(self._follow_file, bench))
        bench.destroyed.connect(partial(self._forget, bench))

    def _follow(self, bench: Workbench, change: Change) -> None:
        points = self._points[bench]
        if points:
            now = followed(points, change.before, change.after, bench.catalog)
            if now != points:
                self._become(bench, now)

    def _follow_file(self, bench: Workbench) -> None:
        """A flow that was saved under another name keeps its breakpoints there."""
        old, new = self._keys[bench], key_of(bench.path, bench.scratch)
        if new == old:
            return
        self._keys[bench] = new
        self._write(bench)
        if bench.scratch is not None and old == key_of(None, bench.scratch):
            self._keep(old, [])

    def _forget(self, bench: Workbench) -> None:
        self._points.pop(bench, None)
        self._keys.pop(bench, None)
        self._to_tell.discard(bench)

    def discard(self, bench: Workbench) -> None:
        """The flow was closed and nobody has it any more, unless a file does."""
        if bench.path is None and bench in self._keys:
            self._keep(self._keys[bench], [])

    def _become(self, bench: Workbench, points: list[Breakpoint]) -> None:
        if points == self.of(bench):
            return
        self._points[bench] = points
        self._write(bench)
        self.changed.emit(bench)
        self._to_tell.add(bench)
        self._soon.start()

    def _write(self, bench: Workbench) -> None:
        self._keep(self._keys[bench], self._points[bench])

    def _keep(self, key: str, points: Sequence[Breakpoint]) -> None:
        try:
            if key:
                self._store.write(key, points)
        except OSError as error:
            self.troubled.emit(error)

    # Telling.

    def _tell(self) -> None:
        """Runs that this studio steers, or nobody, stop at these from now on."""
        benches, self._to_tell = self._to_tell, set()
        for bench in benches:
            live = bench.live
            if live is None or not live.goes_on or not live.view.run:
                continue
            if live.view.wheel in ("", self._debugging.client):
                self._debugging.set_breakpoints(live.run, self.for_run(bench))


def new_id() -> str:
    """An id for a breakpoint."""
    return secrets.token_hex(4)
