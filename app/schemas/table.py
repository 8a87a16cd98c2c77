"""The list of schemas, by name and platform."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from app.icons import icon
from app.listing import Listed, Listing
from app.presenters.schemas import ABOUT, COLUMNS, SchemaRow
from app.tables import Index
from app.theme import current

LEAST_NAME = 120
"""Pixels that a name has; columns for which there is no room then are left out."""
LEFT_OUT_LAST = (3, 1, 2, 4)
"""Columns in the order in which there is to be room for them."""


class SchemaModel(Listed[SchemaRow]):
    """Schemas as rows."""

    columns = COLUMNS
    about = ABOUT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, current().accent)
            case Qt.ItemDataRole.ToolTipRole if column == 0:
                return row.name
        return super().data(index, role)


class SchemaTable(Listing[SchemaRow]):
    """The schemas, whose names take what room there is."""

    widths = (170, 84, 96, 84, 118)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Schemas", SchemaModel())
        self.setMinimumWidth(LEAST_NAME + self.widths[3])
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for, so that names can be read."""
        QTableView.resizeEvent(self, event)
        room = self.viewport().width() - LEAST_NAME
        for column in LEFT_OUT_LAST:
            room -= self.widths[column]
            self.setColumnHidden(column, room < 0)
