"""A list of records, as a grid."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.editor.fields.cells import read_cell, read_pasted, written_cell
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.theme import current
from graph.spec import Parameter

Index = QModelIndex | QPersistentModelIndex
MOST_SHOWN = 9
"""Rows in view; others are scrolled to."""


class Records(QAbstractTableModel):
    """Records as rows; a column for every name that any of them has."""

    edited = Signal()

    def __init__(self, certain: Iterable[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._certain = tuple(certain)
        self.columns: list[str] = list(self._certain)
        self.rows: list[dict[str, Any]] = []

    def show_records(self, rows: list[dict[str, Any]]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = [dict(row) for row in rows]
        used = dict.fromkeys(name for row in rows for name in row)
        kept = [name for name in self.columns if name in used or name in self._certain]
        self.columns = list(dict.fromkeys((*kept, *used)))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = 0) -> Any:
        row, name = self.rows[index.row()], self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return written_cell(row[name]) if name in row else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            value = written_cell(row[name]) if name in row else "nothing"
            return f"{name}, row {index.row() + 1}: {value}"
        return None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        if role == Qt.ItemDataRole.EditRole:
            self._put(index.row(), self.columns[index.column()], str(value))
            self.dataChanged.emit(index, index, [])
            self.edited.emit()
        return role == Qt.ItemDataRole.EditRole

    def _put(self, row: int, name: str, text: str) -> None:
        """Nothing typed leaves the name out of the record."""
        if text == "":
            self.rows[row].pop(name, None)
        else:
            self.rows[row][name] = read_cell(text)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, way: Qt.Orientation, role: int = 0) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        across = way == Qt.Orientation.Horizontal
        return self.columns[section] if across else str(section + 1)

    def add_row(self) -> None:
        self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows))
        self.rows.append({})
        self.endInsertRows()

    def add_column(self, name: str) -> None:
        self.beginInsertColumns(QModelIndex(), len(self.columns), len(self.columns))
        self.columns.append(name)
        self.endInsertColumns()

    def rename_column(self, column: int, name: str) -> None:
        """Call a column otherwise, in every record."""
        old = self.columns[column]
        self.rows = [
            {name if key == old else key: v for key, v in row.items()} for row in self.rows
        ]
        self.columns[column] = name
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)
        self.edited.emit()

    def remove(self, rows: Iterable[int]) -> None:
        """Take rows out."""
        gone = set(rows)
        self.beginResetModel()
        self.rows = [row for number, row in enumerate(self.rows) if number not in gone]
        self.endResetModel()
        self.edited.emit()

    def remove_column(self, column: int) -> None:
        name = self.columns[column]
        self.beginResetModel()
        del self.columns[column]
        self.rows = [{key: v for key, v in row.items() if key != name} for row in self.rows]
        self.endResetModel()
        self.edited.emit()

    def clear_cells(self, indexes: Iterable[QModelIndex]) -> None:
        for index in indexes:
            self._put(index.row(), self.columns[index.column()], "")
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0), [])
        self.edited.emit()

    def paste(self, text: str, row: int, column: int) -> None:
        """Put cells in from a place on; into an empty grid, the first line names the columns."""
        cells = read_pasted(text)
        if not cells:
            return
        self.beginResetModel()
        if not self.rows and len(cells) > 1:
            names, *cells = cells
            self.columns = list(dict.fromkeys((*self.columns, *map(str.strip, names))))
            where = [self.columns.index(name.strip()) for name in names]
        else:
            width = max(map(len, cells))
            while len(self.columns) < column + width:
                self.columns.append(self.free_name())
            where = list(range(column, column + width))
        while len(self.rows) < row + len(cells):
            self.rows.append({})
        for down, line in enumerate(cells):
            for at, cell in zip(where, line, strict=False):
                self._put(row + down, self.columns[at], cell)
        self.endResetModel()
        self.edited.emit()

    def free_name(self) -> str:
        """A name that no column has."""
        number = len(self.columns) + 1
        while f"column_{number}" in self.columns:
            number += 1
        return f"column_{number}"


class Grid(QTableView):
    """The cells, with copy, paste and delete."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        assert isinstance(model, Records)
        at = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            model.paste(text, max(0, at.row()), max(0, at.column()))
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._selected_text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            model.clear_cells(self.selectedIndexes())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _selected_text(self) -> str:
        rows = dict[int, list[str]]()
        for index in sorted(self.selectedIndexes(), key=lambda i: (i.row(), i.column())):
            rows.setdefault(index.row(), []).append(str(index.data() or ""))
        return "\n".join("\t".join(cells) for cells in rows.values())


