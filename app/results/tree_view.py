"""A value as a tree, of which only what is opened is made, and loaded if it is large."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QTreeView, QWidget

from app.presenters.tables import Load, as_text, one_line, whole
from app.theme import current
from runtime.large import Large, Page

Index = QModelIndex | QPersistentModelIndex
PORTION = 200
"""Children that are made at a time."""

OPENED = 50
"""A value with no more children than this is opened at once."""


class Member:
    """One place in the value."""

    __slots__ = ("_rest", "children", "is_loading", "parent", "row", "step", "value")

    def __init__(self, step: str | int, value: Any, parent: "Member | None", row: int) -> None:
        self.step = step
        self.value = value
        self.is_loading = False
        self.parent = parent
        self.row = row
        self.children: list[Member] = []
        self._rest = _parts(value)

    @property
    def path(self) -> tuple[str | int, ...]:
        """The way from the value to this place."""
        return (*self.parent.path, self.step) if self.parent is not None else ()

    @property
    def size(self) -> int:
        """How many children there will be."""
        if isinstance(self.value, Large):
            return self.value.size if self.value.kind in ("list", "record") else 0
        return len(self.value) if isinstance(self.value, Mapping | list | tuple) else 0

    @property
    def is_complete(self) -> bool:
        return len(self.children) >= self.size

    @property
    def at_hand(self) -> int:
        """How many of the children can be made without loading any."""
        return len(self.value.head) if isinstance(self.value, Large) else self.size

    def make(self) -> None:
        """Make the next child of those at hand."""
        self.add(*next(self._rest))

    def add(self, step: str | int, value: Any) -> None:
        """Add a child."""
        self.children.append(Member(step, value, self, len(self.children)))


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    match value:
        case Mapping():
            return ((str(key), one) for key, one in value.items())
        case list() | tuple():
            return iter(enumerate(value))
        case Large():
            return _parts(value.head)
    return iter(())


class TreeModel(QAbstractItemModel):
    """Places on the left, values on the right."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.load: Load | None = None
        """Loads more of a large value; without it only the beginning is seen."""
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
        member = self.member(parent)
        if parent.column() > 0 or member.is_complete or member.is_loading:
            return False
        return len(member.children) < member.at_hand or self.load is not None

    def fetchMore(self, parent: Index) -> None:
        member = self.member(parent)
        first = len(member.children)
        last = min(member.at_hand, first + PORTION) - 1
        if last < first:
            self._load_more(member)
            return
        self.beginInsertRows(parent, first, last)
        for _ in range(first, last + 1):
            member.make()
        self.endInsertRows()

    def _load_more(self, member: Member) -> None:
        large = member.value
        if member.is_loading or member.is_complete or not isinstance(large, Large):
            return
        if self.load is not None:
            member.is_loading = True
            self.load(large.place, len(member.children), PORTION, lambda p: self._add(member, p))

    def _add(self, member: Member, page: Page) -> None:
        """Members that were asked for are there."""
        top = member
        while top.parent is not None:
            top = top.parent
        member.is_loading = False
        first = len(member.children)
        if top is not self._root or page.start != first or not page.values:
            return  # another value is shown meanwhile
        self.beginInsertRows(self._index_of(member), first, first + len(page.values) - 1)
        steps: Sequence[str | int] = page.names or range(first, first + len(page.values))
        for step, value in zip(steps, page.values, strict=True):
            member.add(step, value)
        self.endInsertRows()

    def _index_of(self, member: Member) -> QModelIndex:
        return QModelIndex() if member is self._root else self.createIndex(member.row, 0, member)

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
            return str(member.step) if index.column() == 0 else _shown(member)
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
        case Large(kind="record"):
            return f"{{ {member.value.size:,} }}"
        case Large(kind="list"):
            return f"[ {member.value.size:,} ]"
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
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def show_value(self, value: Any) -> None:
        """Show a value, its first level, and the second where that is short."""
        self._model.show_value(value)
        if self._model.canFetchMore(QModelIndex()):
            self._model.fetchMore(QModelIndex())
        for row in range(min(OPENED, self._model.rowCount())):
            child = self._model.index(row, 0)
            if 0 < self._model.member(child).size <= 12:
                self.expand(child)

    def load_with(self, load: Load | None) -> None:
        """Load more of large values with this."""
        self._model.load = load

    def selected(self) -> tuple[tuple[str | int, ...], Any]:
        """The way to the member that is selected, and its value; () when none is."""
        member = self._model.member(self.currentIndex())
        return member.path, member.value

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the value that is selected."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            value = self._model.member(self.currentIndex()).value
            QGuiApplication.clipboard().setText(whole(value))
            event.accept()
            return
        super().keyPressEvent(event)
