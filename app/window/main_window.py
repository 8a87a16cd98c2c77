"""The window: menus, tabs, docks, notices. It arranges the parts and leaves all else to them."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from app.files.recent_menu import RecentMenu
from app.preferences import Preferences
from app.studio import Studio
from app.theme import Choice, Theme
from app.welcome.page import Welcome
from app.window.dock_frame import DockFrame
from app.window.menus import ToolBar, build_menus
from app.window.notice_bar import NoticeBar
from app.window.pages import Pages
from app.window.parts import PARTS
from app.workbench import Workbench
from runtime.settings import Settings

GEOMETRY = "window/geometry"
THEMES: tuple[Choice, ...] = ("dark", "light", "system")


class MainWindow(QMainWindow):
    """Puts the parts together."""

    seen = Signal()
    """The window has been painted for the first time."""

    def __init__(self, settings: Settings, preferences: Preferences, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("studio")
        self.setDockNestingEnabled(True)
        self.studio = Studio(self, settings, preferences, theme)
        self.pages = Pages(self.studio.workspace, Welcome(self.studio), self._page)
        self.setCentralWidget(self.pages)
        self.notice_bar = NoticeBar(self.studio.notices, self.pages)
        self.docks = DockFrame(self, self.studio)
        self.menus = build_menus(self, self.studio.actions)
        self.tools = ToolBar(self, self.studio.actions)
        self.addToolBar(self.tools)
        self._complete = False
        self._bind()
        for install in PARTS:
            install(self.studio)
        self._listen()
        self._show_current()
        self._place()

    def complete(self) -> None:
        """Fill the docks, and add the parts that need a canvas, unless they are there."""
        from app.editor.parts import PARTS as CANVAS  # noqa: PLC0415 - welcome comes before it
        from app.window.docked import PARTS as DOCKED  # noqa: PLC0415 - likewise

        if not self._complete:
            self._complete = True
            self.docks.fill()
            for install in (*DOCKED, *CANVAS):
                install(self.studio)
            self._refresh()

    def _page(self, workbench: Workbench) -> QWidget:
        from app.editor.page import EditorPage  # noqa: PLC0415 - welcome comes before it

        self.complete()
        return EditorPage(workbench, self.studio)

    def _bind(self) -> None:
        bind = self.studio.actions.bind
        for choice in THEMES:
            bind(f"view.{choice}", partial(self._choose, choice),
                 checked=partial(self._is_chosen, choice))  # fmt: skip
        bind("view.reset_layout", self.docks.reset)
        bind("file.quit", self.close)
        bind("file.welcome", lambda: self.studio.workspace.show(None))
        welcome = self.studio.actions["file.welcome"]
        self.menus["File"].insertMenu(welcome, RecentMenu(self.studio, self))
        shown = QMenu("Docks", self)
        shown.addActions(self.docks.actions())
        self.menus["View"].addMenu(shown)

    def _listen(self) -> None:
        studio = self.studio
        studio.workspace.current_changed.connect(self._show_current)
        studio.workspace.added.connect(self._attend)
        self.pages.close_wanted.connect(studio.close_wanted)
        for part in (studio.actions, self.pages, self.tools):
            studio.theme.changed.connect(part.restyle)
            part.restyle()

    def _attend(self, workbench: Workbench) -> None:
        """Keep the actions and the title up to date with a workbench."""
        workbench.changed.connect(self._refresh_soon)
        workbench.run_changed.connect(self._refresh_later)
        workbench.selection_changed.connect(self._refresh_soon)
        workbench.level_changed.connect(self._refresh_soon)
        workbench.saved_changed.connect(self._refresh_soon)
        notices = self.studio.notices
        workbench.refused.connect(lambda why: notices.tell(why, "warning", key="no"))
        workbench.trust_changed.connect(lambda: notices.withdraw("no"))

    def _refresh_soon(self, _: object = None) -> None:
        if not self._refreshing.isActive():
            self._refreshing.start()

    def _refresh_later(self, _: object = None) -> None:
        """A run has news many times a second, and few of them change what can be done."""
        if not self._refreshing_later.isActive():
            self._refreshing_later.start()

    def _show_current(self) -> None:
        if self.studio.workspace.current is None:
            self.docks.put_away()
        else:
            self.docks.bring_back()
        self.tools.setHidden(self.studio.workspace.current is None)
        self._refresh()

    def _refresh(self) -> None:
        self.studio.actions.refresh()
        front = self.studio.workspace.current
        self.setWindowTitle(f"{front.title}[*] – Heddle" if front else "Heddle[*]")
        self.setWindowModified(front is not None and not front.document.is_saved)

    def _is_chosen(self, choice: Choice) -> bool:
        return self.studio.theme.choice == choice

    def _choose(self, choice: Choice) -> None:
        self.studio.theme.choose(choice)
        self.studio.preferences.remember("theme", choice)
        self._refresh()

    def _place(self) -> None:
        self._painted = False
        self._refreshing = QTimer(self, singleShot=True, interval=30)
        self._refreshing.timeout.connect(self._refresh)
        self._refreshing_later = QTimer(self, singleShot=True, interval=150)
        self._refreshing_later.timeout.connect(self._refresh)
        if (layout := self.layout()) is not None:  # it still makes room for docks put away
            layout.invalidate()
            layout.activate()
        self.resize(1400, 860)
        if (geometry := self.studio.preferences.layout(GEOMETRY)) is not None:
            self.restoreGeometry(geometry)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when there is something to be seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.seen.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how the window was, and have everything end that ran for it."""
        self.studio.closing.emit()
        self.docks.remember()
        self.studio.preferences.remember(GEOMETRY, self.saveGeometry())
        self.studio.preferences.sync()
        self.studio.bridge.leave()
        super().closeEvent(event)
