"""The tabs of the window: one page for each open flow, and the welcome page when there is none."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from app.icons import icon
from app.window.tab_button import TabButton
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
        self.setObjectName("pages")
        self.setDocumentMode(True)
        self.setMovable(False)
        self.setAccessibleName("Open flows")
        self.addTab(welcome, icon("mdi6.home-outline"), "Welcome")
        self.currentChanged.connect(self._to_front)
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
        button = TabButton(self.tabBar())
        button.mark(not workbench.document.is_saved)
        button.clicked.connect(lambda: self.close_wanted.emit(workbench))
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, button)

    def restyle(self) -> None:
        """Draw the icons in the colours of the theme."""
        self.setTabIcon(0, icon("mdi6.home-outline"))
        for button in self.tabBar().findChildren(TabButton):
            button.restyle()

    def _name(self, workbench: Workbench) -> None:
        if workbench not in self._benches:
            return
        index = self._benches.index(workbench)
        button = self.tabBar().tabButton(index, QTabBar.ButtonPosition.RightSide)
        if isinstance(button, TabButton):
            button.mark(not workbench.document.is_saved)
        text = workbench.title.replace("&", "&&")
        if self.tabText(index) != text:
            self.setTabText(index, text)
            self.setTabToolTip(index, str(workbench.path or "Not saved in a file yet"))

    def _remove(self, workbench: Workbench) -> None:
        index = self._benches.index(workbench)
        page = self.page(workbench)
        del self._benches[index]
        self.removeTab(index)
        page.deleteLater()

    def _to_front(self, index: int) -> None:
        if 0 <= index < len(self._benches):
            self._workspace.show(self._benches[index])

    def _show(self) -> None:
        """What comes to the front has the keyboard: the next key is meant for it."""
        if self._workspace.current in self._benches:
            self.setCurrentIndex(self._benches.index(self._workspace.current))
            page = self.currentWidget()
            if page is not None:
                page.setFocus()
