"""The list of schemas, by name and platform."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.listing import Listed, Listing
from app.presenters.schemas import ABOUT, COLUMNS, SchemaRow
from app.tables import Index
from app.theme import current


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
    """The schemas."""

    widths = (120, 84, 110, 84, 132)
    order = (0, 3, 1, 2, 4)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Schemas", SchemaModel())
