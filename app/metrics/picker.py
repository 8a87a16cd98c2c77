"""The list of charts to pick from, by group, narrowed by what is typed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.presenters.charts import Chart, matching

NARROWEST = 180
"""Pixels."""

ID = Qt.ItemDataRole.UserRole


class Picker(QWidget):
    """A tick stands before each chart that is shown."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumWidth(NARROWEST)
        self._charts: Sequence[Chart] = ()
        self._is_picked: Callable[[str], bool] = lambda _: False
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find a chart")
        self.search.setAccessibleName("Find a chart")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._fill())
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Charts to pick")
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(14)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.itemChanged.connect(self._changed)
        self.tree.itemActivated.connect(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)

    def show_charts(self, charts: Sequence[Chart], is_picked: Callable[[str], bool]) -> None:
        """List these."""
        self._charts, self._is_picked = charts, is_picked
        self._fill()

    def refresh(self) -> None:
        """Tick what is picked by now."""
        self.tree.blockSignals(True)
        for item in self._items():
            item.setCheckState(0, _tick(self._is_picked(item.data(0, ID))))
        self.tree.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the search into the list."""
        if event.key() == Qt.Key.Key_Down and not self.tree.hasFocus():
            items = self._items()
            if items:
                self.tree.setFocus()
                self.tree.setCurrentItem(items[0])
            return
        super().keyPressEvent(event)

    def _fill(self) -> None:
        self.tree.blockSignals(True)
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for chart in matching(self._charts, self.search.text()):
            if chart.group not in groups:
                groups[chart.group] = head = QTreeWidgetItem(self.tree, [chart.group])
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
                bold = head.font(0)
                bold.setBold(True)
                head.setFont(0, bold)
                head.setExpanded(True)
            item = QTreeWidgetItem(groups[chart.group], [chart.title])
            item.setData(0, ID, chart.id)
            item.setToolTip(0, chart.about)
            item.setCheckState(0, _tick(self._is_picked(chart.id)))
        self.tree.blockSignals(False)

    def _items(self) -> list[QTreeWidgetItem]:
        heads = [self.tree.topLevelItem(at) for at in range(self.tree.topLevelItemCount())]
        return [head.child(at) for head in heads if head for at in range(head.childCount())]

    def _changed(self, item: QTreeWidgetItem) -> None:
        if item.data(0, ID):
            self.toggled.emit(item.data(0, ID), item.checkState(0) == Qt.CheckState.Checked)

    def _turn(self, item: QTreeWidgetItem) -> None:
        if item.data(0, ID):
            item.setCheckState(0, _tick(item.checkState(0) != Qt.CheckState.Checked))


def _tick(picked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if picked else Qt.CheckState.Unchecked
