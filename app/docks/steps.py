"""Everything that was done to the flow, to go back to and forth from."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from app.docks import Dock
from app.document import Change, Step
from app.icons import icon
from app.studio import Studio
from app.theme import BODY, current, font
from app.workbench import Workbench
from graph.edits import Inside, Many, describe
from graph.edits.edit import Edit
from graph.errors import EditRefused
from graph.flow import Flow

MOST_TOLD = 12
"""Edits of one step beyond which only their number is told."""

Index = QModelIndex | QPersistentModelIndex


class StepsModel(QAbstractListModel):
    """The history of a document, oldest first, after a row for how it was opened."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = workbench.document
        self._labels = [step.label for step in self._document.history]
        workbench.changed.connect(self._on_change)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._labels) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() <= len(self._labels):
            return None
        now, row = self._document.position, index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                state = ", as it is now" if row == now else ", taken back" if row > now else ""
                return self._text(row) + state
            case Qt.ItemDataRole.FontRole:
                return font(BODY, bold=row == now)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(current().faint if row > now else current().text)
            case Qt.ItemDataRole.DecorationRole:
                name = "mdi6.circle-medium" if row == now else "mdi6.circle-small"
                return icon(name, current().accent if row == now else current().faint)
            case Qt.ItemDataRole.ToolTipRole:
                return "Go to how the flow was after this"
            case _:
                return None

    def _text(self, row: int) -> str:
        if not row:
            return "As it was opened"
        step = self._document.history[row - 1]
        where = f" – in {' / '.join(step.level)}" if step.level else ""
        return (self._labels[row - 1] or "Edited") + where

    def _on_change(self, change: Change) -> None:
        history, row = self._document.history, self._document.position - 1
        if change.cause == "edit" and row >= 0:
            self._learn(row, history[row], change.before)
        last = self.index(len(self._labels), 0)
        self.dataChanged.emit(self.index(0, 0), last, [])

    def _learn(self, row: int, step: Step, before: Flow) -> None:
        """What was taken back is gone; the last step is new, or has grown."""
        merged = row == len(self._labels) - 1 and bool(step.merge)
        keep = row + 1 if merged else row
        if keep < len(self._labels):
            self.beginRemoveRows(QModelIndex(), keep + 1, len(self._labels))
            del self._labels[keep:]
            self.endRemoveRows()
        if merged:
            self._labels[row] = step.label or self._labels[row]
            return
        self.beginInsertRows(QModelIndex(), row + 1, row + 1)
        self._labels.append(step.label or told(step.done, before))
        self.endInsertRows()


class Steps(QWidget):
    """The dock."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._bench: Workbench | None = None
        self._model: StepsModel | None = None
        self.list = QListView(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("History")
        self.list.setAccessibleDescription("Enter goes to how the flow was after a step.")
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.addWidget(self.list)
        studio.workspace.current_changed.connect(self._show_front)
        studio.theme.changed.connect(self.list.viewport().update)
        self._show_front()

    def _show_front(self) -> None:
        if self._bench is not None:
            self._bench.changed.disconnect(self._mark)
        old, self._bench = self._model, self._studio.workspace.current
        self._model = StepsModel(self._bench, self) if self._bench else None
        self.list.setModel(self._model)
        if old is not None:
            old.deleteLater()
        if self._bench is not None:
            self._bench.changed.connect(self._mark)
            self._mark()

    def _mark(self, _: object = None) -> None:
        if self._bench is not None and self._model is not None:
            now = self._model.index(self._bench.document.position, 0)
            self.list.setCurrentIndex(now)
            self.list.scrollTo(now)

    def _go(self, index: QModelIndex) -> None:
        if self._bench is not None:
            self._bench.document.go_to(index.row())


def told(edit: Edit, before: Flow) -> str:
    """What a step without a name does, in a line."""
    inner: Edit = edit
    while isinstance(inner, Inside):
        before, inner = before.flows[inner.name], inner.inner
    if isinstance(inner, Many) and len(inner.edits) > MOST_TOLD:
        return f"{len(inner.edits)} changes"
    try:
        lines = describe(inner, before).split("\n")
    except EditRefused:  # it grew out of several, and `before` is that of the last of them
        return "Several changes"
    more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
    return lines[0].rstrip(".") + more


DOCK = Dock("history", "Edits", "mdi6.undo-variant", "right", Steps, order=40)
