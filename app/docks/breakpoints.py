"""The breakpoints of the flow in front: switched, edited, gone to; and what they have said."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.controls import small_button
from app.docks import Dock
from app.icons import icon
from app.presenters.stop_list import COLUMNS, StopRow, rows_of, said
from app.presenters.stopping import target_of
from app.studio import Studio
from app.tables import Index, Rows
from app.theme import current
from app.workbench import Workbench

SIGNS = {
    "stop": ("mdi6.circle", "mdi6.circle-outline"),
    "condition": ("mdi6.rhombus", "mdi6.rhombus-outline"),
    "log": ("mdi6.message-text", "mdi6.message-text-outline"),
}
DELAY = 100
"""Milliseconds after news of the run until the hits are counted again."""
HITS_WIDTH = 64


class BreakpointModel(Rows[StopRow]):
    """Breakpoints as rows; the check box of the first column enables one."""

    columns = COLUMNS

    switched = Signal(str, bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def show_rows(self, rows: Sequence[StopRow]) -> None:
        """Show these, keeping what is selected where the rows are the same."""
        if [row.id for row in rows] == [row.id for row in self.rows]:
            self.rows = rows
            last = self.index(len(rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return row.texts[column]
            case Qt.ItemDataRole.CheckStateRole if column == 0:
                return Qt.CheckState.Checked if row.enabled else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole if column == 0:
                tokens = current()
                colour = tokens.accent if row.glyph == "log" else tokens.failed
                return icon(
                    SIGNS[row.glyph][not row.enabled], colour if row.there else tokens.faint
                )
            case Qt.ItemDataRole.ForegroundRole if not row.enabled or not row.there:
                return QColor(current().muted)
            case Qt.ItemDataRole.AccessibleTextRole if column == 0:
                return row.spoken
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        checked = Qt.CheckState(value) == Qt.CheckState.Checked
        self.switched.emit(self.rows[index.row()].id, checked)
        return True


class BreakpointRows(QTreeView):
    """The list; Delete takes a breakpoint away, Enter goes to it."""

    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)


class BreakpointsDock(QWidget):
    """Follows the flow in front."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._points = studio.runs.breakpoints
        self._bench: Workbench | None = None
        self.model = BreakpointModel(self)
        self.rows = self._make_rows()
        self.said = QPlainTextEdit(self)
        self.said.setReadOnly(True)
        self.said.setProperty("mono", True)
        self.said.setProperty("bare", True)
        self.said.setFrameShape(QFrame.Shape.NoFrame)
        self.said.setAccessibleName("What breakpoints have said")
        self._empty = QLabel(
            "Select a block or a link and press F9: runs will stop there.", self
        )  # fmt: skip
        self._empty.setProperty("role", "empty")
        self._buttons = {
            "edit": small_button(self, "Edit…", "Change how the breakpoint stops", self.edit),
            "remove": small_button(self, "Remove", "Take the breakpoint away", self.remove),
        }
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.refresh)
        self.rows.selectionModel().selectionChanged.connect(self._offer)
        self.model.switched.connect(self._switch)
        self._points.changed.connect(self._on_change)
        studio.workspace.current_changed.connect(self._turn_to_front)
        studio.theme.changed.connect(self.refresh)
        self._turn_to_front()

    # What is done.

    def refresh(self) -> None:
        """List the breakpoints as they are now."""
        bench = self._bench
        live = bench.live if bench else None
        rows = (
            rows_of(
                self._points.of(bench), bench.document.flow, bench.catalog,
                live.hits if live else {},
            )
            if bench
            else []
        )  # fmt: skip
        self.model.show_rows(rows)
        if rows:
            self._studio.dock_speaks.emit(DOCK.id)
        self._stack.setCurrentWidget(self._lists if rows else self._empty)
        lines = said(live.logged, bench.title_at) if live and bench else []
        text = "\n".join(lines)
        self.said.setVisible(bool(lines))
        if text != self.said.toPlainText():
            self.said.setPlainText(text)
            self.said.verticalScrollBar().setValue(self.said.verticalScrollBar().maximum())
        self._offer()

    def go_to(self, row: int) -> None:
        """Show the place of a breakpoint."""
        point = self._points.find(self._bench, self._id(row)) if self._bench else None
        if (
            self._bench is None
            or point is None
            or not point.block
            or not self.model.rows[row].there
        ):
            return
        self._bench.go_to_address(point.block)
        if point.to:
            self._bench.select(links=[target_of(point)])

    def edit(self) -> None:
        """Open the form of the selected breakpoint."""
        row = self.rows.currentIndex().row()
        point = self._points.find(self._bench, self._id(row)) if self._bench else None
        if self._bench is not None and point is not None:
            self._points.edit_wanted.emit(self._bench, point, False)

    def remove(self) -> None:
        """Take the selected breakpoints away."""
        rows = {index.row() for index in self.rows.selectionModel().selectedRows()}
        if self._bench is not None:
            self._points.remove(self._bench, *map(self._id, rows))

    # How it is made.

    def _make_rows(self) -> BreakpointRows:
        rows = BreakpointRows(self)
        rows.setModel(self.model)
        rows.setFrameShape(QFrame.Shape.NoFrame)
        rows.setRootIsDecorated(False)
        rows.setUniformRowHeights(True)
        rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows.setAllColumnsShowFocus(True)
        rows.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        rows.setAccessibleName("Breakpoints")
        rows.setAccessibleDescription("Space switches a breakpoint, Enter goes to it.")
        rows.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        rows.header().setStretchLastSection(True)
        rows.activated.connect(lambda index: self.go_to(index.row()))
        rows.removed.connect(self.remove)
        return rows

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 8, 4)
        bar.setSpacing(6)
        whole = self._studio.actions["debug.whole"]
        bar.addWidget(small_button(self, "Stop the run when…", whole.toolTip(), whole.trigger))
        bar.addStretch(1)
        for button in self._buttons.values():
            bar.addWidget(button)
        for id, title in (("debug.mute", "Disable all"), ("debug.remove_all", "Remove all")):
            bar.addWidget(self._of_action(id, title))
        self._lists = QSplitter(Qt.Orientation.Vertical, self)
        self._lists.addWidget(self.rows)
        self._lists.addWidget(self.said)
        self._lists.setChildrenCollapsible(False)
        self._lists.setStretchFactor(0, 3)
        self._lists.setStretchFactor(1, 1)
        self._lists.setSizes([300, 100])
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._lists)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(self._stack, 1)

    def _of_action(self, id: str, title: str) -> QPushButton:
        action = self._studio.actions[id]
        button = small_button(self, title, action.toolTip(), action.trigger)

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            if action.isCheckable():
                button.setText("Enable all" if action.isChecked() else title)

        action.changed.connect(follow)
        follow()
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the width."""
        super().resizeEvent(event)
        width = self.width() - HITS_WIDTH
        for column, share in enumerate((0.4, 0.6)):
            self.rows.setColumnWidth(column, int(width * share))

    # Following.

    def _turn_to_front(self) -> None:
        if self._bench is not None:
            self._bench.changed.disconnect(self._later)
            self._bench.run_changed.disconnect(self._later)
        self._bench = self._studio.workspace.current
        if self._bench is not None:
            self._bench.changed.connect(self._later)
            self._bench.run_changed.connect(self._later)
        self.refresh()

    def _later(self, _: object = None) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _on_change(self, bench: Workbench) -> None:
        if bench is self._bench:
            self.refresh()

    def _offer(self, *_: object) -> None:
        chosen = bool(self.rows.selectionModel().selectedRows())
        for button in self._buttons.values():
            button.setEnabled(chosen)

    def _switch(self, id: str, on: bool) -> None:
        if self._bench is not None:
            self._points.enable(self._bench, on, id)

    def _id(self, row: int) -> str:
        return self.model.rows[row].id if 0 <= row < len(self.model.rows) else ""


DOCK = Dock(
    "breakpoints",
    "Breakpoints",
    "mdi6.circle-multiple",
    "bottom",
    BreakpointsDock,
    order=14,
    shown=False,
)
