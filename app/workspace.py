"""The flows that are open, and which of them is in front."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.workbench import Workbench


class Workspace(QObject):
    """Open workbenches in the order of their tabs. None in front: the welcome page is."""

    added = Signal(Workbench)
    removed = Signal(Workbench)
    current_changed = Signal()
    """Another workbench (or the welcome page) has come to the front."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: list[Workbench] = []
        self.current: Workbench | None = None

    def __iter__(self) -> Iterator[Workbench]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, workbench: Workbench) -> None:
        """Open a workbench and bring it to the front."""
        workbench.setParent(self)
        self._open.append(workbench)
        self.added.emit(workbench)
        self.show(workbench)

    def show(self, workbench: Workbench | None) -> None:
        """Bring a workbench (None: the welcome page) to the front."""
        if workbench is not self.current:
            self.current = workbench
            self.current_changed.emit()

    def remove(self, workbench: Workbench) -> None:
        """Close a workbench; its neighbour comes to the front."""
        index = self._open.index(workbench)
        self._open.remove(workbench)
        if workbench is self.current:
            after = self._open[min(index, len(self._open) - 1)] if self._open else None
            self.show(after)
        self.removed.emit(workbench)
        workbench.close()
        workbench.deleteLater()

    def at(self, path: Path) -> Workbench | None:
        """The workbench of a file, None when it isn't open."""
        wanted = path.resolve()
        return next((w for w in self._open if w.path and w.path.resolve() == wanted), None)
