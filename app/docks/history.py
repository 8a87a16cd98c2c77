"""The runs of the past: found, looked at, compared, done again, carried elsewhere."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.history.comparing import Compared, compare_runs
from app.history.comparison_view import ComparisonView
from app.history.differences import Differences
from app.history.filter_bar import FilterBar
from app.history.listing import Listing
from app.history.run_table import RunTable
from app.icons import icon
from app.presenters.past_runs import PastRun
from app.running.past_runs import on_its_flow
from app.studio import Studio
from runtime.commands import Answer, PruneRuns
from runtime.events import ENDINGS, RunInterrupted, RunStarted
from runtime.journal.contract import RunRow

DELAY = 400
"""Milliseconds after a run has begun or ended until the list is read again."""

NEWS = (RunStarted, RunInterrupted, *ENDINGS)
"""After one of these the list is another."""

NOTHING_YET = "Runs appear here once a flow has run."
NOTHING_FOUND = "No run is like that."


class History(QWidget):
    """Reads the journal when it is seen and when a run has begun or ended."""

    export_wanted = Signal(RunRow)
    """A run is to be written into a file."""
    open_wanted = Signal()
    """A file with a run in it is to be opened."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.filter = FilterBar(self)
        self.table = RunTable(self)
        self.listing = Listing(studio.bridge, self.filter, self._front_name, self)
        self.comparison = ComparisonView(self)
        self._differences = Differences(self)
        self.empty, self.progress = QLabel(NOTHING_YET, self), QLabel(self)
        self._more = QToolButton(self)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._offer()
        self._restyle()

    # What is listed.

    def read(self) -> None:
        """List the runs as the journal has them now."""
        if self._studio.bridge.state in ("ready", "elsewhere") and self.isVisible():
            self.listing.read()

    def run_at(self, row: int) -> RunRow:
        """The run of a row."""
        return self.table.runs.rows[row].row

    def _list(self) -> None:
        listed = self.listing.runs()
        self.table.show_runs(listed, has_more=self.listing.has_more)
        self.empty.setText(NOTHING_FOUND if self.filter.is_narrow else NOTHING_YET)
        if self.listing.trouble:
            self.empty.setText(self.listing.trouble)
        self._rows.setCurrentWidget(self.table if listed else self.empty)
        self.progress.setText(self.listing.progress)
        self.progress.setVisible(bool(self.listing.progress))
        self._stop.setVisible(self.listing.is_searching)

    # What is done with a run.

    def open(self, row: int) -> None:
        """Show a run on its flow: the one in front if it is of that, or else as it was then."""
        self._show(self.run_at(row))

    def again(self, row: int) -> None:
        """Repeat a run with the flow as it was."""
        self._again(self.run_at(row))

    def compare(self, before: str, after: str) -> None:
        """Show how a run differs from another, here and on its flow."""
        compare_runs(
            self._studio.bridge, self._studio.catalog, (before, after), self._show_comparison,
            lambda error: self._studio.notices.tell(str(error), "error", key="compare"),
        )  # fmt: skip

    def forget(self, days: float | None) -> None:
        """Forget ended runs older than that, all of them for None."""

        def done(answer: Answer) -> None:
            count = f"{answer.count:,} run{'' if answer.count == 1 else 's'}"
            self._studio.notices.tell(f"Forgot {count}.", key="prune")
            self.read()

        self._studio.bridge.ask(PruneRuns(days=0 if days is None else days), done)

    def _show(self, run: RunRow) -> None:
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.show(bench, run.run))

    def _again(self, run: RunRow) -> None:
        # What came from elsewhere is granted only what a person agreed to here.
        as_it_was = not run.origin
        on_its_flow(
            self._studio, run, lambda b: self._studio.runs.replay(b, run.run, as_it_was=as_it_was)
        )

    def _resume(self, run: RunRow) -> None:
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.resume(bench, run.run))

    def compare_selected(self) -> None:
        """Compare the two runs that are selected, the older one first."""
        after, before = (run.row.run for run in self.table.selected()[:2])
        self.compare(before, after)

    def _show_comparison(self, compared: Compared) -> None:
        def show(bench: object) -> None:
            front = self._studio.workspace.current
            title = front.title_at if front is not None else str
            self.comparison.show_comparison(compared, title)
            self._pages.setCurrentWidget(self.comparison)
            if front is not None:
                self._studio.runs.show(front, compared.after.run)
                self._differences.show(front, compared.after.run, compared.found)

        on_its_flow(self._studio, compared.after, show)

    def _leave_comparison(self) -> None:
        self._pages.setCurrentIndex(0)
        self._differences.clear()
        self.table.setFocus()

    def _swap(self) -> None:
        if (runs := self.comparison.runs) is not None:
            self.compare(runs[1], runs[0])

    def _go_to(self, address: str) -> None:
        if address and (front := self._studio.workspace.current) is not None:
            front.go_to_address(address)

    # What is offered.

    def _offer(self) -> None:
        """Only what can be done with the runs that are selected."""
        selected = self.table.selected()
        one = selected[0] if len(selected) == 1 else None
        self._compare.setEnabled(len(selected) == 2)
        for button in (self._open, self._run_again):
            button.setEnabled(one is not None)
        self._go_on.setVisible(one is not None and one.can_resume)

    def _row_menu(self) -> QMenu:
        """What can be done with what is selected."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selected = self.table.selected()
        if len(selected) == 2:
            _add(menu, "Compare the two", self.compare_selected)
        elif len(selected) == 1:
            self._offer_for(selected[0], menu)
        return menu

    def _offer_for(self, chosen: PastRun, menu: QMenu) -> None:
        run = chosen.row
        _add(menu, "Show on the canvas", partial(self._show, run))
        _add(menu, "Run again as it was", partial(self._again, run))
        if chosen.can_resume:
            _add(menu, "Resume", partial(self._resume, run))
        menu.addSeparator()
        if (before := self._one_before(chosen)) is not None:
            _add(menu, "Compare with the run before", partial(self.compare, before.run, run.run))
        if run.replays:
            _add(menu, "Compare with the run it repeats",
                 partial(self.compare, run.replays, run.run))  # fmt: skip
        if (shown := self._shown_run()) and shown != run.run:
            _add(menu, "Compare with the run that is shown", partial(self.compare, run.run, shown))
        menu.addSeparator()
        _add(menu, "Export…", partial(self.export_wanted.emit, run))
        _add(menu, "Copy its id", partial(QGuiApplication.clipboard().setText, run.run))

    def _one_before(self, chosen: PastRun) -> RunRow | None:
        """The run of the same flow before one."""
        run = chosen.row
        earlier = (other.row for other in self.table.runs.rows if other.row.started < run.started)
        return next((r for r in earlier if (r.name or r.flow) == (run.name or run.flow)), None)

    def _shown_run(self) -> str:
        front = self._studio.workspace.current
        return front.live.run if front is not None and front.live is not None else ""

    def _list_menu(self) -> QMenu:
        menu = QMenu(self)
        _add(menu, "Open a run from a file…", self.open_wanted.emit)
        menu.addSeparator()
        _add(menu, "Read again", self.read)
        _add(menu, "Forget runs older than a week", lambda: self.forget(7))
        _add(menu, "Forget all ended runs", lambda: self.forget(None))
        return menu

    # How it is made.

    def _make_buttons(self) -> None:
        self._compare = self._tool("Compare two runs: select both first", self.compare_selected)
        self._open = self._tool("Show the run on the canvas", self._for_one(self._show))
        self._run_again = self._tool("Run again as it was", self._for_one(self._again))
        self._go_on = self._tool("Go on with the interrupted run", self._for_one(self._resume))
        self._stop = QPushButton("Stop", self)
        self._stop.setProperty("small", True)
        self._stop.setToolTip("Look no further")
        self._stop.clicked.connect(self.listing.stop)
        self._more.setToolTip("Open a run from a file, read again, or forget old runs")
        self._more.setAccessibleName("More about runs")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._list_menu())

    def _tool(self, tip: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(":")[0])
        button.clicked.connect(lambda: do())
        return button

    def _for_one(self, do: Callable[[RunRow], object]) -> Callable[[], object]:
        """What does it with the run that is selected."""
        return lambda: [do(run.row) for run in self.table.selected()[:1]]

    def _lay_out(self) -> None:
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self.progress.setProperty("role", "small")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 8, 4)
        bar.setSpacing(4)
        bar.addWidget(self.filter, 1)
        for widget in (self.progress, self._stop, self._compare, self._open, self._run_again,
                       self._go_on, self._more):  # fmt: skip
            bar.addWidget(widget)
        listed = QWidget(self)
        self._rows = QStackedLayout()
        self._rows.addWidget(self.empty)
        self._rows.addWidget(self.table)
        box = QVBoxLayout(listed)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addLayout(self._rows, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(listed)
        self._pages.addWidget(self.comparison)

    def _connect(self) -> None:
        studio = self._studio
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.read)
        self.listing.changed.connect(self._list)
        self.table.runs.more.connect(self.listing.read_on)
        self.table.chosen.connect(self._offer)
        self.table.activated.connect(lambda index: self.open(index.row()))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(
            lambda point: self._row_menu().popup(self.table.viewport().mapToGlobal(point))
        )
        self.comparison.back.connect(self._leave_comparison)
        self.comparison.swap.connect(self._swap)
        self.comparison.shown.connect(self._go_to)
        studio.bridge.state_changed.connect(self._news)
        studio.runs.watching.ended.connect(self._news)
        studio.bridge.happened.connect(self._hear)
        studio.workspace.current_changed.connect(self._news)
        studio.theme.changed.connect(self._restyle)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def _news(self, *_: object) -> None:
        if self.isVisible() and not self._soon.isActive():  # news without end put nothing off
            self._soon.start()

    def _hear(self, events: Any) -> None:
        """Runs begin and end elsewhere as well."""
        if self.isVisible() and any(isinstance(event, NEWS) for event in events):
            self._news()

    def _front_name(self) -> str:
        front = self._studio.workspace.current
        return front.spoken_name if front else ""

    def _restyle(self) -> None:
        for tool, name in (
            (self._compare, "mdi6.compare"), (self._open, "mdi6.eye-outline"),
            (self._run_again, "mdi6.restart"), (self._go_on, "mdi6.play-circle-outline"),
            (self._more, "mdi6.dots-horizontal"),
        ):  # fmt: skip
            tool.setIcon(icon(name))
        self.filter.restyle()
        self.comparison.restyle()
        self.table.viewport().update()


def _add(menu: QMenu, title: str, do: Callable[[], object]) -> None:
    action = QAction(title, menu)
    action.triggered.connect(lambda: do())
    menu.addAction(action)


DOCK = Dock("runs", "History", "mdi6.history", "bottom", History, order=20)
