"""Find in flow: a field over the canvas, what was found, and the way from one to the next."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.choice_rows import ROW_HEIGHT, Choice, ChoiceRows
from app.icons import icon
from app.presenters.flow_search import MOST, Found, search
from app.studio import Studio
from app.workbench import Workbench

WIDTH, MARGIN, MOST_ROWS = 420, 12, 6
DELAY = 120
"""Milliseconds after a key in which further ones join it."""

Index = QModelIndex | QPersistentModelIndex


class FoundModel(QAbstractListModel):
    """What was found, as rows that any list of choices shows."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = workbench
        self.found: list[Found] = []

    def show_these(self, found: list[Found]) -> None:
        """Show these places."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.found):
            return None
        choice = self._choice(self.found[index.row()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return choice.title
            case Qt.ItemDataRole.UserRole:
                return choice
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(filter(None, (choice.title, choice.detail, choice.hint)))
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(WIDTH - 40, ROW_HEIGHT)
            case _:
                return None

    def _choice(self, one: Found) -> Choice:
        flow = self._bench.document.at(one.level) if self._bench.document.has(one.level) else None
        block = flow.blocks.get(one.block) if flow else None
        spec = self._bench.catalog.get(block.kind) if block else None
        spans = one.spans if one.where == "title" and one.text == one.title else ()
        detail = block.kind if block and one.where == "title" else f"{one.where}: {one.text}"
        return Choice(
            one.title, one, detail, spec.icon if spec else "", " / ".join(one.level), spans
        )


class FindBar(QFrame):
    """Lies over the upper right of a canvas; hidden until `open` is called."""

    def __init__(self, workbench: Workbench, studio: Studio, over: QWidget) -> None:
        # A child of the canvas would share its keys: Tab would add a block while one types.
        super().__init__(over.parentWidget())
        self._bench, self._studio, self._over = workbench, studio, over
        self._at = -1
        self.setProperty("card", True)
        self.setAccessibleName("Find in flow")
        self.field = self._make_field()
        self.count = QLabel(self)
        self.count.setProperty("role", "small")
        self.count.setAccessibleName("How many places were found")
        self.model = FoundModel(workbench, self)
        self.list = self._make_list()
        self._buttons = [
            self._button("mdi6.chevron-up", "Previous place (Shift+F3)", self.previous),
            self._button("mdi6.chevron-down", "Next place (F3)", self.next),
            self._button("mdi6.close", "Close (Escape)", self.leave),
        ]
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.search_now)
        workbench.changed.connect(self._search_again)
        workbench.run_changed.connect(self._search_again)
        studio.theme.changed.connect(self._restyle)
        over.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it, with the cursor in the field."""
        self.show()
        self._place()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.search_now()

    def leave(self) -> None:
        """Put it away; the keyboard goes to the canvas."""
        self.hide()
        self._over.setFocus(Qt.FocusReason.OtherFocusReason)

    def next(self) -> None:
        """Go to the next place that was found."""
        self._step(1)

    def previous(self) -> None:
        """Go to the place that was found before this one."""
        self._step(-1)

    def search_now(self) -> None:
        """Find what is typed in the flow as it is."""
        self._soon.stop()
        values = self._bench.run.values if self._bench.run else None
        words = self.field.text()
        found = search(self._bench.document.flow, words, self._bench.catalog, values)
        if found != self.model.found:
            self.model.show_these(found)
            self._at = -1
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(min(len(found), MOST_ROWS) * ROW_HEIGHT)
        self._tell()
        self._place()

    def _step(self, by: int) -> None:
        if self._soon.isActive():
            self.search_now()
        if count := len(self.model.found):
            self._go((self._at + by) % count if self._at >= 0 else (0 if by > 0 else count - 1))

    def _go(self, row: int) -> None:
        self._at = row
        found = self.model.found[row]
        self._bench.show_level(found.level, found.into)
        self._bench.select((found.block,))
        self._bench.reveal.emit(found.block)
        self.list.setCurrentIndex(self.model.index(row))
        self._tell()

    def _tell(self) -> None:
        count = len(self.model.found)
        many = f"{count}+" if count >= MOST else str(count)
        if not self.field.text().strip():
            words = ""
        elif not count:
            words = "Nothing found"
        else:
            words = f"{self._at + 1} of {many}" if self._at >= 0 else f"{many} found"
        self.count.setText(words)
        spoken = self.model.index(self._at).data(Qt.ItemDataRole.AccessibleTextRole)
        self.field.setAccessibleDescription(f"{words}. {spoken}" if spoken else words)

    def _search_again(self, _: object = None) -> None:
        if self.isVisible():
            self._soon.start()

    # How it is put together.

    def _make_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText("Find titles, fields and values")
        field.setAccessibleName("Find in flow")
        field.setClearButtonEnabled(True)
        field.textChanged.connect(lambda _: self._soon.start())
        field.installEventFilter(self)
        return field

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setModel(self.model)
        self._rows = ChoiceRows(view)
        view.setItemDelegate(self._rows)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAccessibleName("Places that were found")
        view.clicked.connect(lambda index: self._go(index.row()))
        return view

    def _button(self, name: str, tip: str, do: Any) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setProperty("icon_name", name)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.clicked.connect(lambda: do())
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for button in self._buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.list)

    def _restyle(self) -> None:
        for button in self._buttons:
            button.setIcon(icon(str(button.property("icon_name"))))

    def _place(self) -> None:
        self.setFixedWidth(min(WIDTH, max(240, self._over.width() - 2 * MARGIN)))
        self.adjustSize()
        corner = self._over.geometry().topRight()
        self.move(corner.x() - self.width() - MARGIN, corner.y() + MARGIN)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner; the keys that go from place to place while one types."""
        moved = event.type() in (QEvent.Type.Resize, QEvent.Type.Move)
        if watched is self._over and moved and self.isVisible():
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = {
            Qt.Key.Key_Return: -1 if back else 1, Qt.Key.Key_Enter: -1 if back else 1,
            Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Escape: 0,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            self._step(step) if step else self.leave()
        return True
