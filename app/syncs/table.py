"""The list of syncs: how each is, in figures and in a small picture of its reads."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.listing import Latencies, Listed, Listing
from app.presenters.syncs import ABOUT, COLUMNS, LATELY, SyncRow
from app.tables import Index
from app.theme import current

CONFLICTS = 6


class SyncModel(Listed[SyncRow]):
    """Syncs as rows."""

    columns = COLUMNS
    about = ABOUT
    numbers = (2, 4, 5, 6, 7)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, getattr(current(), row.colour))
            case Qt.ItemDataRole.ForegroundRole if column == CONFLICTS and row.conflicts:
                return QColor(current().warning)
            case Qt.ItemDataRole.ToolTipRole:
                return row.about
            case Qt.ItemDataRole.UserRole:
                return row.recent
        return super().data(index, role)


class SyncTable(Listing[SyncRow]):
    """The syncs."""

    widths = (140, 74, 66, 90, 74, 76, 84, 76)
    grow = (0, LATELY)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Syncs", SyncModel())
        self.setItemDelegateForColumn(LATELY, Latencies(self))
