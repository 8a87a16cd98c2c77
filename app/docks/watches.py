"""The watches of the flow in front: expressions over ports, what they come to, and their past."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.results.pane import MISSING, ValuePane
from app.runs.looking import Looking
from app.studio import Studio
from app.watches.kept import Kept
from app.watches.tables import RoundsModel, WatchTable, dress
from runtime.watching import Watched

SOON = 120
"""Milliseconds after which the rounds of a watch are asked for."""


class WatchesDock(QWidget):
    """The list on the left; the value of the watch that is chosen, or its rounds, on the right."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._watches = studio.watches
        self.looking = Looking(studio.bridge, self)
        self.table = WatchTable(studio.watches, studio.workspace, self)
        self.tabs = QTabBar(self)
        self.pane = ValuePane(self)
        self.rounds = QTableView(self)
        self.rounds_model = RoundsModel(self)
        self.nothing = QLabel("Choose a watch to see its value here.", self)
        self.right = QWidget(self)
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._ask_rounds)
        self.pane.load_with(self.looking.page, self.looking.whole)
        self.pane.troubled.connect(lambda why: studio.notices.tell(why, "error", key="watch"))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self.refresh())
        self.rounds.activated.connect(lambda index: self._go_to_round(index.row()))
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        self._watches.came.connect(self.refresh)
        self._watches.changed.connect(self.refresh)
        studio.theme.changed.connect(self.pane.restyle)
        self.refresh()

    def _lay_out(self) -> None:
        self.nothing.setProperty("role", "empty")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Of the watch")
        for title in ("Value", "Through the rounds"):
            self.tabs.addTab(title)
        self.rounds.setModel(self.rounds_model)
        self.rounds.setAccessibleName("The watch through the rounds")
        self.rounds.setAccessibleDescription("Enter shows the values of a round.")
        self.rounds.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        dress(self.rounds, (120,))
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 2, 8, 2)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        bar.addWidget(self.pane.switch)
        column = QVBoxLayout(self.right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        for view in (self.pane, self.rounds, self.nothing):
            column.addWidget(view, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self.table)
        split.addWidget(self.right)
        split.setSizes([520, 400])
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    def chosen(self) -> Kept | None:
        """The watch that is chosen."""
        row, watches = self.table.currentIndex().row(), self._watches.all()
        return watches[row] if 0 <= row < len(watches) else None

    def refresh(self) -> None:
        """Show how the watch that is chosen stands now."""
        if self._watches.all():
            self._studio.dock_speaks.emit(DOCK.id)
        watch = self.chosen()
        watched = self._watches.value(watch) if watch else None
        has_value = watched is not None and not watched.trouble and not watched.waits
        through_rounds = bool(self.tabs.currentIndex()) and watch is not None
        self.rounds.setVisible(through_rounds)
        self.pane.setVisible(not through_rounds and has_value)
        self.pane.switch.setVisible(not through_rounds and has_value)
        self.nothing.setVisible(not through_rounds and not has_value)
        self.nothing.setText(_said(watch, watched))
        if through_rounds:
            self._soon.start()
        elif watched is not None and has_value:
            self.pane.show_value(watched.value, MISSING)

    def _ask_rounds(self) -> None:
        watch = self.chosen()
        if watch is not None:
            self._watches.rounds(watch, self._show_rounds)

    def _show_rounds(self, rounds: list[Watched]) -> None:
        self.rounds_model.show_rounds(rounds)

    def _go_to_round(self, row: int) -> None:
        front = self._studio.workspace.current
        if front is not None and 0 <= row < len(self.rounds_model.rounds):
            front.show_round(self.rounds_model.rounds[row].scope)


def _said(watch: Kept | None, watched: Watched | None) -> str:
    """What stands in the place of a value."""
    if watch is None:
        return "Choose a watch to see its value here."
    if watched is None:
        return "Run the flow to see what it comes to."
    return watched.trouble or watched.waits


DOCK = Dock("watches", "Watches", "mdi6.eye-outline", "bottom", WatchesDock, order=12, shown=False)