class TableField(Field):
    """A grid; paste from a spreadsheet fills it."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        item = parameter.type.item
        certain = [name for name, _ in item.fields] if item else []
        self.records = Records(certain, self)
        self.grid = Grid(self)
        self.grid.setModel(self.records)
        self.grid.horizontalHeader().setStretchLastSection(True)
        self.grid.horizontalHeader().setDefaultSectionSize(96)
        self.grid.horizontalHeader().sectionDoubleClicked.connect(self._ask_name)
        self.grid.verticalHeader().setDefaultSectionSize(26)
        self.grid.setTabKeyNavigation(False)
        self._hint = QLabel("Nothing yet. Add a row, or paste from a spreadsheet.", self)
        self._hint.setProperty("role", "small")
        self._hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.grid)
        column.addWidget(self._hint)
        column.addLayout(self._buttons())
        self.attend(self.grid)
        self.records.edited.connect(self._edited)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Lists of records."""
        return isinstance(value, list) and all(isinstance(row, dict) for row in value)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        shown = self.shown if self.shows(self.shown) else []
        if shown != self.records.rows:
            self.records.show_records(shown)
        self._fit()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.add_row = self._button("mdi6.table-row-plus-after", "Row", "Add a row")
        self.add_column = self._button("mdi6.table-column-plus-after", "Column", "Add a column")
        self.remove_row = self._button("mdi6.table-row-remove", "", "Remove the selected rows")
        self.remove_column = self._button("mdi6.table-column-remove", "", "Remove the column")
        for button in (self.add_row, self.add_column):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.remove_row, self.remove_column):
            row.addWidget(button)
        self.add_row.clicked.connect(self._add_row)
        self.add_column.clicked.connect(lambda: self._ask_name(-1))
        self.remove_row.clicked.connect(self._remove_rows)
        self.remove_column.clicked.connect(self._remove_column)
        return row

    def _button(self, sign: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(icon(sign, current().muted), text, self)
        button.setProperty("plain", True)
        button.setToolTip(tip)
        button.setAccessibleName(f"{tip}, {self.around.name_of(self.parameter)}")
        return button

    def _add_row(self) -> None:
        if not self.records.columns:
            self._ask_name(-1)
            return
        self.records.add_row()
        self._edited()
        at = self.records.index(len(self.records.rows) - 1, 0)
        self.grid.setCurrentIndex(at)
        self.grid.edit(at)

    def _ask_name(self, column: int) -> None:
        """Ask what a column is called, a new one for -1."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Column")
        dialog.setLabelText("Name of the column")
        old = self.records.columns[column] if column >= 0 else self.records.free_name()
        dialog.setTextValue(old)
        dialog.textValueSelected.connect(lambda name: self.name_column(column, name.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def name_column(self, column: int, name: str) -> None:
        """Call a column so, a new one for -1; a name that is taken changes nothing."""
        if not name or name in self.records.columns:
            return
        if column >= 0:
            self.records.rename_column(column, name)
        else:
            self.records.add_column(name)
            if not self.records.rows:
                self.records.add_row()
                self._edited()
        self._fit()

    def _remove_rows(self) -> None:
        rows = {index.row() for index in self.grid.selectedIndexes()}
        self.records.remove(rows or {len(self.records.rows) - 1})

    def _remove_column(self) -> None:
        if (column := self.grid.currentIndex().column()) >= 0:
            self.records.remove_column(column)

    def _edited(self) -> None:
        self._fit()
        rows = [dict(row) for row in self.records.rows]
        empty = not rows and self.default in (UNSET, [])
        self.become(UNSET if empty else rows)

    def _fit(self) -> None:
        """As tall as the rows, within bounds."""
        count = min(len(self.records.rows), MOST_SHOWN)
        self.grid.setVisible(bool(self.records.columns))
        self._hint.setVisible(not self.records.rows)
        for button in (self.remove_row, self.remove_column):
            button.setEnabled(bool(self.records.rows))
        head = self.grid.horizontalHeader().sizeHint().height()
        self.grid.setFixedHeight(head + max(1, count) * 26 + 12)
