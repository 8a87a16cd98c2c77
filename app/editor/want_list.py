"""What a flow wants to touch as a list; a click on a block shows it."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.icons import icon
from app.safety.wants import ORDER, Want, What
from app.theme import BODY, current, font
from app.workbench import Workbench

ICONS: dict[What, str] = {
    "hosts": "mdi6.web",
    "writes": "mdi6.file-edit-outline",
    "reads": "mdi6.file-search-outline",
    "databases": "mdi6.database-outline",
    "commands": "mdi6.console",
    "secrets": "mdi6.key-outline",
    "connections": "mdi6.connection",
    "changes": "mdi6.account-group-outline",
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
        self.setColumnCount(2)
        self.setHeaderLabels(["What", "Which block"])
        self.setIndentation(18)
        self.setRootIsDecorated(False)
        self.setMinimumHeight(140)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def show_wants(self, found: Iterable[Want]) -> None:
        """List these."""
        self.clear()
        for what, group in groupby(found, key=lambda want: want.what):
            head = QTreeWidgetItem([ORDER[what]])
            head.setIcon(0, icon(ICONS[what]))
            head.setFont(0, font(BODY, bold=True))
            self.addTopLevelItem(head)
            head.setExpanded(True)
            for want in group:
                for n, place in enumerate(want.places):
                    head.addChild(self._row(want.said if n == 0 else "", place))
        if not self.topLevelItemCount():
            self.addTopLevelItem(QTreeWidgetItem(["Nothing outside itself"]))

    def _row(self, said: str, place: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([said, self._bench.title_at(place)])
        item.setIcon(1, icon("mdi6.crosshairs-gps", current().muted))
        item.setToolTip(0, said)
        item.setToolTip(1, "Show this block")
        item.setData(0, PLACE, place)
        return item

    def _choose(self, item: QTreeWidgetItem) -> None:
        if place := item.data(0, PLACE):
            self._bench.go_to_address(place)
            self.chosen.emit()
