"""The messages of Studio as rows, the newest at the end."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.icons import icon
from app.presenters.studio_log import COLUMNS, SIGNS, LogRow
from app.tables import Index, Rows, quiet
from app.theme import current

MOST = 5_000
"""Rows; the oldest make room for newer ones."""
TIME, WHERE = 86, 240


class LogModel(Rows[LogRow]):
    """Messages, of which more come at the end."""

    columns = COLUMNS

    def clear(self) -> None:
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def add(self, rows: Sequence[LogRow]) -> None:
        """Put rows at the end, and let go of as many at the beginning as are too many."""
        if not rows:
            return
        first = len(self.rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self.rows = [*self.rows, *rows]
        self.endInsertRows()
        if (over := len(self.rows) - MOST) > 0:
            self.beginRemoveRows(QModelIndex(), 0, over - 1)
            self.rows = self.rows[over:]
            self.endRemoveRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        sign, colour = SIGNS[row.level]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.DecorationRole if column == 1:
                return icon(sign, getattr(current(), colour))
            case Qt.ItemDataRole.ForegroundRole if column != 1:
                return QColor(current().muted)
            case Qt.ItemDataRole.ForegroundRole if row.level in ("warning", "error"):
                return QColor(getattr(current(), colour))
            case Qt.ItemDataRole.ToolTipRole:
                return row.whole if column == 1 else row.texts[column]
            case Qt.ItemDataRole.AccessibleTextRole if column == 1:
                return f"{row.level}: {row.whole}"
        return None


class EndsFirst(QStyledItemDelegate):
    """Leaves out the beginning of what there is no room for: the end names script and line."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class LogTable(QTableView):
    """Follows what comes, unless somebody looks at something further up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.messages = LogModel(self)
        self.setModel(self.messages)
        self.setAccessibleName("Messages of Studio")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        quiet(self, 24)
        self.setProperty("rings", True)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(0, TIME)
        self.setColumnWidth(2, WHERE)
        self.setItemDelegateForColumn(2, EndsFirst(self))
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out where it was said if there is no room for what was said."""
        super().resizeEvent(event)
        self.setColumnHidden(2, self.viewport().width() < TIME + 2 * WHERE)

    def add(self, rows: Sequence[LogRow]) -> None:
        """Show further messages."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        self.messages.add(rows)
        if follows:
            self.scrollToBottom()

    def copy(self) -> None:
        """Put what is selected on the clipboard, whole."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        rows = [self.messages.rows[row] for row in chosen]
        QGuiApplication.clipboard().setText("\n".join(row.whole for row in rows))
