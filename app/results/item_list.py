"""The list of all there is of a task or run, in groups: a name and what is said of it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeView, QWidget

from app.presenters.data_items import Group, Item
from app.theme import SMALL, current, font, type_colour

Index = QModelIndex | QPersistentModelIndex
DOT = 9
NAMES = 108
"""How wide the names are at first."""


class ItemModel(QAbstractItemModel):
    """Groups, and the items in each. News of the same items leave the list as it is."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.groups: Sequence[Group] = ()
        self._dots: dict[str, QPixmap] = {}

    def show_groups(self, groups: Sequence[Group]) -> bool:
        """Show these; whether the items are others than before."""
        is_same = _keys(groups) == _keys(self.groups)
        if not is_same:
            self.beginResetModel()
        self.groups = groups
        if not is_same:
            self.endResetModel()
            return True
        for row, group in enumerate(groups):
            top = self.index(row, 0)
            last = self.index(len(group.items) - 1, 1, top)
            self.dataChanged.emit(self.index(0, 0, top), last, [])
        return False

    def item(self, index: Index) -> Item | None:
        """The item of a line, None for a heading."""
        group = index.internalId() - 1 if index.isValid() else -1
        return self.groups[group].items[index.row()] if group >= 0 else None

    def place_of(self, key: str) -> QModelIndex:
        """Where the item of that key is."""
        for row, group in enumerate(self.groups):
            for number, item in enumerate(group.items):
                if item.key == key:
                    return self.index(number, 0, self.index(row, 0))
        return QModelIndex()

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._dots.clear()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        if not parent.isValid():
            return len(self.groups)
        return len(self.groups[parent.row()].items) if not parent.internalId() else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002 - Qt's
        return 2

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        if not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> Any:
        group = index.internalId()
        return self.createIndex(group - 1, 0, 0) if group else QModelIndex()

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.item(index) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if item is None:
            return self._of_heading(index, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return item.label if index.column() == 0 else item.said
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(_ink(item, index.column()))
            case Qt.ItemDataRole.DecorationRole if index.column() == 0 and item.kind == "value":
                return self._dot(type_colour(item.type))
            case Qt.ItemDataRole.ToolTipRole:
                about = f"{item.label}: {item.type}" if item.type else item.label
                return "\n".join(filter(None, (about, item.note, item.said)))
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == 0:
                changed = "changed by hand" if item.mark == "changed" else ""
                spoken = (item.label, item.type, item.said, changed or item.note)
                return ", ".join(filter(None, spoken))
        return None

    def _of_heading(self, index: Index, role: int) -> Any:
        if index.column():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.groups[index.row()].title
            case Qt.ItemDataRole.FontRole:
                return font(SMALL, bold=True)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(current().muted)
        return None

    def _dot(self, colour: str) -> QPixmap:
        if colour not in self._dots:
            self._dots[colour] = _drawn_dot(colour)
        return self._dots[colour]


def _keys(groups: Sequence[Group]) -> list[tuple[str, list[str]]]:
    return [(group.title, [item.key for item in group.items]) for group in groups]


def _ink(item: Item, column: int) -> str:
    t = current()
    match item.mark:
        case "failed":
            return t.failed if column else t.text
        case "changed":
            return t.warning
        case "quiet":
            return t.muted
    return t.text if column == 0 else t.muted


def _drawn_dot(colour: str) -> QPixmap:
    pixmap = QPixmap(DOT, DOT)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(1, 1, DOT - 2, DOT - 2)
    painter.end()
    return pixmap


class ItemList(QTreeView):
    """One item is chosen at a time; Enter goes into its value."""

    chosen = Signal()
    """Another item."""
    opened = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = ItemModel(self)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("What there is")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(8)
        self.setIconSize(QSize(DOT, DOT))
        self.setUniformRowHeights(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, NAMES)
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit())

    def item(self) -> Item | None:
        """The item that is chosen."""
        return self._model.item(self.currentIndex())

    def item_at(self, index: QModelIndex) -> Item | None:
        """The item of a line."""
        return self._model.item(index)

    def keys(self) -> list[str]:
        """The keys of all items, in order."""
        return [item.key for group in self._model.groups for item in group.items]

    def show_groups(self, groups: Sequence[Group], wanted: str) -> None:
        """Show these, the item of that key being chosen if they aren't the same as before."""
        if self._model.show_groups(groups):
            self.expandAll()
            for row in range(len(groups)):
                self.setFirstColumnSpanned(row, QModelIndex(), True)
            self.choose(wanted)

    def choose(self, key: str) -> None:
        """Choose the item of that key."""
        self.setCurrentIndex(self._model.place_of(key))

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._model.restyle()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            event.accept()
            return
        super().keyPressEvent(event)
