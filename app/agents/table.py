"""The list of agents: how each is, in figures and in a small picture of its last calls."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.icons import icon
from app.presenters.agents import ABOUT, BREAKERS, COLUMNS, GUARDED, LATENCIES, AgentRow
from app.tables import Index, Rows, quiet
from app.theme import current

WIDTHS = (150, 84, 100, 64, 88, 92, 76, 92, 92)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
NUMBERS = range(LATENCIES + 1, len(COLUMNS))


class AgentModel(Rows[AgentRow]):
    """Agents as rows, which stay where they are while their figures change."""

    columns = COLUMNS

    def show_rows(self, rows: Sequence[AgentRow]) -> None:
        same = [row.status.agent for row in rows] == [row.status.agent for row in self.rows]
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
            case Qt.ItemDataRole.DecorationRole if column == BREAKERS and row.breakers:
                _, sign, colour = GUARDED[row.breakers[0]]
                return icon(sign, getattr(current(), colour))
            case Qt.ItemDataRole.ForegroundRole if column != 0 and row.status.state == "idle":
                return QColor(current().muted)
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column in NUMBERS else LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return row.about
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column]}: {row.texts[column]}" if column else row.texts[0]
            case Qt.ItemDataRole.UserRole:
                return row.status.recent
        return None


class Latencies(QStyledItemDelegate):
    """Draws how long each of the last calls took, the longest as high as the line allows."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        recent: Sequence[float] = index.data(Qt.ItemDataRole.UserRole) or ()
        if len(recent) < 2:
            return
        box = QRectF(option.rect).adjusted(8, 6, -8, -6)
        top = max(max(recent), 1e-9)
        step = box.width() / (len(recent) - 1)
        points = [
            QPointF(box.left() + n * step, box.bottom() - box.height() * seconds / top)
            for n, seconds in enumerate(recent)
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(current().accent)
        ground.setAlpha(40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPolygon(QPolygonF([box.bottomLeft(), *points, box.bottomRight()]))
        painter.setPen(QPen(QColor(current().accent), 1.4))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()


class AgentTable(QTableView):
    """One agent is selected; it stays so while figures change."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.agents = AgentModel(self)
        self.setModel(self.agents)
        self.setAccessibleName("Agents")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
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
            self.setColumnHidden(column, column > LATENCIES and room < 0)

    @property
    def selected(self) -> str:
        """The agent that is selected, "" for none."""
        rows = self.selectionModel().selectedRows()
        return self.agents.rows[rows[0].row()].status.agent if rows else ""

    def select(self, agent: str) -> None:
        """Select an agent, if it is there."""
        for number, row in enumerate(self.agents.rows):
            if row.status.agent == agent:
                self.selectRow(number)

    def show_rows(self, rows: Sequence[AgentRow]) -> None:
        """List these, the same one selected as before, or the first."""
        selected = self.selected
        self.agents.show_rows(rows)
        if rows and self.selected != selected:
            self.select(selected)
        if rows and not self.selected:
            self.selectRow(0)
