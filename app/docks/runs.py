"""The runs of the past: what became of them, and what can be done with them again."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.icons import icon
from app.presenters.past_runs import COLUMNS, PastRun, past_runs
from app.running.past_runs import on_its_flow
from app.studio import Studio
from app.theme import current
from runtime.commands import Answer, PruneRuns
from runtime.journal.contract import RunRow

Index = QModelIndex | QPersistentModelIndex
MOST = 500
"""Runs that are listed."""

DELAY = 400
"""Milliseconds after a run has begun or ended until the list is read again."""


class RunModel(QAbstractTableModel):
    """Past runs as rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.runs: Sequence[PastRun] = ()

    def show_runs(self, runs: Sequence[PastRun]) -> None:
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.runs[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return run.texts[index.column()]
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return icon(run.icon, getattr(current(), run.colour))
            case Qt.ItemDataRole.ToolTipRole:
                return run.about
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None


class Runs(QWidget):
    """Reads the journal when it is seen and when a run has begun or ended."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.model = RunModel(self)
        self.table = self._make_table()
        self.only_this = QCheckBox("Only this flow", self)
        self.only_this.toggled.connect(lambda _: self.read())
        self.empty = QLabel("Runs appear here once a flow has run.", self)
        self.empty.setProperty("role", "empty")
        self._more = QToolButton(self)
        self._more.setToolTip("Read again, or forget old runs")
        self._more.setAccessibleName("More about runs")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._list_menu())
        self._buttons = [
            self._button("Show", "Show the run on the canvas", self.open),
            self._button("Run again", "Run again as it was", self.again),
            self._button("Resume", "Go on with a run that was interrupted", self.resume),
        ]
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._offer)
        self.model.modelReset.connect(self._offer)
        self._offer()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.read)
        studio.bridge.state_changed.connect(self._news)
        studio.runs.watching.ended.connect(self._news)
        studio.workspace.current_changed.connect(self._news)
        studio.theme.changed.connect(self._restyle)
        self._restyle()

    def read(self) -> None:
        """List the runs as the journal has them now."""
        if self._studio.bridge.state not in ("ready", "elsewhere") or not self.isVisible():
            return
        flow = self._front_name() if self.only_this.isChecked() else ""
        self._studio.bridge.look(
            lambda journal: journal.runs(flow=flow, limit=MOST), self._show, lambda _: None
        )

    def run_at(self, row: int) -> RunRow:
        """The run of a row."""
        return self.model.runs[row].row

    def open(self, row: int) -> None:
        """Show a run on its flow: the one in front if it is of that, or else as it was then."""
        run = self.run_at(row)
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.show(bench, run.run))

    def again(self, row: int) -> None:
        """Repeat a run with the flow as it was."""
        run = self.run_at(row)
        on_its_flow(
            self._studio, run, lambda b: self._studio.runs.replay(b, run.run, as_it_was=True)
        )

    def resume(self, row: int) -> None:
        """Go on with a run that was interrupted."""
        run = self.run_at(row)
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.resume(bench, run.run))

    def forget(self, days: float | None) -> None:
        """Forget ended runs older than that, all of them for None."""

        def done(answer: Answer) -> None:
            count = f"{answer.count:,} run{'' if answer.count == 1 else 's'}"
            self._studio.notices.tell(f"Forgot {count}.", key="prune")
            self.read()

        self._studio.bridge.ask(PruneRuns(days=0 if days is None else days), done)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    # How it is made.

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName("Past runs")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in enumerate((130, 200, 150, 100)):
            table.setColumnWidth(column, width)
        table.activated.connect(lambda index: self.open(index.row()))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(
            lambda point: self._row_menu(table.indexAt(point).row()).popup(
                table.viewport().mapToGlobal(point)
            )
        )
        return table

    def _button(self, title: str, tip: str, do: Callable[[int], object]) -> QPushButton:
        button = QPushButton(title, self)
        button.setProperty("small", True)
        button.setToolTip(tip)
        button.clicked.connect(lambda: do(self.table.currentIndex().row()))
        return button

    def _offer(self, *_: object) -> None:
        """Only what can be done with the run that is selected."""
        row = self.table.currentIndex().row()
        show, again, resume = self._buttons
        show.setEnabled(row >= 0)
        again.setEnabled(row >= 0)
        resume.setVisible(row >= 0 and self.model.runs[row].can_resume)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 8, 4)
        bar.setSpacing(6)
        bar.addWidget(self.only_this)
        bar.addStretch(1)
        for button in self._buttons:
            bar.addWidget(button)
        bar.addWidget(self._more)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addLayout(self._stack, 1)

    def _list_menu(self) -> QMenu:
        menu = QMenu(self)
        _add(menu, "Read again", self.read)
        menu.addSeparator()
        _add(menu, "Forget runs older than a week", lambda: self.forget(7))
        _add(menu, "Forget all ended runs", lambda: self.forget(None))
        return menu

    def _row_menu(self, row: int) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row < 0:
            return menu
        _add(menu, "Show on the canvas", lambda: self.open(row))
        _add(menu, "Run again as it was", lambda: self.again(row))
        if self.model.runs[row].can_resume:
            _add(menu, "Resume", lambda: self.resume(row))
        return menu

    # What it does.

    def _news(self, *_: object) -> None:
        if self.isVisible():
            self._soon.start()

    def _show(self, rows: list[RunRow]) -> None:
        self.model.show_runs(past_runs(rows, datetime.now(UTC)))
        self._stack.setCurrentWidget(self.table if rows else self.empty)

    def _front_name(self) -> str:
        front = self._studio.workspace.current
        return front.document.flow.name if front else ""

    def _restyle(self) -> None:
        self._more.setIcon(icon("mdi6.dots-horizontal"))
        self.table.viewport().update()


def _add(menu: QMenu, title: str, do: Callable[[], object]) -> None:
    action = QAction(title, menu)
    action.triggered.connect(lambda: do())
    menu.addAction(action)


DOCK = Dock("runs", "Runs", "mdi6.history", "bottom", Runs, order=20)
