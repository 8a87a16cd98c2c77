"""The list of agents: how each is, in figures and in a small picture of its last calls."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.listing import Latencies, Listed, Listing
from app.presenters.agents import ABOUT, BREAKERS, COLUMNS, GUARDED, LATENCIES, AgentRow
from app.tables import Index
from app.theme import current


class AgentModel(Listed[AgentRow]):
    """Agents as rows."""

    columns = COLUMNS
    about = ABOUT
    numbers = range(LATENCIES + 1, len(COLUMNS))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, getattr(current(), row.colour))
            case Qt.ItemDataRole.DecorationRole if column == BREAKERS and row.breakers:
                _, sign, colour = GUARDED[row.breakers[0]]
                return icon(sign, getattr(current(), colour))
            case Qt.ItemDataRole.ForegroundRole if column != 0 and row.status.state == "idle":
                return QColor(current().muted)
            case Qt.ItemDataRole.ToolTipRole:
                return row.about
            case Qt.ItemDataRole.UserRole:
                return row.status.recent
        return super().data(index, role)


class AgentTable(Listing[AgentRow]):
    """The agents."""

    widths = (140, 84, 100, 64, 88, 92, 76, 92, 92)
    grow = (0, LATENCIES)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Agents", AgentModel())
        self.setItemDelegateForColumn(LATENCIES, Latencies(self))
