"""The list of a flow's tests, with what came of each."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.icons import icon
from app.presenters.cases import COLUMNS, CaseRow
from app.tables import Index, Rows, quiet
from app.theme import current

NAME, WHAT, TOOK = range(3)
NAMES = 170
"""Pixels for the names, where there is room."""


class CaseModel(Rows[CaseRow]):
    """Tests as rows, in the order of their file."""

    columns = COLUMNS

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def show_rows(self, rows: Sequence[CaseRow]) -> None:
        """Show these, without taking the selection away where the tests are the same."""
        same = [row.name for row in rows] == [row.name for row in self.rows]
        if same and rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, TOOK), [])
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[index.column()]
            case Qt.ItemDataRole.DecorationRole if index.column() == NAME:
                return icon(row.icon, getattr(current(), row.colour))
            case Qt.ItemDataRole.ForegroundRole if index.column() != NAME:
                quiet = row.stale or row.colour != "failed" or index.column() == TOOK
                return QColor(current().muted if quiet else current().failed)
            case Qt.ItemDataRole.ToolTipRole:
                return row.about
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == NAME:
                return f"{row.name}, {row.state}"
        return None


class CaseTable(QTableView):
    """Any number of tests can be selected, and the one with the cursor is told of."""

    def __init__(self, model: CaseModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.cases = model
        self.setModel(model)
        self.setAccessibleName("Tests of the flow")
        self.setMinimumWidth(300)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        quiet(self, 28)
        header = self.horizontalHeader()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(TOOK, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(NAME, NAMES)
        self.setColumnWidth(TOOK, 68)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What came of a test can be read in a narrow table too."""
        super().resizeEvent(event)
        if (room := self.viewport().width() * 2 // 5) < NAMES:
            self.setColumnWidth(NAME, room)

    def current_name(self) -> str:
        """The test with the cursor, "" for none."""
        row = self.currentIndex().row()
        return self.cases.rows[row].name if 0 <= row < len(self.cases.rows) else ""

    def chosen(self) -> list[str]:
        """The selected tests, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.cases.rows[row].name for row in rows]

    def choose(self, name: str) -> None:
        """Put the cursor on a test."""
        for number, row in enumerate(self.cases.rows):
            if row.name == name:
                self.selectRow(number)
                self.scrollTo(self.cases.index(number, NAME))
