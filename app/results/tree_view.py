"""A value as a tree, of which only what is opened is made."""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QTreeView, QWidget

from app.presenters.tables import as_text, one_line, whole
from app.theme import current

Index = QModelIndex | QPersistentModelIndex
PORTION = 200
"""Children that are made at a time."""

OPENED = 50
"""A value with no more children than this is opened at once."""


class Member:
    """One place in the value."""

    __slots__ = ("_rest", "children", "key", "parent", "row", "value")

    def __init__(self, key: str, value: Any, parent: "Member | None", row: int) -> None:
        self.key = key
        self.value = value
        self.parent = parent
        self.row = row
        self.children: list[Member] = []
        self._rest = _parts(value)

    @property
    def size(self) -> int:
        """How many children there will be."""
        return len(self.value) if isinstance(self.value, Mapping | list | tuple) else 0

    @property
    def is_complete(self) -> bool:
        return len(self.children) >= self.size

    def make(self) -> None:
        """Make the next child."""
        key, value = next(self._rest)
        self.children.append(Member(key, value, self, len(self.children)))


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case Mapping():
            return ((str(key), one) for key, one in value.items())
        case list() | tuple():
            return ((str(index), one) for index, one in enumerate(value))
    return iter(())


class TreeModel(QAbstractItemModel):
    """Places on the left, values on the right."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._root = Member("", None, None, 0)

    def show_value(self, value: Any) -> None:
        self.beginResetModel()
        self._root = Member("", value, None, 0)
        self.endResetModel()

    def member(self, index: Index) -> Member:
        if not index.isValid():
            return self._root
        member = index.internalPointer()
        assert isinstance(member, Member)
        return member

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.column() > 0 else len(self.member(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002 - Qt's
        return 2

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:
        return parent.column() <= 0 and self.member(parent).size > 0

    def canFetchMore(self, parent: Index) -> bool:
        return parent.column() <= 0 and not self.member(parent).is_complete

    def fetchMore(self, parent: Index) -> None:
        member = self.member(parent)
        if member.is_complete:
            return
        first = len(member.children)
        last = min(member.size, first + PORTION) - 1
        self.beginInsertRows(parent, first, last)
        for _ in range(first, last + 1):
            member.make()
        self.endInsertRows()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        children = self.member(parent).children
        if not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index = QModelIndex()) -> Any:
        above = self.member(index).parent
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        member = self.member(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return member.key if index.column() == 0 else _shown(member)
        if role == Qt.ItemDataRole.ToolTipRole and not member.size:
            return as_text(member.value)[:2000]
        if role == Qt.ItemDataRole.ForegroundRole and (index.column() == 0 or member.size):
            return QColor(current().muted)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,  # noqa: ARG002 - Qt's
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return ("Place", "Value")[section]
        return None


def _shown(member: Member) -> str:
    match member.value:
        case None:
            return "null"
        case str():
            return one_line(member.value) or '""'
        case Mapping():
            return f"{{ {len(member.value):,} }}"
        case list() | tuple():
            return f"[ {len(member.value):,} ]"
    return one_line(member.value)


class TreeView(QTreeView):
    """Shows one value; Ctrl+C copies what is selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = TreeModel(self)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Result as a tree")
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.header().setStretchLastSection(True)
        self.header().resizeSection(0, 220)

    def show_value(self, value: Any) -> None:
        """Show a value, its first level, and the second where that is short."""
        self._model.show_value(value)
        self._model.fetchMore(QModelIndex())
        for row in range(min(OPENED, self._model.rowCount())):
            child = self._model.index(row, 0)
            if 0 < self._model.member(child).size <= 12:
                self.expand(child)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the value that is selected."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            value = self._model.member(self.currentIndex()).value
            QGuiApplication.clipboard().setText(whole(value))
            event.accept()
            return
        super().keyPressEvent(event)
