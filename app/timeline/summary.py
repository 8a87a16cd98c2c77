"""Where the time of a run went: the blocks that it waited for, longest first."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.presenters.time_shares import ABOUT, COLUMNS, HELD, ShareRow
from app.theme import current

Index = QModelIndex | QPersistentModelIndex
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
WAITED = 1
WIDTHS = (100, 134, 80, 52, 68, 80)
ROOMY, ROOMIER = 360, 430
"""Pixels from which on three columns are shown and not only two, and from which on all are."""


class ShareModel(QAbstractTableModel):
    """Blocks as rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[ShareRow] = ()
        self._of = COLUMNS[0]

    def show_rows(self, rows: Sequence[ShareRow], of: str) -> None:
        """Show rows that are each `of` a block, or of something else."""
        if of != self._of:
            self._of = of
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows and rows != self.rows:
            self.rows = rows
            last = self.index(len(rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.ToolTipRole:
                return row.texts[column]
            case Qt.ItemDataRole.UserRole if column == WAITED:
                return row.part
            case Qt.ItemDataRole.TextAlignmentRole if column:
                return RIGHT | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            match role:
                case Qt.ItemDataRole.DisplayRole:
                    return COLUMNS[section] if section else self._of
                case Qt.ItemDataRole.ToolTipRole:
                    return ABOUT[section]
                case Qt.ItemDataRole.TextAlignmentRole:
                    return (RIGHT if section else LEFT) | Qt.AlignmentFlag.AlignVCenter
        return None


class ShareBar(QStyledItemDelegate):
    """Draws under the text how large a part of the run it is."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        part = index.data(Qt.ItemDataRole.UserRole)
        if part:
            box = QRectF(option.rect).adjusted(2, 4, -2, -4)
            colour = QColor(current().accent)
            colour.setAlpha(60)
            painter.fillRect(
                QRectF(box.right() - box.width() * part, box.y(), box.width() * part, box.height()),
                colour,
            )
        super().paint(painter, option, index)


class Summary(QWidget):
    """The table, and the whole in a line above it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = ShareModel(self)
        self.line = QLabel(self)
        self.line.setProperty("role", "small")
        self.line.setContentsMargins(10, 5, 8, 4)
        self.line.setWordWrap(True)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(WAITED, ShareBar(self.table))
        self.table.setAccessibleName("Where the time went")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(40)
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.line)
        layout.addWidget(self.table, 1)
        self.setMinimumWidth(304)

    def sizeHint(self) -> QSize:
        """Less than a table wants: the dock keeps its height when it is first seen."""
        return QSize(310, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_columns()

    def show_shares(self, line: str, rows: Sequence[ShareRow], of: str = COLUMNS[0]) -> None:
        """Show how it stands."""
        self.line.setText(line)
        self.model.show_rows(rows, of)
        self._choose_columns()

    def _choose_columns(self) -> None:
        """Those for which there is room; of a run that nobody held, not how long that was."""
        narrow = self.width() < ROOMIER
        self.table.setColumnHidden(2, self.width() < ROOMY)
        for column in range(3, HELD):
            self.table.setColumnHidden(column, narrow)
        held = any(row.texts[HELD] for row in self.model.rows)
        self.table.setColumnHidden(HELD, narrow or not held)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.model.rows[index.row()].block)
