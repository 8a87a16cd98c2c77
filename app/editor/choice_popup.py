"""A list to choose from that opens where the cursor is: type to narrow it, Enter to take one."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.editor.choice_rows import ROW_HEIGHT, Choice, ChoiceRows

WIDTH = 400
MOST_ROWS = 9

Index = QModelIndex | QPersistentModelIndex


Find = Callable[[str], Sequence[Choice]]
"""What is to choose from once this has been typed, best first."""


class ChoicePopup(QFrame):
    """Shown by `open_at`; tells what was `chosen`, or that it was `dismissed`. Goes by itself."""

    chosen = Signal(object)
    dismissed = Signal()

    def __init__(
        self, parent: QWidget, title: str, find: Find, nothing: str, *,
        width: int = WIDTH, row: int = ROW_HEIGHT,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", True)
        self.setAccessibleName(title)
        self._find = find
        self._taken = False
        self._row = row
        self._model = _Choices(QSize(width - 20, row), self)
        self.field = self._field(title)
        self.list = self._list(title)
        self._nothing = QLabel(nothing, self, wordWrap=True)
        self._nothing.setProperty("role", "small")
        self._nothing.setContentsMargins(8, 6, 8, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        for widget in (self.field, self.list, self._nothing):
            column.addWidget(widget)
        self.setFixedWidth(width)
        self.refresh()

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be chosen now."""
        return self._model.choices

    def open_at(self, corner: QPoint) -> None:
        """Show it with its upper left corner there (on the screen), or as near as it fits."""
        screen = QGuiApplication.screenAt(corner) or self.screen()
        free, size = screen.availableGeometry(), self.sizeHint()
        x = min(corner.x(), free.right() - self.width())
        y = min(corner.y(), free.bottom() - size.height())
        self.move(max(free.left(), x), max(free.top(), y))
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def refresh(self) -> None:
        """Look for what fits what was typed."""
        choices = self._find(self.field.text().strip())
        self._model.show_these(choices)
        self.list.setVisible(bool(choices))
        self.list.setFixedHeight(min(len(choices), MOST_ROWS) * self._row)
        self._nothing.setVisible(not choices)
        self._mark(0)
        self.adjustSize()

    def _field(self, title: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(title)
        field.setAccessibleName(title)
        field.setClearButtonEnabled(True)
        field.textChanged.connect(self.refresh)
        field.installEventFilter(self)
        return field

    def _list(self, title: str) -> QListView:
        view = QListView(self)
        view.setModel(self._model)
        self._rows = ChoiceRows(view)
        view.setItemDelegate(self._rows)
        view.setAccessibleName(title)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setMouseTracking(True)
        view.entered.connect(lambda index: self._mark(index.row()))
        view.clicked.connect(lambda index: self._take(index.row()))
        return view

    def _mark(self, row: int) -> None:
        """Make a row the one that Enter takes; screen readers hear of it at the field."""
        row = max(0, min(row, len(self.choices) - 1))
        self.list.setCurrentIndex(self._model.index(row))
        spoken = self._model.spoken(row) if self.choices else self._nothing.text()
        self.field.setAccessibleDescription(spoken)

    def _take(self, row: int) -> None:
        if 0 <= row < len(self.choices):
            self._taken, value = True, self.choices[row].value
            self.close()
            self.chosen.emit(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that move through the list while the cursor stays in the field."""
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._on_key(event)
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        row = self.list.currentIndex().row()
        steps = {
            Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1,
            Qt.Key.Key_PageDown: MOST_ROWS, Qt.Key.Key_PageUp: -MOST_ROWS,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(row)
        elif key == Qt.Key.Key_Escape:
            self.close()
        elif key in steps:
            self._mark(row + steps[key])
        else:
            return False
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        """However it went, whoever waits for it hears of it."""
        super().hideEvent(event)
        if not self._taken and not event.spontaneous():
            self._taken = True
            self.dismissed.emit()


class _Choices(QAbstractListModel):
    def __init__(self, size: QSize, parent: QObject) -> None:
        super().__init__(parent)
        self._size = size
        self.choices: Sequence[Choice] = ()

    def show_these(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def spoken(self, row: int) -> str:
        one = self.choices[row]
        return ", ".join(filter(None, (one.title, one.hint, one.detail)))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.choices):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.choices[index.row()].title
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.spoken(index.row())
            case Qt.ItemDataRole.UserRole:
                return self.choices[index.row()]
            case Qt.ItemDataRole.SizeHintRole:
                return self._size
            case _:
                return None
