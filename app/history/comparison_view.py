"""Two runs beside each other: what differs on the left, and each difference on the right."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.history.comparing import Compared
from app.history.comparison_table import ComparisonTable
from app.icons import icon
from app.presenters.run_comparison import Row, heading, lines, rows, tasks_of, verdict
from app.results.text_views import ChangesView
from runtime.journal.contract import RunRow

SAME = "It gave the same in both runs."
Title = Callable[[str], str]


class ComparisonView(QWidget):
    """`back` is wanted, or the block of an address is to be shown."""

    back = Signal()
    shown = Signal(str)
    swap = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._compared: Compared | None = None
        self.heading, self.verdict, self.empty = QLabel(self), QLabel(self), QLabel(SAME, self)
        self.table = ComparisonTable(self)
        self.tasks = QComboBox(self)
        self.tasks.view().setAccessibleName("Rounds")
        self.changes = ChangesView(self)
        self._go_back = self._tool("Back to the list of runs", self.back.emit)
        self._swap = self._tool("Exchange the two runs", self.swap.emit)
        self.show_block = QPushButton("Show the block", self)
        self.show_block.setProperty("small", True)
        self.show_block.setToolTip("Go to the block on the canvas")
        self.show_block.clicked.connect(lambda: self.shown.emit(self._address()))
        self._lay_out()
        self.table.chosen.connect(self._show_row)
        self.table.activated.connect(lambda _: self.shown.emit(self._address()))
        self.tasks.currentIndexChanged.connect(lambda _: self._show_lines())
        self.restyle()

    @property
    def runs(self) -> tuple[str, str] | None:
        """The two runs that are compared."""
        return (self._compared.before.run, self._compared.after.run) if self._compared else None

    def show_comparison(self, compared: Compared, title: Title) -> None:
        """Show how a run differs from another; `title` says what the block of an address is."""
        self._compared = compared
        found = compared.found
        self.heading.setText(
            f"{_moment(compared.before)}, {heading(found.before)}   →   "
            f"{_moment(compared.after)}, {heading(found.after)}"
        )
        self.heading.setToolTip(f"{compared.before.run} → {compared.after.run}")
        self.verdict.setText(verdict(found, title))
        self.verdict.setProperty("role", "success" if found.same else "warning")
        self.verdict.style().polish(self.verdict)
        self.table.show_rows(rows(found, compared.flows, title))
        self._show_row()

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._go_back.setIcon(icon("mdi6.arrow-left"))
        self._swap.setIcon(icon("mdi6.swap-horizontal"))
        self.changes.restyle()
        self.table.viewport().update()

    # What is chosen.

    def _row(self) -> Row | None:
        return self.table.row() if self._compared else None

    def _address(self) -> str:
        row = self._row()
        return (self.tasks.currentText() or row.address) if row and row.kind == "block" else ""

    def _show_row(self) -> None:
        row = self._row()
        is_block = row is not None and row.kind == "block"
        self.show_block.setEnabled(is_block)
        tasks = tasks_of(row, self._compared.found) if row and self._compared and is_block else []
        self.tasks.blockSignals(True)
        self.tasks.clear()
        self.tasks.addItems(tasks)
        self.tasks.blockSignals(False)
        self.tasks.setVisible(len(tasks) > 1)
        self._show_lines()

    def _show_lines(self) -> None:
        row = self._row()
        found = []
        if row is not None and self._compared is not None:
            task = self.tasks.currentText() or row.address
            found = lines(row, self._compared.found, self._compared.flows, task)
        self.changes.show_lines(found)
        self.changes.setVisible(bool(found))
        self.empty.setVisible(not found)

    # How it is made.

    def _tool(self, tip: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: do())
        return button

    def _lay_out(self) -> None:
        self.heading.setProperty("role", "heading")
        for label in (self.heading, self.verdict):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(40)
        self.verdict.setWordWrap(True)
        self.empty.setProperty("role", "empty")
        self.tasks.setAccessibleName("Round that is compared")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(8)
        bar.addWidget(self._go_back)
        bar.addWidget(self.heading)
        bar.addWidget(self._swap)
        bar.addStretch(1)
        bar.addWidget(self.tasks)
        bar.addWidget(self.show_block)
        right = QWidget(self)
        box = QVBoxLayout(right)
        box.setContentsMargins(8, 2, 8, 0)
        box.setSpacing(4)
        box.addWidget(self.verdict)
        box.addWidget(self.changes, 1)
        box.addWidget(self.empty, 1)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(self.table)
        halves.addWidget(right)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        halves.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(halves, 1)


def _moment(row: RunRow) -> str:
    began = datetime.fromtimestamp(row.started, UTC).astimezone()
    today = datetime.now(UTC).astimezone().date()
    return f"{began:%H:%M:%S}" if began.date() == today else f"{began:%d %b %H:%M}"
