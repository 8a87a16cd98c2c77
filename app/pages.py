"""The tabs of the window: one page for each open flow, and the welcome page when there is none."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from app.icons import icon
from app.workbench import Workbench
from app.workspace import Workspace

MakePage = Callable[[Workbench], QWidget]


class Pages(QTabWidget):
    """Shows what the workspace has open. Closing a tab only asks for it: `close_wanted`."""

    close_wanted = Signal(Workbench)

    def __init__(self, workspace: Workspace, welcome: QWidget, make: MakePage) -> None:
        super().__init__()
        self._workspace = workspace
        self._make = make
        self._benches: list[Workbench | None] = [None]
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        self.setMovable(False)
        self.setAccessibleName("Open flows")
        self.addTab(welcome, icon("mdi6.home-outline"), "Welcome")
        self.tabBar().setTabButton(0, self.tabBar().ButtonPosition.RightSide, None)
        self.currentChanged.connect(self._to_front)
        self.tabCloseRequested.connect(self._ask_to_close)
        workspace.added.connect(self._add)
        workspace.removed.connect(self._remove)
        workspace.current_changed.connect(self._show)

    def page(self, workbench: Workbench) -> QWidget:
        """The page of an open flow."""
        page = self.widget(self._benches.index(workbench))
        assert page is not None
        return page

    def _add(self, workbench: Workbench) -> None:
        self._benches.append(workbench)
        index = self.addTab(self._make(workbench), workbench.title)
        self.setTabToolTip(index, str(workbench.path or ""))
        workbench.saved_changed.connect(lambda: self._name(workbench))
        workbench.changed.connect(lambda _: self._name(workbench))
        self._name(workbench)

    def _name(self, workbench: Workbench) -> None:
        if workbench not in self._benches:
            return
        index = self._benches.index(workbench)
        mark = "" if workbench.document.is_saved else " •"
        text = f"{workbench.title}{mark}".replace("&", "&&")
        if self.tabText(index) != text:
            self.setTabText(index, text)
            self.setTabToolTip(index, str(workbench.path or "Not saved in a file yet"))

    def _remove(self, workbench: Workbench) -> None:
        index = self._benches.index(workbench)
        page = self.page(workbench)
        del self._benches[index]
        self.removeTab(index)
        page.deleteLater()

    def _ask_to_close(self, index: int) -> None:
        if (workbench := self._benches[index]) is not None:
            self.close_wanted.emit(workbench)

    def _to_front(self, index: int) -> None:
        if 0 <= index < len(self._benches):
            self._workspace.show(self._benches[index])

    def _show(self) -> None:
        if self._workspace.current in self._benches:
            self.setCurrentIndex(self._benches.index(self._workspace.current))
