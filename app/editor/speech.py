"""The canvas in words, for those who hear it: how many blocks, which is selected, how it stands."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.presenters.block_status import spending, taken_over
from app.presenters.reading import sources_of, spoken, state_words, title_of
from app.presenters.stop_words import PHASES
from app.runs.control import RunControl
from app.workbench import Workbench

DELAY = 80
MOST_NAMED = 3
"""Selected blocks that are named one by one."""


class Speech(QObject):
    """Keeps the description of a canvas, and says what is newly selected while it has the keys."""

    def __init__(
        self, workbench: Workbench, canvas: QWidget, runs: RunControl | None = None
    ) -> None:
        super().__init__(canvas)
        self._bench, self._canvas = workbench, canvas
        self._runs = runs
        self._said = ""
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.tell)
        for news in (workbench.changed, workbench.selection_changed, workbench.level_changed,
                     workbench.run_changed, workbench.problems_changed):  # fmt: skip
            news.connect(self._start)
        if runs is not None:
            runs.breakpoints.changed.connect(self._start)
            runs.standing.changed.connect(self._start)
        self.tell()

    def _start(self, _: object = None) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def tell(self) -> None:
        """Describe the canvas as it is now."""
        selected = self._selected()
        words = f"{self._overview()}, {selected or 'nothing selected'}"
        if words != self._canvas.accessibleDescription():
            self._canvas.setAccessibleDescription(words)
        if selected != self._said:
            self._said = selected
            if selected and self._canvas.hasFocus() and QAccessible.isActive():
                said = QAccessibleAnnouncementEvent(self._canvas, selected)
                QAccessible.updateAccessibility(said)

    def _overview(self) -> str:
        count = len(self._bench.flow.blocks)
        blocks = f"{count} block" if count == 1 else f"{count} blocks"
        return f"{blocks} in {self._bench.level[-1]}" if self._bench.level else blocks

    def _selected(self) -> str:
        chosen, flow = self._bench.selected, self._bench.flow
        if len(chosen) > MOST_NAMED:
            return f"{len(chosen)} selected"
        sources = sources_of(flow) if chosen else {}
        told = [self._block(id, sources.get(id, [])) for id in flow.blocks if id in chosen]
        return f"selected: {'; '.join(told)}" if told else ""

    def _block(self, id: str, sources: list[str]) -> str:
        bench, flow = self._bench, self._bench.flow
        block = flow.blocks[id]
        view = bench.run.block(bench.address(id)) if bench.run else None
        names = [title_of(flow.blocks[one], bench.catalog) for one in sources if one in flow.blocks]
        problems = bench.problems_here().get(id, ())
        stale = "out of date" if bench.is_stale(bench.address(id)) else ""
        spent = spending(view.tokens, view.cost) if view else ""
        taken = taken_over(view) if view else ""
        states = (*self._stops(id), state_words(view), spent, taken, stale)
        state = ", ".join(filter(None, states))
        return spoken(title_of(block, bench.catalog), "", names, state, problems)

    def _stops(self, id: str) -> list[str]:
        """Whether a run stands at the block, and whether runs stop there."""
        if self._runs is None:
            return []
        bench = self._bench
        held = self._runs.standing.held(bench)
        here = [one for one in held if self._runs.standing.shown(bench, one.task)[0] == id]
        points = self._runs.breakpoints.at(bench, bench.address(id))
        told = [f"the run stands here {PHASES[here[-1].phase]}"] if here else []
        if points:
            on = any(point.enabled for point in points)
            told.append("breakpoint" if on else "disabled breakpoint")
        return told
