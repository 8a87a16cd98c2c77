"""The dock of metrics once it is seen: a list of charts to pick from, and a wall of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.living import is_there
from app.metrics.bar import Bar
from app.metrics.compare_dialog import CompareDialog, names_of, told
from app.metrics.exporting import as_csv
from app.metrics.feed import LiveFeed
from app.metrics.picker import Picker
from app.metrics.run_feed import RunFeed
from app.plots.axes import clock
from app.plots.card import PlotCard
from app.plots.span import Span
from app.plots.wall import Wall
from app.presenters.amounts import amount
from app.presenters.charts import Chart, Scope, charts_of, title_of, words_of
from app.presenters.scope_choices import choices, meant
from app.presenters.shown_charts import Shown, ShownCharts
from app.presenters.windows import Window, window_called
from app.studio import Studio
from runtime.journal.contract import RunRow
from runtime.metrics.series import Overview

CHARTS, WINDOW = "metrics/charts", "metrics/window"

OFTEN = 10_000
"""Milliseconds between two looks at what there is to choose from."""

NOTHING_YET = "Charts appear here once the runtime is ready."
NONE_PICKED = "Tick a chart in the list to see it here."


class Panel(QWidget):
    """Puts together what is asked, what is picked, and what is drawn."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._charts: list[Chart] = []
        self._overview = Overview([], [])
        self._scope = Scope()
        self.shown = ShownCharts(studio.preferences.text(CHARTS))
        window = window_called(studio.preferences.text(WINDOW))
        self.span = Span(float(window.seconds), self)
        self._live = LiveFeed(studio.bridge, window, self)
        self.feed: LiveFeed | RunFeed = self._live
        self.cards: dict[Shown, PlotCard] = {}
        exports = (
            ("Save the values as CSV…", self.ask_for_csv),
            ("Save the picture as PNG…", self.ask_for_png),
        )
        self.bar = Bar(self, exports)
        self.bar.show_window(window)
        self.picker = Picker(self)
        self.wall = Wall(self)
        self.empty = QLabel(NOTHING_YET, self)
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self._often = QTimer(self, interval=OFTEN)
        self._lay_out()
        self._connect()

    # What is shown.

    def look_around(self) -> None:
        """See what there is to choose from."""
        if self._studio.bridge.state in ("ready", "elsewhere") and self.isVisible():
            self._studio.bridge.measure(
                lambda metrics: metrics.overview(), self._take_overview, lambda _: None
            )

    def refresh(self) -> None:
        """Show the charts that are picked, of what is chosen."""
        shown = self._wanted()
        for gone in [one for one in self.cards if one not in shown]:
            self.cards.pop(gone).deleteLater()
        for one in shown:
            if one not in self.cards:
                self.cards[one] = self._card(one)
        now = self._meant()
        for one in shown:
            is_told = one.is_pinned or one.scope != now
            self.cards[one].show_scope(words_of(one.scope, self._called) if is_told else "")
        self.feed.show([(one.chart, one.scope) for one in shown])
        self.wall.show_cards([self.cards[one] for one in shown])
        self.pages.setCurrentWidget(self.wall if shown else self.empty)
        self.empty.setText(NONE_PICKED if self._charts else NOTHING_YET)
        self._draw()

    def choose_scope(self, scope: Scope) -> None:
        """Let charts that aren't pinned be of something else."""
        self._scope = scope
        self.refresh()

    def choose_window(self, window: Window) -> None:
        """Show another stretch of time."""
        self._studio.preferences.remember(WINDOW, window.title)
        self._live.look_at(window)
        self.span.show_last(float(window.seconds))

    def pick(self, id: str, wanted: bool) -> None:
        """Show a chart or no longer."""
        self.shown.pick(id, wanted)
        self._remember()

    def pause(self, paused: bool) -> None:
        """Let everything stand still, or go on."""
        self.feed.run(self.isVisible() and not paused)

    def compare(self, first: RunRow, second: RunRow) -> None:
        """Lay the charts of two runs over each other."""
        names = names_of(first, second)
        self._use(RunFeed(self._studio.bridge, (first, second), names, self))
        self.bar.show_compared("Two runs compared", " and ".join(map(told, (first, second))))

    def back_to_live(self) -> None:
        """Show what happens again."""
        self.bar.show_compared("", "")
        self._use(self._live)
        self.span.show_last(self._live.length)

    # Files.

    def ask_for_csv(self) -> None:
        """Ask where to, then save the values that are seen."""
        self._ask_for_file("metrics.csv", "Values (*.csv)", self.save_csv)

    def ask_for_png(self) -> None:
        """Ask where to, then save a picture of the charts."""
        self._ask_for_file("metrics.png", "Pictures (*.png)", self.save_png)

    def save_csv(self, file: str) -> None:
        """Save the values that are seen."""
        try:
            Path(file).write_text(as_csv(list(self.cards.values())), encoding="utf-8")
        except OSError as error:
            self._say_unsaved(file, error.strerror or str(error))

    def save_png(self, file: str) -> None:
        """Save a picture of all charts, those that have to be scrolled to as well."""
        if not self.wall.inside.grab().save(file, "PNG"):
            self._say_unsaved(file, "the picture can't be written there")

    # How it is done.

    def _wanted(self) -> list[Shown]:
        wanted = self.shown.shown(self._charts, self._meant())
        if self.feed is self._live:
            return wanted
        one_each = {one.chart: one for one in wanted if one.chart.of != "everything"}
        return [one._replace(is_pinned=False) for one in one_each.values()]

    def _meant(self) -> Scope:
        bench = self._studio.workspace.current
        flow = bench.document.flow.name or "Untitled" if bench else ""
        selected = bench.address(min(bench.selected)) if bench and bench.selected else ""
        return meant(self._scope, flow, selected)

    def _card(self, shown: Shown) -> PlotCard:
        chart, scope, is_pinned = shown
        card = PlotCard(
            self.span, title_of(chart, scope), chart.unit, chart.about, self.wall.inside
        )
        card.show_pinned(is_pinned)
        card.pin_toggled.connect(lambda wanted: self._pin(shown, wanted))
        card.close_wanted.connect(lambda: self._drop(shown))
        return card

    def _pin(self, shown: Shown, wanted: bool) -> None:
        (self.shown.pin if wanted else self.shown.unpin)(shown.chart.id, shown.scope)
        self._remember()

    def _drop(self, shown: Shown) -> None:
        self.shown.drop(shown)
        self._remember()

    def _remember(self) -> None:
        self._studio.preferences.remember(CHARTS, self.shown.remembered())
        self.picker.refresh()
        self.refresh()

    def _draw(self) -> None:
        for shown, card in self.cards.items():
            drawn = self.feed.lines(shown.chart, shown.scope, self._called)
            card.show_lines(drawn, elapsed=self.feed.elapsed)

    def _called(self, flow: str, block: str) -> str:
        """A block by its title, where its flow is in front."""
        bench = self._studio.workspace.current
        return bench.title_at(block) if bench and bench.document.flow.name == flow else block

    def _take_overview(self, overview: Overview) -> None:
        if not is_there(self):
            return
        is_new = overview.metrics != self._overview.metrics
        self._overview = overview
        self.bar.show_choices(choices(overview.series), self._scope)
        if is_new:
            self._charts = charts_of(overview.metrics)
            self.picker.show_charts(self._charts, self.shown.is_picked)
            self.refresh()

    def _on_values(self) -> None:
        self._draw()
        if self.feed.elapsed:
            self.span.length = self.feed.length
        self.span.advance(self.feed.newest)

    def _use(self, feed: LiveFeed | RunFeed) -> None:
        self.feed.run(False)
        if self.feed is not self._live:
            self.feed.deleteLater()
        self.feed = feed
        if feed is not self._live:
            feed.changed.connect(self._on_values)
        self.span.follows = True
        self.refresh()
        self.pause(self.bar.pause.isChecked() and feed is self._live)

    def _follow_front(self, _: object = None) -> None:
        """Another flow is in front, or another block selected."""
        bench = self._studio.workspace.current
        if bench is not None:
            bench.selection_changed.connect(
                self._follow_soon.start, Qt.ConnectionType.UniqueConnection
            )
        if self._scope.follows:
            self._follow_soon.start()

    def _follow(self) -> None:
        if self._scope.follows:
            self.refresh()

    def _on_runtime(self, _: object = None) -> None:
        if self._studio.bridge.state in ("ready", "elsewhere"):
            self._live.begin_anew()
            self.look_around()

    def _show_pointer(self) -> None:
        at = self.span.pointer
        told = "" if at is None else amount(at, "seconds") if self.feed.elapsed else clock(at, 1)
        self.bar.pointer.setText(told)

    def _ask_for_runs(self) -> None:
        self._studio.bridge.look(lambda journal: journal.runs(limit=100), self._ask_which)

    def _ask_which(self, runs: Sequence[RunRow]) -> None:
        if len(runs) < 2:
            self._studio.notices.tell("There are no two runs to compare yet.", key="compare")
            return
        bench = self._studio.workspace.current
        near = (bench.run, bench.before) if bench else ()
        preferred = [live.run for live in near if live is not None]
        CompareDialog(self, runs, preferred, self.compare).open()

    def _ask_for_file(self, name: str, kind: str, then: Callable[[str], object]) -> None:
        dialog = QFileDialog(self, "Save", name, kind)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(name.rpartition(".")[2])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(then)
        dialog.open()

    def _say_unsaved(self, file: str, why: str) -> None:
        text = f"{Path(file).name} was not saved: {why}. Choose another place."
        self._studio.notices.tell(text, "error", key="metrics")

    def _tell_trouble(self, why: str) -> None:
        self._studio.notices.tell(why, "warning", key="metrics")

    # How it is made.

    def _lay_out(self) -> None:
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.wall)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pages, 1)
        splitter = QSplitter(self)
        splitter.addWidget(self.picker)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([210, 800])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)

    def _connect(self) -> None:
        self._follow_soon = QTimer(self, singleShot=True, interval=100)
        self._follow_soon.timeout.connect(self._follow)
        self._often.timeout.connect(self.look_around)
        self.bar.scope_chosen.connect(self.choose_scope)
        self.bar.window_chosen.connect(self.choose_window)
        self.bar.pause_toggled.connect(self.pause)
        self.bar.reset_wanted.connect(self.span.reset)
        self.bar.compare_wanted.connect(self._ask_for_runs)
        self.bar.live_wanted.connect(self.back_to_live)
        self.picker.toggled.connect(self.pick)
        self._live.changed.connect(self._on_values)
        self._live.failed.connect(self._tell_trouble)
        self.span.pointed.connect(self._show_pointer)
        self.span.changed.connect(lambda: self.bar.show_following(self.span.follows))
        self._studio.bridge.state_changed.connect(self._on_runtime)
        self._studio.workspace.current_changed.connect(self._follow_front)
        self._studio.theme.changed.connect(self.restyle)
        self._follow_front()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        self.bar.restyle()
        for card in self.cards.values():
            card.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_around()
        self._often.start()
        self.pause(self.bar.pause.isChecked())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._often.stop()
        self.feed.run(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space in a plot lets all stand still, and go on."""
        if event.key() == Qt.Key.Key_Space:
            self.bar.pause.toggle()
        else:
            super().keyPressEvent(event)
