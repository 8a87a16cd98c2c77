"""The tabs of docks that share a place, and the cross that closes the one in front."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QToolButton

from app.icons import icon
from app.theme import current
from app.window.dock_title import DockTitle

SIDE, MARGIN = 22, 4
"""Pixels of the cross, and to the end of the bar."""
SIGN, AROUND = 16, 22
"""Pixels of the sign of a dock, and of what stands around the name in a tab."""


class Cross(QToolButton):
    """Closes the dock in front, at the same place whichever that is.

    A cross on each tab would take so much room that the tabs of a small window were scrolled;
    one that went with the tab in front would move the others at each click.
    """

    def __init__(self, bar: QTabBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setIconSize(QSize(14, 14))
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar.currentChanged.connect(lambda _: self.settle())
        _Measured(bar, self.settle)
        self.restyle()
        self.settle()

    def settle(self) -> None:
        """Stand at the end of the bar, unless the tabs need all of it."""
        bar = self._bar
        name = f"Close {bar.tabText(bar.currentIndex())}"
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.move(bar.width() - SIDE - MARGIN, (bar.height() - SIDE) // 2)
        tabs = sum(bar.tabRect(index).width() for index in range(bar.count()))
        self.setVisible(tabs + SIDE + MARGIN <= bar.width())

    def restyle(self) -> None:
        """Draw the sign in the colours of the theme."""
        self.setIcon(icon("mdi6.close", current().muted))


def cross_of(bar: QTabBar) -> Cross | None:
    """The cross of a bar, once somebody looked after it."""
    return bar.findChild(Cross)


class _Measured(QObject):
    """Has something settled whenever a bar has another size, or other tabs."""

    def __init__(self, bar: QTabBar, settle: Callable[[], None]) -> None:
        super().__init__(bar)
        self._settle = settle
        bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._settle()
        return super().eventFilter(watched, event)


class Names(QObject):
    """Tabs of a narrow bar are signs but for the one in front; pointing at one tells its name.

    Qt would cut all names short, to two letters where there are many, or scroll them.
    """

    def __init__(self, bar: QTabBar, sign: Callable[[str], QIcon]) -> None:
        super().__init__(bar)
        self._bar = bar
        self._sign = sign
        bar.setIconSize(QSize(SIGN, SIGN))
        _Measured(bar, self.settle)
        self.settle()

    def settle(self) -> None:
        """See whether all names have room, which says nothing of how the tabs are now."""
        bar = self._bar
        names = [bar.tabText(index) for index in range(bar.count())]
        wanted = sum(bar.fontMetrics().horizontalAdvance(name) + AROUND for name in names)
        narrow = wanted + SIDE + MARGIN > bar.width()
        for index, name in enumerate(names):
            if narrow == bar.tabIcon(index).isNull():
                bar.setTabIcon(index, self._sign(name) if narrow else QIcon())
        if narrow != bool(bar.property("narrow")):
            bar.setProperty("narrow", narrow)
            bar.style().unpolish(bar)
            bar.style().polish(bar)

    def restyle(self) -> None:
        """Draw the signs in the colours of the theme."""
        for index in range(self._bar.count()):
            if not self._bar.tabIcon(index).isNull():
                self._bar.setTabIcon(index, self._sign(self._bar.tabText(index)))


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
            dock.windowTitleChanged.connect(self._settle_soon)
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
            if cross_of(bar) is None:
                self._attend(bar)
            for names in bar.findChildren(Names):
                names.settle()

    def restyle(self) -> None:
        """Draw crosses and signs in the colours of the theme."""
        for cross in self._window.findChildren(Cross):
            cross.restyle()
        for names in self._window.findChildren(Names):
            names.restyle()

    def _settle_soon(self, _: object = None) -> None:
        self._soon.start()

    def _shares(self, dock: QDockWidget) -> bool:
        others = self._window.tabifiedDockWidgets(dock)
        return any(not other.isHidden() and not other.isFloating() for other in others)

    def _attend(self, bar: QTabBar) -> None:
        cross = Cross(bar)
        cross.clicked.connect(lambda: self._close(bar, bar.currentIndex()))
        bar.setAccessibleName("Docks in this place")
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        Names(bar, self._sign)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        bar.customContextMenuRequested.connect(lambda at: self._offer(bar, at))

    def _close(self, bar: QTabBar, index: int) -> None:
        if (dock := self._dock(bar.tabText(index))) is not None:
            dock.close()

    def _dock(self, title: str) -> QDockWidget | None:
        """The dock with that title, which may tell how many there are of something."""
        return next((dock for dock in self._docks if dock.windowTitle() == title), None)

    def _sign(self, title: str) -> QIcon:
        dock = self._dock(title)
        return dock.toggleViewAction().icon() if dock is not None else QIcon()

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
