"""A value as a table of any length: sorted by a click, copied as spreadsheets take it."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.presenters.tables import Load, Table, as_text, one_line

Index = QModelIndex | QPersistentModelIndex
WIDEST, NARROWEST = 360, 60
SIZED_BY = 40
"""Rows that decide how wide columns are at first."""

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LONGEST_TIP = 2000


class TableModel(QAbstractTableModel):
    """Asks the table only for what is seen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.table = Table([])
        self.load: Load | None = None
        """Loads more of a large value; without it only the beginning is seen."""

    def show_value(self, value: Any) -> None:
        self.beginResetModel()
        self.table = Table(value, self.load, self._came)
        self.endResetModel()

    def _came(self, first: int, last: int) -> None:
        """These rows are there now."""
        if last < self.rowCount() and self.table.columns:
            end = self.index(last, self.columnCount() - 1)
            self.dataChanged.emit(self.index(first, 0), end, [])

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.table)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(self.table.value(index.row(), index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return as_text(self.table.value(index.row(), index.column()))[:LONGEST_TIP]
            case Qt.ItemDataRole.TextAlignmentRole:
                value = self.table.value(index.row(), index.column())
                number = isinstance(value, int | float) and not isinstance(value, bool)
                return RIGHT if number else None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self.table.number(section))
        return self.table.columns[section]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self.table.sort(column, order == Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


class TableView(QTableView):
    """Shows one value; Ctrl+C copies the selected rows and columns, or all."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = TableModel(self)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Result as a table")
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(26)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setResizeContentsPrecision(SIZED_BY)
        header.setMinimumSectionSize(NARROWEST)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def show_value(self, value: Any) -> None:
        """Show a value, columns as wide as they need to be."""
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._model.show_value(value)
        self.setSortingEnabled(self._model.table.can_be_sorted)
        self.resizeColumnsToContents()
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, min(WIDEST, self.columnWidth(column) + 12))

    def load_with(self, load: Load | None) -> None:
        """Load more of large values with this."""
        self._model.load = load

    def text(self, separator: str = "\t") -> str:
        """What is selected, or everything."""
        table = self._model.table
        chosen = self.selectionModel().selectedIndexes()
        rows = sorted({index.row() for index in chosen}) or range(len(table))
        columns = sorted({index.column() for index in chosen}) or range(len(table.columns))
        return table.text(rows, columns, separator=separator)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, as spreadsheets take it."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            event.accept()
            return
        super().keyPressEvent(event)
