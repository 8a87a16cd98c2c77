"""The menu of the flows that were open lately."""

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from app.studio import Studio


class RecentMenu(QMenu):
    """Filled when it is shown; can't be opened while there are none."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__("Open recent", parent)
        self._studio = studio
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.refresh)
        # Only the entry itself: one of the actions may be what is opening a flow just now.
        studio.preferences.recent_changed.connect(self._enable)
        self._enable()

    def refresh(self) -> None:
        """List the flows that are still there."""
        self.clear()
        for path in self._studio.preferences.recent():
            action = self.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._studio.open_wanted.emit, path))

    def _enable(self) -> None:
        self.menuAction().setEnabled(bool(self._studio.preferences.recent()))
