"""What a flow wants to touch as a list; a click on a block shows it."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from app.icons import icon
from app.safety.wants import ORDER, Want, What
from app.workbench import Workbench

ICONS: dict[What, str] = {
    "hosts": "mdi6.web",
    "writes": "mdi6.file-edit-outline",
    "reads": "mdi6.file-search-outline",
    "databases": "mdi6.database-outline",
    "commands": "mdi6.console",
    "secrets": "mdi6.key-outline",
    "code": "mdi6.code-braces",
}
PLACE = Qt.ItemDataRole.UserRole


class WantList(QTreeWidget):
    """Kinds of things, the things, and the blocks that touch them."""

    chosen = Signal()
    """A block was chosen and is in view behind."""

    def __init__(self, workbench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = workbench
        self.setAccessibleName("What the flow wants to touch")
        self.setHeaderHidden(True)
        self.setColumnCount(1)
        self.setIndentation(18)
        self.setMinimumHeight(140)
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def show_wants(self, found: Iterable[Want]) -> None:
        """List these."""
        self.clear()
        for what, group in groupby(found, key=lambda want: want.what):
            head = QTreeWidgetItem([ORDER[what]])
            head.setIcon(0, icon(ICONS[what]))
            self.addTopLevelItem(head)
            for want in group:
                under = head
                if want.said:
                    under = QTreeWidgetItem(head, [want.said])
                    under.setToolTip(0, want.said)
                for place in want.places:
                    self._add_place(under, place)
            head.setExpanded(True)
        for row in range(self.topLevelItemCount()):
            head_item = self.topLevelItem(row)
            assert head_item is not None
            for n in range(head_item.childCount()):
                head_item.child(n).setExpanded(True)
        if not self.topLevelItemCount():
            self.addTopLevelItem(QTreeWidgetItem(["Nothing outside itself"]))

    def _add_place(self, under: QTreeWidgetItem, place: str) -> None:
        item = QTreeWidgetItem(under, [f"by {place.replace('/', ' / ')}"])
        item.setIcon(0, icon("mdi6.arrow-right-thin"))
        item.setToolTip(0, "Show this block")
        item.setData(0, PLACE, place)

    def _choose(self, item: QTreeWidgetItem) -> None:
        if place := item.data(0, PLACE):
            self._bench.go_to_address(place)
            self.chosen.emit()
