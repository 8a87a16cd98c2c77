"""The timeline of the run that the flow in front watches."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from app.presenters.time_shares import agents_of, in_a_line, share_rows
from app.studio import Studio
from app.timeline.chart import Chart
from app.timeline.chart_view import Shown
from app.timeline.controls import Controls
from app.timeline.head import Head
from app.timeline.record import SMALL, Known, Record
from app.timeline.summary import Summary
from app.workbench import Workbench

DELAY = 60
"""Milliseconds in which news is gathered before it is shown."""

ROOMY = 520
"""Pixels from which on there is room to tell where the time went beside the chart."""

SUMMARY = "timeline/summary"
AGENTS = {"pure": "Worked out on the spot", "http": "HTTP", "database": "Databases",
          "files": "Files", "code": "Code", "llm": "Models", "mcp": "MCP servers",
          "schema_validator": "Schemas", "ui_sync": "UI sync",
          "database_sync": "Database sync",
          "studio_bridge": "Roblox Studio", "roblox_cloud": "Roblox Open Cloud",
          "roblox_folder": "Roblox folder"}  # fmt: skip
"""By kind of agent: what its lane is called."""

EMPTY = "Run the flow to see here when each block was at work, and to go back to any moment."

READING = "Reading the run…"
LATER = "Where the time went is told when the run is over."


class Panel(QWidget):
    """Reads the run when it is looked at, and shows on the canvas the moment that is chosen."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._front: Workbench | None = None
        self._record: Record | None = None
        self._by_agent = False
        self._titles = dict[str, str]()
        self.chart = Chart(self)
        self.controls = Controls(self.chart, self)
        self.summary = Summary(self)
        self.empty = QLabel(EMPTY, self)
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.refresh)
        self.chart.chosen.connect(self._choose)
        self.chart.entered.connect(self._enter)
        self.summary.chosen.connect(self._choose)
        self.controls.lanes_changed.connect(self._group)
        self.controls.summary_wanted.connect(self._show_summary)
        self.controls.shares.setChecked(studio.preferences.flag(SUMMARY, True))
        studio.workspace.current_changed.connect(self._follow)
        studio.theme.changed.connect(self._restyle)
        self._follow()

    @property
    def known(self) -> Known | None:
        """The run as far as it is known here."""
        return self._record.known if self._record else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._take_up()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        head, known = self.chart.head, self.known
        if head is None or known is None:
            return
        head.pause()
        if head.is_now and not known.line.is_over:
            self._let_go()  # nobody looks: it is read anew when somebody does

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the chart has all of it."""
        super().resizeEvent(event)
        self._place_summary()

    def _lay_out(self) -> None:
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        line = QFrame(self)
        line.setProperty("line", True)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.chart)
        self._split.addWidget(self.summary)
        self._split.setStretchFactor(0, 1)
        shown = QWidget(self)
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addWidget(line)
        column.addWidget(self._split, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    # What is followed.

    def _follow(self) -> None:
        old, self._front = self._front, self._studio.workspace.current
        if old is not None and not old.is_closed:
            old.run_changed.disconnect(self._on_run)
            old.selection_changed.disconnect(self._news)
            old.level_changed.disconnect(self._news)
            old.changed.disconnect(self._rename)
        if (front := self._front) is not None:
            front.run_changed.connect(self._on_run)
            front.selection_changed.connect(self._news)
            front.level_changed.connect(self._news)
            front.changed.connect(self._rename)
        self._titles.clear()
        self._let_go()
        self._take_up()

    def _on_run(self, news: object) -> None:
        """Another run may be watched from now on."""
        if not isinstance(news, frozenset):
            self._take_up()

    def _take_up(self) -> None:
        """Read the run that is watched, unless it is known or nobody looks."""
        live = self._front.live if self._front else None
        if self._record is not None and (live is None or live.run != self._record.run):
            self._let_go()
        if live is None or self._front is None or self._record is not None or not self.isVisible():
            self.refresh()
            return
        self._record = Record(self._studio.bridge, live.run, self._studio.catalog, self)
        self.chart.head = Head(self._record, self._front, self)
        self.chart.head.moved.connect(self._on_head)
        self.chart.is_fitted = True
        self._record.changed.connect(self._news)
        self._record.began.connect(self._begin)
        self._record.read()
        self.refresh()

    def _let_go(self) -> None:
        if self._record is not None:
            self._record.close()
            self._record.deleteLater()
            self._record = None
        if self.chart.head is not None:
            self.chart.head.close()
            self.chart.head.deleteLater()
            self.chart.head = None

    def _begin(self) -> None:
        """The past of the run is known."""
        if self.chart.head is not None:
            self.chart.head.take_up()

    # What is shown.

    def refresh(self) -> None:
        """Show how things stand now."""
        known, front = self.known, self._front
        has_any = known is not None and known.moments.last > 0
        self._stack.setCurrentIndex(1 if has_any else 0)
        is_reading = self._record is not None and self._record.is_reading
        self.empty.setText(READING if is_reading else EMPTY)
        if known is None or front is None or not has_any:
            self.chart.show_run(None, self.chart.head)
            self.controls.refresh(None)
            return
        lanes = known.by_agent if self._by_agent else known.by_block
        selected = frozenset(front.address(id) for id in front.selected)
        self.chart.show_run(Shown(known, lanes, self._title, selected), self.chart.head)
        self.controls.refresh(known)
        self._sum_up(known)

    def _sum_up(self, known: Known) -> None:
        """Say where the time went, as far as that is worked out."""
        if not known.line.is_over and len(known.line.tasks) > SMALL:
            self.summary.show_shares(LATER, ())
            return
        went = agents_of(known.went, known.agent_of) if self._by_agent else known.went
        of = "Agent" if self._by_agent else "Block"
        self.summary.show_shares(in_a_line(went), share_rows(went, self._title), of)

    def _news(self, _: object = None) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _on_head(self) -> None:
        self.chart.moved_head()
        self.controls.refresh(self.known)

    def _rename(self, _: object = None) -> None:
        self._titles.clear()
        self._news()

    def _title(self, name: str) -> str:
        """What a lane or a task is called; looked up once for each block."""
        if self._by_agent and name in AGENTS:
            return AGENTS[name]
        found = self._titles.get(name)
        if found is None and self._front is not None:
            found = self._titles[name] = self._front.title_at(name)
        return found or name

    def _group(self, by_agent: bool) -> None:
        self._by_agent = by_agent
        self.refresh()

    def _show_summary(self, on: bool) -> None:
        self._place_summary()
        self._studio.preferences.remember(SUMMARY, on)

    def _place_summary(self) -> None:
        self.summary.setVisible(self.controls.shares.isChecked() and self.width() >= ROOMY)

    def _restyle(self) -> None:
        self.chart.restyle()
        self.controls.restyle()
        self.controls.refresh(self.known)

    # What is done.

    def _choose(self, name: str) -> None:
        """Select the block on the canvas, which follows."""
        if self._front is not None and (not self._by_agent or name not in AGENTS):
            self._front.go_to_address(name)

    def _enter(self) -> None:
        """Put the keyboard's focus on the canvas."""
        self._studio.actions["go.canvas"].trigger()
