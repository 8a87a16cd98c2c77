"""The tables of watches: the list that is written in, and one watch through the rounds."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.icons import icon
from app.theme import BODY, current, font, mono
from app.watches.lines import WatchLine, line_of, round_of, said_of
from app.watches.watches import Watches
from app.workbench import Workbench
from app.workspace import Workspace
from runtime.watching import Watched

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Watch", "Value", "Where")
NEW = "Add a watch…"
HINT = "Such as parse.items[0]: a block, a port, and Python after that"


class WatchModel(QAbstractTableModel):
    """A line for each watch, and one at the end to write another into."""

    def __init__(self, watches: Watches, parent: QObject) -> None:
        super().__init__(parent)
        self._watches = watches
        self.lines: list[WatchLine] = []
        watches.changed.connect(self.refresh)
        watches.came.connect(self._refresh_values)
        self.refresh()

    def refresh(self) -> None:
        """There are other watches. A line that is just being written stays where it is."""
        lines = self._lines()
        added = len(lines) - len(self.lines)
        if added == 1 and _names(lines)[:-1] == _names(self.lines):
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines))
            self.lines = lines
            self.endInsertRows()
        elif added == 0:
            self.lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines), 2), [])
        else:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()

    def _refresh_values(self) -> None:
        lines = self._lines()
        if len(lines) == len(self.lines):
            self.lines = lines
            self.dataChanged.emit(self.index(0, 1), self.index(len(lines) - 1, 2), [])

    def _lines(self) -> list[WatchLine]:
        return [line_of(watch, self._watches.value(watch)) for watch in self._watches.all()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.row() >= len(self.lines):
            return self._of_new(index, role)
        line = self.lines[index.row()]
        text = (line.expression, line.said, line.where)[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return text
            case Qt.ItemDataRole.ToolTipRole:
                return text
            case Qt.ItemDataRole.FontRole:
                return _font(index.column(), line)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(_ink(index.column(), line))
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == 0:
                return ", ".join(filter(None, (line.expression, line.said, line.where)))
        return None

    def _of_new(self, index: Index, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole if index.column() == 0:
                return NEW
            case Qt.ItemDataRole.DisplayRole if index.column() == 1 and not self.lines:
                return HINT
            case Qt.ItemDataRole.EditRole:
                return ""
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(current().muted)
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return icon("mdi6.plus", current().muted)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Watch what was written; nothing written takes the watch out."""
        if role != Qt.ItemDataRole.EditRole or index.column():
            return False
        if index.row() >= len(self.lines):
            self._watches.add(str(value))
        elif str(value).strip() != self.lines[index.row()].expression:
            row, written = index.row(), str(value)
            # Later, as it may take the line out, which its editor would not survive.
            QTimer.singleShot(0, self, lambda: self._watches.edit(row, written))
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None


def _names(lines: list[WatchLine]) -> list[str]:
    return [line.expression for line in lines]


def _font(column: int, line: WatchLine) -> QFont:
    made = mono(12) if column < 2 else font(BODY)
    made.setItalic(column == 1 and line.state != "value")
    return made


def _ink(column: int, line: WatchLine) -> str:
    t = current()
    return t.muted if column == 2 or (column == 1 and line.state != "value") else t.text


class RoundsModel(QAbstractTableModel):
    """What a watch came to in each round."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rounds: Sequence[Watched] = ()

    def show_rounds(self, rounds: Sequence[Watched]) -> None:
        self.beginResetModel()
        self.rounds = rounds
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rounds)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        watched = self.rounds[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return said_of(watched) if index.column() else round_of(watched.scope).capitalize()
        if role == Qt.ItemDataRole.ForegroundRole:
            before = self.rounds[index.row() - 1] if index.row() else None
            is_same = before is not None and said_of(before) == said_of(watched)
            return QColor(current().muted if is_same or watched.waits else current().text)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ("Round", "Value")[section]
        return None


class Offering(QStyledItemDelegate):
    """Writes watches, offering the ports of the shown flow."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._line: QLineEdit | None = None

    def createEditor(
        self,
        parent: QWidget | None,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's
        index: Index,  # noqa: ARG002 - Qt's
    ) -> QWidget:
        """A line with completion."""
        line = QLineEdit(parent)
        line.setProperty("mono", True)
        line.setPlaceholderText("block.port")
        line.setAccessibleName("What to watch")
        front = self._workspace.current
        completer = QCompleter(ends_of(front) if front else [], line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)
        self._line = line
        if (popup := completer.popup()) is not None:
            popup.installEventFilter(self)
        return line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes what is written, though a list is open in which nothing is chosen."""
        if not isinstance(watched, QAbstractItemView):
            return super().eventFilter(watched, event)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not watched.currentIndex().isValid()
            and self._line is not None
        ):
            watched.hide()
            enter = QKeyEvent(event.type(), event.key(), event.modifiers())
            QCoreApplication.postEvent(self._line, enter)
            return True
        return False

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)


def ends_of(workbench: Workbench) -> list[str]:
    """The ports of the shown flow, as watches name them."""
    found = list[str]()
    for id, block in workbench.flow.blocks.items():
        ports = workbench.ports(block)
        linked = (link.target.port for link in workbench.flow.links_into(id))
        found += [f"{id}.{port}" for port in dict.fromkeys((*ports.outputs, *linked))]
    return found


class WatchTable(QTableView):
    """Enter or a letter writes, Delete takes out."""

    def __init__(self, watches: Watches, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._watches = watches
        self._offering = Offering(workspace, self)
        self.setModel(WatchModel(watches, self))
        self.setItemDelegateForColumn(0, self._offering)
        self.setAccessibleName("Watches")
        self.setAccessibleDescription("Enter writes a watch, Delete takes it out.")
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        dress(self, (170, 160, 84))
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._clicked)

    def _clicked(self, index: QModelIndex) -> None:
        if index.row() == len(self._watches.all()):
            self.edit(index.siblingAtColumn(0))

    def _write(self, row: int) -> None:
        """Write the watch of a row, or another one where the keyboard has been in none yet."""
        index = self.model().index(row if row >= 0 else len(self._watches.all()), 0)
        self.setCurrentIndex(index)
        self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = sorted({index.row() for index in self.selectedIndexes()})
        if event.key() == Qt.Key.Key_Delete and rows:
            self._watches.remove(rows)
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.state() != QAbstractItemView.State.EditingState:
                self._write(rows[0] if rows else self.currentIndex().row())
            event.accept()
        else:
            super().keyPressEvent(event)


def dress(table: QTableView, widths: Sequence[int]) -> None:
    """How the tables of this dock look."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(26)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
