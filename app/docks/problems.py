"""The problems dock: what is wrong, where, and what cures it."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.editor.inspector.notes import offers_of
from app.icons import icon
from app.presenters.problem_list import Entry, count_of, entries, matching
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench
from graph.errors import Problem

TITLE = "Problems"
SIGNS = {"error": "mdi6.alert-circle", "warning": "mdi6.alert"}
FIX = 3
FIX_WIDTH = 84
MOST_FIXED = 200
"""Rows that are looked at for a quick fix."""
ENTRY = int(Qt.ItemDataRole.UserRole)


class ProblemRows(QTreeWidget):
    """The list; Return, Space or a click chooses a row."""

    chosen = Signal(Entry)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setColumnCount(4)
        self.setHeaderLabels(["Problem", "What to do", "Where", "Fix"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(15, 15))
        self.setAccessibleName("Problems of the flow")
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(40)
        header.setStretchLastSection(True)
        self.itemClicked.connect(lambda item: self._choose(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentItem())
            return
        super().keyPressEvent(event)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(0, ENTRY))


class Problems(QWidget):
    """Lists the problems of the flow in front, and of packs that couldn't be loaded."""

    chosen = Signal(Entry)
    """What is to be gone to."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setObjectName("problems")
        self._studio = studio
        self._workbench: Workbench | None = None
        self.listed: list[Entry] = []
        self.rows = ProblemRows(self)
        self.rows.chosen.connect(self.chosen)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter the problems")
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self._fill)
        self._count = QLabel(self)
        self._count.setProperty("role", "muted")
        self._empty = QLabel("Nothing is wrong with this flow.", self)
        self._empty.setProperty("role", "empty")
        self._lay_out()
        studio.workspace.current_changed.connect(self._turn_to_front)
        studio.theme.changed.connect(self._fill)
        self._turn_to_front()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.addWidget(self._count)
        bar.addStretch(1)
        bar.addWidget(self.filter)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.rows)
        self._stack.addWidget(self._empty)
        self.rows.setFrameShape(QTreeWidget.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(self._stack, 1)

    def _turn_to_front(self) -> None:
        front = self._studio.workspace.current
        if self._workbench is not None:
            self._workbench.problems_changed.disconnect(self.refresh)
        self._workbench = front
        if front is not None:
            front.problems_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """List the problems as they are now."""
        bench = self._workbench
        packs: Iterable[Problem] = self._studio.installed.problems if bench else ()
        self.listed = (
            entries(bench.document.flow, bench.catalog, bench.problems, packs) if bench else []
        )
        self._count.setText(count_of(self.listed))
        self._name_the_dock()
        self._fill()

    def _fill(self) -> None:
        shown = matching(self.listed, self.filter.text())
        kept = self.rows.currentIndex().row()
        self.rows.clear()
        signs = {tone: _sign(tone) for tone in SIGNS}
        for entry in shown:
            self.rows.addTopLevelItem(item := _item(entry, signs))
            self._offer_fix(item, entry)
        if self.rows.topLevelItemCount() and kept >= 0:
            last = self.rows.topLevelItemCount() - 1
            self.rows.setCurrentIndex(self.rows.model().index(min(kept, last), 0))
        none = "Nothing here is called that." if self.listed else "Nothing is wrong with this flow."
        self._empty.setText(none)
        self._stack.setCurrentWidget(self.rows if shown else self._empty)

    def _offer_fix(self, item: QTreeWidgetItem, entry: Entry) -> None:
        """A button in the row for what would do away with the problem."""
        bench = self._workbench
        if (
            bench is None
            or entry.level is None
            or self.rows.indexOfTopLevelItem(item) >= MOST_FIXED
        ):
            return
        for offer in offers_of(bench)(entry.problem)[:1]:
            button = QPushButton(icon("mdi6.auto-fix", current().accent), "Fix", self.rows)
            button.setProperty("link", True)
            button.setToolTip(offer.title)
            button.setAccessibleName(f"Fix: {offer.title}")
            button.clicked.connect(lambda _=False, do=offer.do: do())
            self.rows.setItemWidget(item, FIX, button)

    def _name_the_dock(self) -> None:
        dock = self.parentWidget()
        if isinstance(dock, QDockWidget):
            dock.setWindowTitle(f"{TITLE} ({len(self.listed)})" if self.listed else TITLE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the width."""
        super().resizeEvent(event)
        width = self.width() - FIX_WIDTH
        for column, share in enumerate((0.44, 0.34, 0.22)):
            self.rows.setColumnWidth(column, int(width * share))


def _sign(tone: str) -> QIcon:
    return icon(SIGNS[tone], current().failed if tone == "error" else current().warning)


def _item(entry: Entry, signs: dict[str, QIcon]) -> QTreeWidgetItem:
    problem = entry.problem
    item = QTreeWidgetItem([problem.message, problem.cure, entry.place])
    item.setIcon(0, signs[problem.severity])
    item.setData(0, ENTRY, entry)
    for column, text in enumerate((problem.message, problem.cure, entry.place)):
        item.setToolTip(column, text)
    kind = "Problem" if problem.severity == "error" else "Warning"
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{kind}: {entry.text}")
    return item


DOCK = Dock("problems", TITLE, "mdi6.alert-circle-outline", "bottom", Problems, order=30)
