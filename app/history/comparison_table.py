"""What differs between two runs as a table: blocks, their values, and bars of their times."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QObject,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.icons import icon
from app.presenters.run_comparison import LEAST, Row
from app.presenters.run_words import duration
from app.tables import Index, Rows, quiet
from app.theme import current

COLUMNS = ("Block", "Values", "Time", "Spent", "Before and after")
BLOCK, VALUES, TIME, SPENT, BARS = range(5)
WIDTHS = (132, 88, 122, 130, 60)
ICONS = {
    "flow": "mdi6.file-tree-outline",
    "inputs": "mdi6.login-variant",
    "outputs": "mdi6.logout-variant",
}


class ComparisonModel(Rows[Row]):
    """Blocks as rows, after what differs around them."""

    columns = COLUMNS

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.longest = 0.0

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.longest = max((t for row in rows for t in (row.before, row.after) if t), default=0.0)
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == BLOCK:
                return _icon(row)
            case Qt.ItemDataRole.ForegroundRole if index.column() == VALUES:
                return QColor(current().warning if row.differs else current().muted)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row)
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == BLOCK and row.parts:
                return f"{row.title}, the runs part here"
        return None


def _text(row: Row, column: int) -> str:
    match column:
        case 0:
            return row.title
        case 1:
            return row.said
        case 2:
            return row.time
        case 3:
            return row.spent
    return ""


def _icon(row: Row) -> Any:
    if row.parts:
        return icon("mdi6.call-split", current().warning)
    if row.kind != "block":
        return icon(ICONS[row.kind], current().muted)
    return icon("mdi6.not-equal-variant", current().warning) if row.differs else None


def _tip(row: Row) -> str:
    words = [row.title, row.said]
    if row.parts:
        words.append("The runs part here.")
    if abs(row.longer) >= LEAST:
        more = "longer" if row.longer > 0 else "shorter"
        words.append(f"{row.time}: {duration(abs(row.longer))} {more}")
    return "\n".join(filter(None, (*words, row.address)))


class TimeBars(QStyledItemDelegate):
    """Two bars, before above after; what the second took longer is in the colour of a warning."""

    def __init__(self, model: ComparisonModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        row, longest = self._model.rows[index.row()], self._model.longest
        if row.kind != "block" or not longest:
            return
        place = QRectF(option.rect).adjusted(8, 0, -8, 0)
        middle, t = place.center().y(), current()
        for time, top, colour in (
            (row.before, middle - 6, t.muted),
            (row.after, middle + 1, t.warning if row.longer >= LEAST else t.accent),
        ):
            if time is not None:
                width = max(1.5, place.width() * time / longest)
                painter.fillRect(QRectF(place.x(), top, width, 5), QColor(colour))


class ComparisonTable(QTableView):
    """One row is chosen at a time."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.compared = ComparisonModel(self)
        self.setModel(self.compared)
        self.setAccessibleName("What differs between two runs")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._bars = TimeBars(self.compared, self)
        self.setItemDelegateForColumn(BARS, self._bars)
        quiet(self, 26)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        header.setStretchLastSection(True)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit())

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these, and choose where the runs part, or else the first that differs."""
        self.compared.show_rows(rows)
        self.setColumnHidden(SPENT, not any(row.spent for row in rows))
        first = next((n for n, row in enumerate(rows) if row.parts), -1)
        if first < 0:
            first = next((n for n, row in enumerate(rows) if row.differs), 0)
        self.go_to(first)

    def go_to(self, row: int) -> None:
        """Choose a row and bring it into view."""
        index = self.compared.index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def row(self) -> Row | None:
        """The row that is chosen."""
        number = self.currentIndex().row()
        return self.compared.rows[number] if 0 <= number < len(self.compared.rows) else None
