"""Templates as the rows of a view: under their categories, and dragged onto the canvas."""

from collections.abc import Sequence
from html import escape
from itertools import chain
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.placing import TEMPLATE_MIME
from app.presenters.templates import Card, Section

Index = QModelIndex | QPersistentModelIndex
ROW = int(Qt.ItemDataRole.UserRole)
"""Where a row keeps its Card; the head of a category has a text."""


class CardModel(QAbstractListModel):
    """Cards, each category after its name."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[Card | str] = ()

    def show_sections(self, sections: Sequence[Section]) -> None:
        self.beginResetModel()
        self.rows = list(chain.from_iterable((s.title, *s.cards) for s in sections))
        self.endResetModel()

    def row_of(self, name: str) -> int:
        """Where the template of that name stands, -1 for nowhere."""
        rows = enumerate(self.rows)
        return next((n for n, r in rows if isinstance(r, Card) and r.template.name == name), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if isinstance(row, str):
            return row if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(row.description)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"Template {row.title}. {row.description}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The name of a category can't be walked to."""
        if not index.isValid() or isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        item = Qt.ItemFlag
        return item.ItemIsEnabled | item.ItemIsSelectable | item.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a card becomes when it is dragged."""
        return [TEMPLATE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The file of the dragged template."""
        data = QMimeData()
        for index in indexes:
            if isinstance(card := index.data(ROW), Card):
                data.setData(TEMPLATE_MIME, QByteArray(str(card.path).encode()))
        return data


def plain_tip(text: str) -> str:
    """A text from anywhere as a tool tip, none of it taken for markup."""
    return f"<p>{escape(text)}</p>" if text else ""
