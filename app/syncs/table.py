"""The list of syncs: how each is, in figures and in a small picture of its reads."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.agents.table import Latencies
from app.icons import icon
from app.presenters.syncs import ABOUT, COLUMNS, LATELY, SyncRow
from app.tables import Index, Rows, quiet
from app.theme import current

WIDTHS = (150, 74, 66, 110, 74, 76, 84, 76)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
NUMBERS = (2, 4, 5, 6, 7)
CONFLICTS = 6


class SyncModel(Rows[SyncRow]):
    """Syncs as rows, which stay where they are while their figures change."""

    columns = COLUMNS

    def show_rows(self, rows: Sequence[SyncRow]) -> None:
        same = [row.name for row in rows] == [row.name for row in self.rows]
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
                return RIGHT if section in NUMBERS else LEFT
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return icon(row.icon, getattr(current(), row.colour))
            case Qt.ItemDataRole.ForegroundRole if column == CONFLICTS and row.conflicts:
                return QColor(current().warning)
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column in NUMBERS else LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return row.about
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column]}: {row.texts[column]}" if column else row.texts[0]
            case Qt.ItemDataRole.UserRole:
                return row.recent
        return None


class SyncTable(QTableView):
    """One sync is selected; it stays so while figures change."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.syncs = SyncModel(self)
        self.setModel(self.syncs)
        self.setAccessibleName("Syncs")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(LATELY, Latencies(self))
        quiet(self, 28)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out figures for which there is no room: they stand beside the list, too."""
        super().resizeEvent(event)
        room = self.viewport().width()
        for column, width in enumerate(WIDTHS):
            room -= width
            self.setColumnHidden(column, column > LATELY and room < 0)

    @property
    def selected(self) -> SyncRow | None:
        """The sync that is selected."""
        rows = self.selectionModel().selectedRows()
        return self.syncs.rows[rows[0].row()] if rows else None

    def show_rows(self, rows: Sequence[SyncRow]) -> None:
        """List these, the same one selected as before, or the first."""
        before = self.selected.name if self.selected else ""
        self.syncs.show_rows(rows)
        if rows and self.selected is None:
            names = [row.name for row in rows]
            self.selectRow(names.index(before) if before in names else 0)
