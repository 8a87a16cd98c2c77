"""The list of schemas, by name and platform."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.icons import icon
from app.presenters.schemas import ABOUT, COLUMNS, SchemaRow
from app.tables import Index, Rows, quiet
from app.theme import current

WIDTHS = (170, 84, 96, 84, 118)
LEAST_NAME = 120
"""Pixels that a name has; columns for which there is no room then are left out."""
LEFT_OUT_LAST = (3, 1, 2, 4)
"""Columns in the order in which there is to be room for them."""


class SchemaModel(Rows[SchemaRow]):
    """Schemas as rows."""

    columns = COLUMNS

    def show_rows(self, rows: Sequence[SchemaRow]) -> None:
        same = [row.key for row in rows] == [row.key for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows = rows
        if not same:
            self.endResetModel()
        elif rows:
            last = self.index(len(rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return ABOUT[section]
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, current().accent)
            case Qt.ItemDataRole.ToolTipRole if column == 0:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column]}: {row.texts[column]}" if column else row.texts[0]
        return None


class SchemaTable(QTableView):
    """One schema is selected; it stays so while others come."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.schemas = SchemaModel(self)
        self.setModel(self.schemas)
        self.setAccessibleName("Schemas")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMinimumWidth(LEAST_NAME + WIDTHS[3])
        quiet(self, 28)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for, so that names can be read."""
        super().resizeEvent(event)
        room = self.viewport().width() - LEAST_NAME
        for column in LEFT_OUT_LAST:
            room -= WIDTHS[column]
            self.setColumnHidden(column, room < 0)

    @property
    def selected(self) -> SchemaRow | None:
        """The schema that is selected, None for none."""
        rows = self.selectionModel().selectedRows()
        return self.schemas.rows[rows[0].row()] if rows else None

    def show_rows(self, rows: Sequence[SchemaRow]) -> None:
        """List these, the same one selected as before, or the first."""
        before = self.selected
        self.schemas.show_rows(rows)
        if rows and self.selected is None:
            keys = [row.key for row in rows]
            known = before is not None and before.key in keys
            self.selectRow(keys.index(before.key) if before is not None and known else 0)
