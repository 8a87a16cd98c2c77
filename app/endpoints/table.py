"""The list of endpoints: how each is called, who may, and in figures what came of it."""

from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.listing import Latencies, Listed, Listing
from app.presenters.endpoints import ABOUT, COLUMNS, LATENCIES, EndpointRow
from app.tables import Index
from app.theme import BODY, SMALL, current, font


class EndpointModel(Listed[EndpointRow]):
    """Endpoints as rows."""

    columns = COLUMNS
    about = ABOUT
    numbers = range(3, LATENCIES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.ForegroundRole if row.is_old:
                return QColor(current().muted)
            case Qt.ItemDataRole.FontRole if row.is_old and column == 1:
                struck = font(BODY)
                struck.setStrikeOut(True)
                return struck
            case Qt.ItemDataRole.ToolTipRole:
                return row.said
            case Qt.ItemDataRole.UserRole:
                return row.shown.usage.recent if column == LATENCIES else row.colour
        return super().data(index, role)


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


class EndpointTable(Listing[EndpointRow]):
    """The endpoints, by keys such as v1/get_lesson."""

    widths = (74, 160, 86, 58, 62, 68, 72, 92, 84, 90)
    grow = (1, LATENCIES)
    order = (1, 0, 2, 3, LATENCIES, 4, 7, 5, 6, 9)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Endpoints", EndpointModel())
        self.setItemDelegateForColumn(0, Methods(self))
        self.setItemDelegateForColumn(LATENCIES, Latencies(self))
