"""The docks of the window: put in their places, put away on the welcome page, remembered."""

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QDockWidget, QMainWindow

from app.docks import Dock, docks
from app.icons import icon
from app.studio import Studio
from app.window.dock_tabs import DockTabs
from app.window.dock_title import DockTitle

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
SIZES = {"left": 300, "right": 340, "bottom": 220}
LEAST = {"left": 200, "right": 270, "bottom": 280}
"""How narrow the docks of an area may become."""
CORNERS = {
    Qt.Corner.BottomLeftCorner: "left",
    Qt.Corner.BottomRightCorner: "right",
}
LAYOUT = "window/docks"
VERSION = 2


class DockFrame:
    """Every dock of the window, by id."""

    def __init__(self, window: QMainWindow, studio: Studio) -> None:
        self._window = window
        self._studio = studio
        self._last: dict[str, QDockWidget] = {}
        """The dock that was put into each area last."""
        self._widgets = {dock.id: self._frame(dock) for dock in docks()}
        self._away: QByteArray | None = None
        self._spoke = dict[str, bool]()
        """The docks that had something to say, and whether they have been opened for it."""
        for corner, area in CORNERS.items():
            window.setCorner(corner, AREAS[area])
        self._put_in_place()
        self._tabs = DockTabs(window, self._widgets.values())
        self._as_built = window.saveState(VERSION)
        self._sized = False
        if (layout := studio.preferences.layout(LAYOUT)) is not None:
            window.restoreState(layout, VERSION)
            self._sized = True
        studio.theme.changed.connect(self._restyle)
        studio.dock_speaks.connect(self._hear)

    def actions(self) -> list[QAction]:
        """What shows and hides each dock."""
        return [self._widgets[dock.id].toggleViewAction() for dock in docks()]

    def __getitem__(self, id: str) -> QDockWidget:
        return self._widgets[id]

    def bring_up(self, id: str) -> None:
        """Show a dock, before those that share its place."""
        self._widgets[id].show()
        self._widgets[id].raise_()

    def fill(self) -> None:
        """Put into each dock what it shows: dear, so not before the window has been seen."""
        for dock in docks():
            inside = dock.build(self._studio)
            inside.setMinimumWidth(max(LEAST[dock.area], inside.minimumWidth()))
            inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            for view in inside.findChildren(QAbstractItemView):
                view.ensurePolished()  # else its rows keep the height they had without style
            self._widgets[dock.id].setWidget(inside)

    def put_away(self) -> None:
        """Hide all docks until they are brought back."""
        if self._away is None:
            self._away = self._window.saveState(VERSION)
            for widget in self._widgets.values():
                widget.hide()

    def bring_back(self) -> None:
        """Show the docks that were put away."""
        if self._away is not None:
            self._window.restoreState(self._away, VERSION)
            self._away = None
            self._open_those_who_spoke()
            if not self._sized:
                QTimer.singleShot(0, self._window, self._size)

    def reset(self) -> None:
        """Put every dock where it was at first."""
        self._spoke.clear()
        self._window.restoreState(self._as_built, VERSION)
        QTimer.singleShot(0, self._window, self._size)

    def remember(self) -> None:
        """Keep the layout for the next start."""
        self._studio.preferences.remember(LAYOUT, self._away or self._window.saveState(VERSION))

    def _frame(self, dock: Dock) -> QDockWidget:
        frame = QDockWidget(dock.title, self._window)
        frame.setObjectName(f"dock.{dock.id}")
        frame.setTitleBarWidget(DockTitle(frame))
        frame.toggleViewAction().setIcon(icon(dock.icon))
        if dock.keys:
            frame.toggleViewAction().setShortcut(QKeySequence(dock.keys))
        self._window.addDockWidget(AREAS[dock.area], frame)
        if (last := self._last.get(dock.area)) is not None:
            # At once: side by side, even for a moment, they would make the window wide.
            self._window.tabifyDockWidget(last, frame)
        self._last[dock.area] = frame
        return frame

    def _put_in_place(self) -> None:
        for area in AREAS:
            here = [dock for dock in docks() if dock.area == area]
            frames = [self._widgets[dock.id] for dock in here]
            for dock, frame in zip(here, frames, strict=True):
                frame.setVisible(dock.shown)
            if frames:
                frames[0].raise_()

    def _hear(self, id: str) -> None:
        """Open a dock once: whoever closes it then has seen what it had to say."""
        self._spoke.setdefault(id, False)
        if self._away is None:
            self._open_those_who_spoke()

    def _open_those_who_spoke(self) -> None:
        for id in [id for id, is_open in self._spoke.items() if not is_open]:
            self._spoke[id] = True
            frame = self._widgets[id]
            if frame.isHidden():
                beside = self._window.tabifiedDockWidgets(frame)
                front = next((o for o in beside if not o.visibleRegion().isEmpty()), None)
                frame.show()
                if front is not None:
                    front.raise_()

    def _size(self) -> None:
        """Give each area its size at first: only docks that are shown take one."""
        self._sized = True
        for area, size in SIZES.items():
            shown = [self._widgets[dock.id] for dock in docks() if dock.area == area]
            shown = [frame for frame in shown if not frame.isHidden() and not frame.isFloating()]
            way = Qt.Orientation.Vertical if area == "bottom" else Qt.Orientation.Horizontal
            if shown:
                self._window.resizeDocks(shown[:1], [size], way)

    def _restyle(self) -> None:
        for dock in docks():
            frame = self._widgets[dock.id]
            frame.toggleViewAction().setIcon(icon(dock.icon))
            title = frame.titleBarWidget()
            if isinstance(title, DockTitle):
                title.restyle()
        self._tabs.restyle()
