"""What a flow may touch: what it says it does, and what is allowed to it beyond that."""

from typing import Any

import msgspec
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
)

from app.dialogs.sheet import Sheet
from app.editor.want_list import WantList
from app.safety.wants import wants
from app.studio import Studio
from app.workbench import Workbench
from graph.spec import Needs

KINDS = {
    "hosts": ("Host", "api.example.org or *.example.org"),
    "reads": ("Folder to read", "/home/me/data"),
    "writes": ("Folder to write", "/home/me/reports"),
    "databases": ("Database server", "db.example.org"),
}


class Permissions(Sheet):
    """Shows what the flow wants; lets a person allow more, for links and redirects."""

    def __init__(self, studio: Studio, workbench: Workbench) -> None:
        super().__init__(
            studio.window, "What the flow may touch",
            "When it runs it can reach what its blocks name, and its own folder:", width=600,
        )  # fmt: skip
        self._bench = workbench
        listing = WantList(workbench, self)
        listing.chosen.connect(self.close)
        listing.show_wants(wants(workbench.document.flow, studio.catalog))
        self.body.addWidget(listing, 2)
        self.say(f"Its own folder is {workbench.folder}", small=True)
        heading = QLabel("Also allowed", self)
        heading.setProperty("role", "heading")
        self.body.addWidget(heading)
        self.allowed = QListWidget(self)
        self.allowed.setAccessibleName("Also allowed")
        self.allowed.setMinimumHeight(90)
        for kind in KINDS:
            for target in getattr(workbench.allowed, kind):
                self._add(kind, target)
        self.body.addWidget(self.allowed, 1)
        self.body.addLayout(self._row())
        self.button("Cancel")
        self.button("Done", self._apply, main=True)

    def add(self, kind: str, target: str) -> None:
        """Allow one more thing, once Done is pressed."""
        if target.strip():
            self._add(kind, target.strip())

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._kind = QComboBox(self)
        self._kind.setAccessibleName("What to allow")
        for kind, (title, _) in KINDS.items():
            self._kind.addItem(title, kind)
        self._target = QLineEdit(self)
        self._target.setAccessibleName("Which")
        self._kind.currentIndexChanged.connect(self._hint)
        self._hint()
        allow = QPushButton("Allow", self)
        allow.setAutoDefault(False)
        allow.clicked.connect(self._allow)
        self._target.returnPressed.connect(self._allow)
        remove = QPushButton("Take back", self)
        remove.setAutoDefault(False)
        remove.setToolTip("No longer allow what is selected in the list")
        remove.clicked.connect(self._remove)
        for widget in (self._kind, self._target, allow, remove):
            row.addWidget(widget)
        row.setStretch(1, 1)
        return row

    def _hint(self) -> None:
        self._target.setPlaceholderText(KINDS[self._kind.currentData()][1])

    def _allow(self) -> None:
        self.add(self._kind.currentData(), self._target.text())
        self._target.clear()

    def _add(self, kind: str, target: str) -> None:
        item = QListWidgetItem(f"{KINDS[kind][0]}: {target}")
        item.setData(256, (kind, target))
        self.allowed.addItem(item)

    def _remove(self) -> None:
        for item in self.allowed.selectedItems():
            self.allowed.takeItem(self.allowed.row(item))

    def _apply(self) -> None:
        found: dict[str, Any] = dict.fromkeys(KINDS, ())
        for row in range(self.allowed.count()):
            kind, target = self.allowed.item(row).data(256)
            found[kind] = tuple(dict.fromkeys((*found[kind], target)))
        self._bench.allow(msgspec.structs.replace(Needs(), **found))
