"""Lists of which one row is selected, and whose rows stay while their figures change."""

from collections.abc import Container, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

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

from app.tables import Index, Rows, quiet
from app.theme import current

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
HEIGHT = 28


class Named(Protocol):
    """A row: what it is known by while its texts change, one for each column."""

    @property
    def key(self) -> Hashable: ...

    @property
    def texts(self) -> Sequence[str]: ...


Row = TypeVar("Row", bound=Named)


class Listed(Rows[Row]):
    """The rows; a kind of them says in `data` what else than texts stands in their cells."""

    about: Sequence[str] = ()
    """What each column tells."""
    numbers: Container[int] = ()
    """The columns that are set at the right."""

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Only their figures change where the same are listed already."""
        same = [row.key for row in rows] == [row.key for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows = rows
        if not same:
            self.endResetModel()
        elif rows:
            last = self.index(len(rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.ToolTipRole:
                return self.about[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if section in self.numbers else LEFT
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column in self.numbers else LEFT
            case Qt.ItemDataRole.AccessibleTextRole:
                said = row.texts[column]
                return f"{self.columns[column]}: {said}" if column else said
        return None


class Listing(QTableView, Generic[Row]):
    """The list. What there is no room for is left out: it stands beside the list, too."""

    chosen = Signal()

    widths: Sequence[int] = ()
    stays: int = 0
    """The last of the columns that are shown however little room there is."""

    def __init__(self, parent: QWidget, title: str, listed: Listed[Row]) -> None:
        super().__init__(parent)
        self.listed = listed
        listed.setParent(self)
        self.setModel(listed)
        self.setAccessibleName(title)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        quiet(self, HEIGHT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in enumerate(self.widths):
            self.setColumnWidth(column, width)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width()
        for column, width in enumerate(self.widths):
            room -= width
            self.setColumnHidden(column, column > self.stays and room < 0)

    @property
    def selected(self) -> Row | None:
        """The row that is selected."""
        rows = self.selectionModel().selectedRows()
        return self.listed.rows[rows[0].row()] if rows else None

    def select(self, key: Hashable) -> None:
        """Select a row, if it is there."""
        for number, row in enumerate(self.listed.rows):
            if row.key == key:
                self.selectRow(number)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """List these, the same one selected as before, or the first."""
        before = self.selected
        self.listed.show_rows(rows)
        if before is not None and self.selected is None:
            self.select(before.key)
        if rows and self.selected is None:
            self.selectRow(0)


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
