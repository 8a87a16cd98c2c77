"""The list of endpoints: how each is called, who may, and in figures what came of it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.agents.table import Latencies
from app.presenters.endpoints import ABOUT, COLUMNS, LATENCIES, EndpointRow
from app.tables import Index, Rows, quiet
from app.theme import BODY, SMALL, current, font

WIDTHS = (74, 200, 86, 58, 62, 68, 72, 92, 84, 90)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
NUMBERS = range(3, LATENCIES)


class EndpointModel(Rows[EndpointRow]):
    """Endpoints as rows, which stay where they are while their figures change."""

    columns = COLUMNS

    def show_rows(self, rows: Sequence[EndpointRow]) -> None:
        same = [_key(row) for row in rows] == [_key(row) for row in self.rows]
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
            case Qt.ItemDataRole.ForegroundRole if row.is_old:
                return QColor(current().muted)
            case Qt.ItemDataRole.FontRole if row.is_old and column == 1:
                struck = font(BODY)
                struck.setStrikeOut(True)
                return struck
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column in NUMBERS else LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return row.said
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column]}: {row.texts[column]}" if column else row.texts[0]
            case Qt.ItemDataRole.UserRole:
                return row.shown.usage.recent if column == LATENCIES else row.colour
        return None


def _key(row: EndpointRow) -> str:
    return row.shown.endpoint.key


class Methods(QStyledItemDelegate):
    """Draws the method as a badge in its colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        style = plain.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box: QRect = option.rect.adjusted(8, 5, -8, -5)
        colour = QColor(getattr(current(), str(index.data(Qt.ItemDataRole.UserRole))))
        ground = QColor(colour)
        ground.setAlpha(38)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(box), 4, 4)
        painter.setPen(colour)
        painter.setFont(font(SMALL - 1, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


class EndpointTable(QTableView):
    """One endpoint is selected; it stays so while figures change."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.endpoints = EndpointModel(self)
        self.setModel(self.endpoints)
        self.setAccessibleName("Endpoints")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(0, Methods(self))
        self.setItemDelegateForColumn(LATENCIES, Latencies(self))
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
            self.setColumnHidden(column, column > 1 and room < 0)

    @property
    def selected(self) -> EndpointRow | None:
        """The endpoint that is selected."""
        rows = self.selectionModel().selectedRows()
        return self.endpoints.rows[rows[0].row()] if rows else None

    def select(self, key: str) -> None:
        """Select an endpoint such as v1/get_lesson, if it is there."""
        for number, row in enumerate(self.endpoints.rows):
            if _key(row) == key:
                self.selectRow(number)

    def show_rows(self, rows: Sequence[EndpointRow]) -> None:
        """List these, the same one selected as before, or the first."""
        before = _key(self.selected) if self.selected else ""
        self.endpoints.show_rows(rows)
        if rows and self.selected is None:
            self.select(before)
        if rows and self.selected is None:
            self.selectRow(0)
