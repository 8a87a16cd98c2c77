"""The list of connections: what each is, where its secret is, who uses it, how its test went."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.listing import Listed, Listing
from app.presenters.connection_list import ABOUT, COLUMNS, ConnectionRow
from app.tables import Index
from app.theme import current

STATE = len(COLUMNS) - 1


class ConnectionModel(Listed[ConnectionRow]):
    """Connections as rows."""

    columns = COLUMNS
    about = ABOUT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, current().muted)
            case Qt.ItemDataRole.ForegroundRole if column == 1:
                return QColor(current().muted)
            case Qt.ItemDataRole.ForegroundRole if column == STATE and row.tone != "ok":
                return QColor(getattr(current(), row.tone))
            case Qt.ItemDataRole.ToolTipRole:
                return row.texts[column]
            case Qt.ItemDataRole.AccessibleTextRole if column == 0:
                return row.spoken
        return super().data(index, role)


class ConnectionTable(Listing[ConnectionRow]):
    """The connections."""

    widths = (130, 120, 110, 120, 150)
    grow = (0, STATE)
    order = (0, STATE, 1, 3, 2)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Connections", ConnectionModel())
        self.setAccessibleDescription("Return changes one, Delete removes it.")
