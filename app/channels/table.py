"""The list of channels, with how many are on each."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.listing import Listed, Listing
from app.presenters.channels import ABOUT, COLUMNS, ChannelRow
from app.tables import Index
from app.theme import current


class ChannelModel(Listed[ChannelRow]):
    """Channels as rows."""

    columns = COLUMNS
    about = ABOUT
    numbers = range(1, len(COLUMNS))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, current().muted if row.quiet else current().accent)
            case Qt.ItemDataRole.ForegroundRole if row.quiet:
                return QColor(current().muted)
            case Qt.ItemDataRole.ToolTipRole if column == 0:
                return row.channel
        return super().data(index, role)


class ChannelTable(Listing[ChannelRow]):
    """The channels."""

    widths = (160, 64, 64, 84)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Channels", ChannelModel())
