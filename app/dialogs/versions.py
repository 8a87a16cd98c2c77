"""Versions of a flow: name how it is now, see what was different, bring one back."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.sheet import Sheet
from app.icons import icon
from app.presenters.since import since
from app.safety.changes import changes
from app.safety.reading import with_its_files
from app.safety.versions import Version, Versions
from app.theme import current
from app.workbench import Workbench
from graph.errors import FlowFileError
from graph.flow import Flow

VERSION = Qt.ItemDataRole.UserRole


class VersionsSheet(Sheet):
    """The versions on the left; what bringing the chosen one back would change on the right."""

    def __init__(
        self, parent: QWidget, bench: Workbench, versions: Versions,
        kept: Callable[[Flow], object], restored: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent, f"Versions of {bench.title}", width=820)
        self._bench = bench
        self._versions = versions
        self._kept, self._restored = kept, restored
        self._flow: Flow | None = None
        self.body.addLayout(self._naming())
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addLayout(self._left(), 2)
        row.addLayout(self._right(), 3)
        self.body.addLayout(row, 1)
        self.delete = self.button("Delete version", self._remove, closes=False, left=True)
        self.button("Close")
        self.restore = self.button("Bring it back", self._restore, main=True, closes=False,
                                   tip="Make the flow what it was; this can be undone")  # fmt: skip
        self.setMinimumHeight(460)
        self.refresh()

    def refresh(self) -> None:
        """List the versions there are."""
        self.list.clear()
        for version in self._versions.of(key_of(self._bench)):
            name = version.name or "Backup from saving"
            item = QListWidgetItem(f"{name}\n{_when(version.at)}")
            mark = "mdi6.bookmark-outline" if version.is_named else "mdi6.content-save-outline"
            item.setIcon(icon(mark, current().accent if version.is_named else current().muted))
            item.setData(VERSION, version)
            self.list.addItem(item)
        self._empty.setVisible(self.list.count() == 0)
        self.list.setVisible(self.list.count() > 0)
        self.list.setCurrentRow(0)
        self._show()

    def keep(self) -> None:
        """Name how the flow is now."""
        name, flow = self.name.text().strip(), self._bench.document.flow
        if not name:
            return
        try:
            self._versions.keep(key_of(self._bench), name, flow)
        except (OSError, FlowFileError) as error:
            self._error.setText(f"The version can't be kept: {error}")
            self._error.show()
            return
        self._error.hide()
        self._kept(flow)
        self.name.clear()
        self.refresh()

    # What it is made of.

    def _naming(self) -> QVBoxLayout:
        box, row = QVBoxLayout(), QHBoxLayout()
        row.setSpacing(8)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("A name for how the flow is now, like “before the new report”")
        self.name.setAccessibleName("Name of the version")
        self.name.returnPressed.connect(self.keep)
        self.keeping = QPushButton("Keep this version", self)
        self.keeping.setAutoDefault(False)
        self.keeping.setEnabled(False)
        self.keeping.clicked.connect(self.keep)
        self.name.textChanged.connect(lambda text: self.keeping.setEnabled(bool(text.strip())))
        row.addWidget(self.name, 1)
        row.addWidget(self.keeping)
        self._error = QLabel("", self)
        self._error.setProperty("role", "error")
        self._error.setWordWrap(True)
        self._error.hide()
        box.addLayout(row)
        box.addWidget(self._error)
        return box

    def _left(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(6)
        box.addWidget(_small("Earlier versions", self))
        self.list = QListWidget(self)
        self.list.setAccessibleName("Versions")
        self.list.setSpacing(1)
        self.list.itemSelectionChanged.connect(self._show)
        box.addWidget(self.list, 1)
        self._empty = QLabel("None yet. Saving leaves a backup of what was in the file.", self)
        self._empty.setProperty("role", "empty")
        self._empty.setWordWrap(True)
        box.addWidget(self._empty, 1)
        return box

    def _right(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(6)
        box.addWidget(_small("Bringing it back would change", self))
        self.changes = QListWidget(self)
        self.changes.setAccessibleName("What bringing it back would change")
        self.changes.setWordWrap(True)
        self.changes.setSpacing(2)
        self.changes.setAlternatingRowColors(True)
        self.changes.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.changes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(self.changes, 1)
        return box

    # What is done.

    def _show(self) -> None:
        version = self._chosen()
        self.changes.clear()
        self._flow = self._compared(version) if version else None
        self.restore.setEnabled(self._flow is not None and self._bench.is_trusted)
        self.delete.setEnabled(version is not None and version.is_named)

    def _compared(self, version: Version) -> Flow | None:
        """Tell what would change; gives the flow of the version unless it is what there is."""
        now = self._bench.document.flow
        try:
            then = self._versions.read(version)
        except FlowFileError as error:
            self.changes.addItem(str(error))
            return None
        then = with_its_files(then, self._bench.folder, self._bench.catalog)
        lines = list(changes(now, then))
        self.changes.addItems(lines or ["Nothing: the flow is like this now."])
        return then if lines else None

    def _chosen(self) -> Version | None:
        chosen = self.list.selectedItems()
        return chosen[0].data(VERSION) if chosen else None

    def _restore(self) -> None:
        version = self._chosen()
        if version is None or self._flow is None:
            return
        name = f"“{version.name}”" if version.name else "a backup"
        if self._bench.become(self._flow, f"Bring back {name}"):
            self._restored()
            self.accept()

    def _remove(self) -> None:
        version = self._chosen()
        if version is not None and version.is_named:
            self._versions.remove(version)
            self.refresh()


def key_of(bench: Workbench) -> Path:
    """By what the versions of a flow are found: its file, or its folder before it has one."""
    return bench.path.resolve() if bench.path else bench.folder


def _when(at: float) -> str:
    then = datetime.fromtimestamp(at, UTC).astimezone()
    return f"{since(then, datetime.now(UTC).astimezone())}, {then:%H:%M}"


def _small(text: str, parent: Sheet) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "small")
    return label
