"""The table of past runs."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.icons import icon
from app.presenters.past_runs import COLUMNS, PastRun
from app.tables import Index, Rows, quiet
from app.theme import current

WIDTHS = (110, 180, 120, 80)


class RunModel(Rows[PastRun]):
    """Past runs as rows. `more` is asked once the last of them is seen."""

    columns = COLUMNS

    more = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.has_more = False

    def show_runs(self, runs: Sequence[PastRun], *, has_more: bool = False) -> None:
        self.beginResetModel()
        self.rows, self.has_more = runs, has_more
        self.endResetModel()

    def canFetchMore(self, parent: Index) -> bool:
        return self.has_more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:  # noqa: ARG002 - Qt's
        self.has_more = False
        self.more.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return run.texts[index.column()]
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return icon(run.icon, getattr(current(), run.colour))
            case Qt.ItemDataRole.DecorationRole if index.column() == 1 and run.is_from_elsewhere:
                return icon("mdi6.import", current().muted)
            case Qt.ItemDataRole.ToolTipRole:
                return run.about
        return None


class RunTable(QTableView):
    """One run or several can be selected; what is selected stays so when the list is read anew."""

    chosen = Signal()
    """Others are selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.runs = RunModel(self)
        self.setModel(self.runs)
        self.setAccessibleName("Past runs")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        quiet(self, 28)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def show_runs(self, runs: Sequence[PastRun], *, has_more: bool = False) -> None:
        """List these, keeping the selection and the place as far as they are still there."""
        selected, at = {run.row.run for run in self.selected()}, self.verticalScrollBar().value()
        self.runs.show_runs(runs, has_more=has_more)
        self.select(lambda run: run.row.run in selected)
        self.verticalScrollBar().setValue(at)
        self.chosen.emit()

    def select(self, wanted: Callable[[PastRun], bool]) -> None:
        """Select the runs that are wanted."""
        found = QItemSelection()
        rows = [row for row, run in enumerate(self.runs.rows) if wanted(run)]
        for row in rows:
            index = self.runs.index(row, 0)
            found.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(found, flags.ClearAndSelect | flags.Rows)
        if rows:
            current = self.runs.index(rows[0], 0)
            self.selectionModel().setCurrentIndex(current, flags.NoUpdate)

    def selected(self) -> list[PastRun]:
        """The runs that are selected, newest first."""
        rows = {index.row() for index in self.selectionModel().selectedRows()}
        return [self.runs.rows[row] for row in sorted(rows) if row < len(self.runs.rows)]
