"""The tabs of docks that share a place: closed by their button, floated from their menu."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget

from app.window.dock_title import DockTitle


class DockTabs(QObject):
    """Looks after the tab bars that the window makes whenever docks come to lie on each other."""

    def __init__(self, window: QMainWindow, docks: Iterable[QDockWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._docks = tuple(docks)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.settle)
        for dock in self._docks:
            dock.visibilityChanged.connect(self._settle_soon)
            dock.dockLocationChanged.connect(self._settle_soon)
            dock.topLevelChanged.connect(self._settle_soon)
            dock.topLevelChanged.connect(partial(_edge, dock))
        self._settle_soon()

    def settle(self) -> None:
        """Let tabs speak for the docks that have one, and title bars for all others."""
        for dock in self._docks:
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.fold(not dock.isFloating() and self._shares(dock))
        only = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self._window.findChildren(QTabBar, options=only):
            if not bar.tabsClosable():
                self._attend(bar)

    def _settle_soon(self, _: object = None) -> None:
        self._soon.start()

    def _shares(self, dock: QDockWidget) -> bool:
        others = self._window.tabifiedDockWidgets(dock)
        return any(not other.isHidden() and not other.isFloating() for other in others)

    def _attend(self, bar: QTabBar) -> None:
        bar.setTabsClosable(True)
        bar.setAccessibleName("Docks in this place")
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        bar.tabCloseRequested.connect(partial(self._close, bar))
        bar.customContextMenuRequested.connect(lambda at: self._offer(bar, at))

    def _close(self, bar: QTabBar, index: int) -> None:
        if (dock := self._dock(bar.tabText(index))) is not None:
            dock.close()

    def _dock(self, title: str) -> QDockWidget | None:
        """The dock with that title, which may tell how many there are of something."""
        return next((dock for dock in self._docks if dock.windowTitle() == title), None)

    def _offer(self, bar: QTabBar, at: QPoint) -> None:
        dock = self._dock(bar.tabText(bar.tabAt(at)))
        if dock is None:
            return
        menu = QMenu(bar)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Float").triggered.connect(lambda: dock.setFloating(True))
        menu.addAction("Close").triggered.connect(dock.close)
        menu.popup(bar.mapToGlobal(at))


def _edge(dock: QDockWidget, floats: bool) -> None:
    """Draw an edge around a dock that floats: it has none from the system."""
    for part in (dock.titleBarWidget(), dock.widget()):
        if part is not None:
            part.setProperty("floats", floats)
            part.style().unpolish(part)
            part.style().polish(part)
