"""Where the values of charts come from: the runtime, asked once a second while somebody looks."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.bridge import Bridge
from app.living import is_there
from app.plots.colours import MOST
from app.plots.plot import Drawn
from app.plots.ring import Floats, Ring
from app.presenters.charts import Called, Chart, Scope, is_single, lines_for, metrics_shown, name_of
from app.presenters.windows import Window
from graph.errors import HeddleError
from runtime.metrics.series import Line, Question

EVERY = 1000
"""Milliseconds between two questions."""

Wanted = Sequence[tuple[Chart, Scope]]


class Readable(Protocol):
    """The metrics of a runtime, as the bridge hands them out."""

    async def read(self, question: Question) -> list[Line]: ...
    async def of_run(self, run: str, question: Question) -> list[Line]: ...


class _Group:
    """The charts of one scope: they are asked for together."""

    def __init__(self, charts: Sequence[Chart]) -> None:
        self.charts = charts
        self.rings: dict[str, list[tuple[Line, Ring]]] = {}
        """By chart: its lines, the names they have, and their values."""
        self.next = 0.0
        """The beginning of the last step that was told of, which may not have been over."""
        self.is_asked = False


class LiveFeed(QObject):
    """What happens now, and what happened in the window of time before it."""

    changed = Signal()
    """There are other values."""
    failed = Signal(str)
    elapsed = False

    def __init__(self, bridge: Bridge, window: Window, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._window = window
        self._groups: dict[Scope, _Group] = {}
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.ask)
        self.newest = 0.0
        """The end of the last step that is known."""

    @property
    def length(self) -> float:
        """Seconds that are shown."""
        return float(self._window.seconds)

    def run(self, wanted: bool) -> None:
        """Ask again and again, or no longer."""
        if wanted and not self._timer.isActive():
            self._timer.start()
            self.ask()
        elif not wanted:
            self._timer.stop()

    def show(self, wanted: Wanted) -> None:
        """Be asked for these charts from now on; what is known of them is kept."""
        by_scope: dict[Scope, list[Chart]] = {}
        for chart, scope in wanted:
            by_scope.setdefault(scope, []).append(chart)
        self._groups = {
            scope: there
            if (there := self._groups.get(scope)) and set(charts) <= set(there.charts)
            else _Group(charts)
            for scope, charts in by_scope.items()
        }
        if self._timer.isActive():
            self.ask()

    def look_at(self, window: Window) -> None:
        """Another stretch of time is of interest."""
        if window != self._window:
            self._window = window
            self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what is known: it is another runtime's, or of another stretch."""
        self._groups = {scope: _Group(group.charts) for scope, group in self._groups.items()}
        if self._timer.isActive():
            self.ask()

    def ask(self) -> None:
        """Ask for what isn't known yet, unless that was done already."""
        if self._bridge.state not in ("ready", "elsewhere"):
            return
        for scope, group in self._groups.items():
            if not group.is_asked:
                group.is_asked = True
                question = self._question(scope, group)
                self._bridge.measure(
                    partial(_read, question),
                    partial(self._take, scope, group),
                    partial(self._fail, group),
                )

    def lines(self, chart: Chart, scope: Scope, called: Called) -> list[Drawn]:
        """The lines of a chart, as far as they are known."""
        group = self._groups.get(scope)
        known = group.rings.get(chart.id, []) if group else []
        return [Drawn(ring, name_of(line, chart, scope, called)) for line, ring in known]

    def _question(self, scope: Scope, group: _Group) -> Question:
        names = {name: None for chart in group.charts for name in metrics_shown(chart, scope)}
        step = self._window.step if is_single(scope) else self._window.step_of_many
        return Question(
            tuple(names), scope.by, scope.flow, scope.block, scope.agent,  # type: ignore[arg-type]
            group.next, 0.0, step, self._window.seconds // step,
        )  # fmt: skip

    def _take(self, scope: Scope, group: _Group, answer: list[Line]) -> None:
        group.is_asked = False
        if self._groups.get(scope) is not group or not is_there(self):
            return  # nobody wants to know any more
        for chart in group.charts:
            known = group.rings.setdefault(chart.id, [])
            for line in lines_for(chart, scope, answer):
                self._add(known, line)
        ends = [line.start + line.step * len(line.values) for line in answer]
        if ends:
            group.next = max(ends) - answer[0].step
            self.newest = max(self.newest, *ends)
        self.changed.emit()

    def _add(self, known: list[tuple[Line, Ring]], line: Line) -> None:
        ring = next((ring for there, ring in known if is_same(there, line)), None)
        if ring is None:
            if len(known) >= MOST:
                return
            ring = Ring(2 * max(60, self._window.seconds // self._window.step))
            known.append((line, ring))
        times, values = arrays(line)
        if len(ring) and len(times) and times[0] - ring.times[-1] > 2 * line.step:
            ring.clear()  # nobody looked for so long that there is a gap
        ring.add(times, values)

    def _fail(self, group: _Group, error: HeddleError) -> None:
        group.is_asked = False
        if is_there(self):
            self.failed.emit(str(error))


async def _read(question: Question, metrics: "Readable") -> list[Line]:
    return await metrics.read(question)


def is_same(one: Line, other: Line) -> bool:
    """Whether two lines are of the same metric and thing."""
    return one.name == other.name and one.series == other.series


def arrays(line: Line) -> tuple[Floats, Floats]:
    """The times at which the steps of a line begin, and its values; nan for what isn't known."""
    times = line.start + line.step * np.arange(len(line.values), dtype=np.float64)
    return times, np.array(line.values, dtype=np.float64)
