"""Lists of which one row is selected, and whose rows stay while their figures change."""

from collections.abc import Container, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
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
LEAST = 40
"""Pixels of a column at the least."""


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
    opened = Signal()
    """Return, or a double click: more of the one that is selected is wanted."""
    removed = Signal()
    """Delete: the one that is selected is to be removed."""

    widths: Sequence[int] = ()
    """Pixels of each column at the least."""
    grow: Sequence[int] = (0,)
    """The columns that share what room is left; the first holds names, and is always shown."""
    order: Sequence[int] = ()
    """Columns by how soon there is to be room for them, if not as they stand."""

    def __init__(self, parent: QWidget, title: str, listed: Listed[Row]) -> None:
        super().__init__(parent)
        self.listed = listed
        listed.setParent(self)
        self.setModel(listed)
        self.setAccessibleName(title)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        quiet(self, HEIGHT)
        self.setProperty("rings", True)
        self.horizontalHeader().setMinimumSectionSize(LEAST)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.doubleClicked.connect(lambda _: self.opened.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        name = self.grow[0]
        room = self.viewport().width()
        shown = list[int]()
        for column in sorted(self.order or range(len(self.widths)), key=lambda one: one != name):
            if room < self.widths[column] and shown:
                break
            room -= self.widths[column]
            shown.append(column)
        growing = [column for column in self.grow if column in shown]
        for column, width in enumerate(self.widths):
            more = room // len(growing) if column in growing else 0
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, width + more)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.opened.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit()
            case _:
                super().keyPressEvent(event)

    @property
    def selected(self) -> Row | None:
        """The row that is selected."""
        rows = self.selectionModel().selectedRows()
        return self.listed.rows[rows[0].row()] if rows else None

    def select(self, key: Hashable) -> None:
        """Select a row, if it is there."""
        if (number := self._place_of(key)) is not None:
            self.selectRow(number)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """List these, the same one selected as before, or the first; what is in sight stays so."""
        before, top = self.selected, self._top()
        self.listed.show_rows(rows)
        if before is not None and self.selected is None:
            self.select(before.key)
        if rows and self.selected is None:
            self.selectRow(0)
        elif top is not None and (number := self._place_of(top)) is not None:
            self.scrollTo(self.listed.index(number, self.grow[0]), self.ScrollHint.PositionAtTop)

    def _place_of(self, key: Hashable) -> int | None:
        places = (number for number, row in enumerate(self.listed.rows) if row.key == key)
        return next(places, None)

    def _top(self) -> Hashable | None:
        """What stands at the top, unless that is the beginning."""
        first = self.rowAt(0) if self.verticalScrollBar().value() else 0
        return self.listed.rows[first].key if first > 0 else None


class Latencies(QStyledItemDelegate):
    """Draws how long each of the last calls took, the longest as high as the line allows."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        recent: Sequence[float] = index.data(Qt.ItemDataRole.UserRole) or ()
        if len(recent) < 2 or max(recent) <= 0:
            return  # a line along the bottom would say no more
        box = QRectF(option.rect).adjusted(8, 6, -8, -6)
        top = max(recent)
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
