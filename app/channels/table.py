"""The list of channels, with how many are on each."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.icons import icon
from app.presenters.channels import ABOUT, COLUMNS, ChannelRow
from app.tables import Index, Rows, quiet
from app.theme import current

WIDTHS = (230, 64, 64, 84)
ROOM = 420
"""Pixels from which on there is room for all columns."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ChannelModel(Rows[ChannelRow]):
    """Channels as rows, which stay where they are while their figures change."""

    columns = COLUMNS

    def show_rows(self, rows: Sequence[ChannelRow]) -> None:
        same = [row.channel for row in rows] == [row.channel for row in self.rows]
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
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.ToolTipRole:
                return ABOUT[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if section else LEFT
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, current().muted if row.quiet else current().accent)
            case Qt.ItemDataRole.ForegroundRole if row.quiet:
                return QColor(current().muted)
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column else LEFT
            case Qt.ItemDataRole.ToolTipRole if column == 0:
                return row.channel
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column]}: {row.texts[column]}" if column else row.texts[0]
        return None


class ChannelTable(QTableView):
    """One channel is selected; it stays so while figures change."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.channels = ChannelModel(self)
        self.setModel(self.channels)
        self.setAccessibleName("Channels")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
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
        self.setColumnHidden(len(COLUMNS) - 1, self.viewport().width() < ROOM)

    @property
    def selected(self) -> ChannelRow | None:
        """The channel that is selected, None for none."""
        rows = self.selectionModel().selectedRows()
        return self.channels.rows[rows[0].row()] if rows else None

    def show_rows(self, rows: Sequence[ChannelRow]) -> None:
        """List these, the same one selected as before, or the first."""
        before = self.selected
        self.channels.show_rows(rows)
        if rows and self.selected is None:
            names = [row.channel for row in rows]
            known = before is not None and before.channel in names
            self.selectRow(names.index(before.channel) if before is not None and known else 0)
