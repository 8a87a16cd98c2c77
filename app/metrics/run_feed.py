"""The course of two runs, each from its own beginning, to be laid over each other."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.bridge import Bridge
from app.living import is_there
from app.metrics.feed import EVERY, Readable, Wanted, arrays
from app.plots.plot import Drawn
from app.plots.ring import Ring
from app.presenters.charts import Chart, Scope
from graph.errors import HeddleError
from runtime.journal.contract import RunRow
from runtime.metrics.series import Line, Question

STEPS = 300


class RunFeed(QObject):
    """Asked again while one of the runs goes on."""

    changed = Signal()
    failed = Signal(str)
    elapsed = True

    def __init__(
        self, bridge: Bridge, runs: Sequence[RunRow], names: Sequence[str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._runs, self._names = runs, names
        self._charts: Sequence[Chart] = ()
        self._scope = Scope()
        self._lines: list[list[Line]] = [[] for _ in runs]
        self._drawn: dict[str, list[Drawn]] = {}
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self._ask_again)
        self.newest = 0.0

    @property
    def length(self) -> float:
        """Seconds of the longer run."""
        return self.newest or 1.0

    def run(self, wanted: bool) -> None:
        """Ask now, and again while there is more to come; or no longer."""
        if wanted and not self._timer.isActive():
            self._timer.start()
            self.ask()
        elif not wanted:
            self._timer.stop()

    def show(self, wanted: Wanted) -> None:
        """Be asked for these charts from now on."""
        self._charts = [chart for chart, _ in wanted]
        self._scope = next((scope for _, scope in wanted if scope.block), Scope())
        if self._timer.isActive():
            self.ask()

    def ask(self) -> None:
        """Read both runs."""
        if self._bridge.state in ("ready", "elsewhere") and self._charts:
            for at in range(len(self._runs)):
                self._read(at)

    def lines(self, chart: Chart, *_: object) -> list[Drawn]:
        """One line for each run."""
        return self._drawn.get(chart.id, [])

    def _ask_again(self) -> None:
        if any(run.ended is None for run in self._runs):
            self.ask()

    def _read(self, at: int) -> None:
        names = tuple(dict.fromkeys(chart.metrics[chart.main] for chart in self._charts))
        scope = self._scope
        question = Question(
            names, "block" if scope.block else "everything", block=scope.block, points=STEPS
        )
        self._bridge.measure(
            partial(_of_run, self._runs[at].run, question), partial(self._take, at), self._fail
        )

    def _take(self, at: int, answer: list[Line]) -> None:
        if not is_there(self):
            return  # nobody compares any more
        self._lines[at] = answer
        ends = [line.step * len(line.values) for lines in self._lines for line in lines]
        self.newest = max(ends, default=0.0)
        self._drawn = {chart.id: self._draw(chart) for chart in self._charts}
        self.changed.emit()

    def _draw(self, chart: Chart) -> list[Drawn]:
        name = chart.metrics[chart.main]
        drawn = []
        for at, lines in enumerate(self._lines):
            for line in (line for line in lines if line.name == name):
                ring = Ring(max(1, len(line.values)))
                ring.add(*arrays(line))
                drawn.append(Drawn(ring, self._names[at], dashed=at > 0))
                break
        return drawn

    def _fail(self, error: HeddleError) -> None:
        if is_there(self):
            self.failed.emit(str(error))


async def _of_run(run: str, question: Question, metrics: Readable) -> list[Line]:
    return await metrics.of_run(run, question)
