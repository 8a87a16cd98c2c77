"""The status bar: how the run in front is going, and whether there is a runtime."""

from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QProgressBar, QToolButton, QWidget

from app.icons import icon
from app.presenters.run_words import progress, standing
from app.studio import Studio
from app.theme import current

RUNTIME: Mapping[str, tuple[str, str, str]] = {
    "starting": ("Runtime is starting…", "mdi6.timer-sand", "warning"),
    "ready": ("Runtime is ready", "mdi6.check-circle-outline", "done"),
    "elsewhere": ("Connected to {address}", "mdi6.server-network", "done"),
    "lost": ("No runtime", "mdi6.alert-circle-outline", "failed"),
}
"""By state of the bridge: what is said, the icon, and the colour's name in the theme."""

TICK = 200
"""Milliseconds between two looks at the clock while a run goes on."""


def install(studio: Studio) -> None:
    """Put the status bar into the window."""
    bar = cast("QMainWindow", studio.window).statusBar()
    bar.setSizeGripEnabled(False)
    bar.addWidget(RunStatus(studio, bar))
    bar.addPermanentWidget(RuntimeStatus(studio, bar))


class RunStatus(QWidget):
    """The run in front: state, progress, duration."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.text = QLabel(self)
        self.text.setAccessibleName("State of the run")
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName("Progress of the run")
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 4)
        self.bar.setRange(0, 1000)
        self.bar.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 0, 2)
        row.setSpacing(10)
        row.addWidget(self.text)
        row.addWidget(self.bar)
        row.addStretch(1)
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._show)
        studio.workspace.current_changed.connect(self._show)
        studio.workspace.added.connect(lambda w: w.run_changed.connect(self._wake))

    def _wake(self, _: object = None) -> None:
        """Show news, at the pace of the clock while there are many."""
        if not self._clock.isActive():
            self._show()
            self._clock.start()

    def _show(self) -> None:
        workbench = self._studio.workspace.current
        run = workbench.live if workbench else None
        if workbench is None or run is None:
            self._say("")
            self.bar.hide()
            self._clock.stop()
            return
        self._say(standing(run.view))
        done = progress(run.view, len(workbench.document.flow.blocks))
        self.bar.setVisible(run.goes_on)
        self.bar.setUpdatesEnabled(False)  # or it paints at once, with all that waits for its turn
        self.bar.setValue(int(done * 1000))
        self.bar.setUpdatesEnabled(True)
        if not run.goes_on:
            self._clock.stop()

    def _say(self, text: str) -> None:
        """Say it to screen readers, too, which are told the name of a label alone."""
        self.text.setText(text)
        self.text.setAccessibleName(f"State of the run: {text}" if text else "State of the run")


class RuntimeStatus(QToolButton):
    """The runtime: pressing it is the way to another one."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(studio.actions["edit.connections"].trigger)
        studio.bridge.state_changed.connect(self._show)
        studio.theme.changed.connect(self._show)
        self._show()

    def _show(self, _: object = None) -> None:
        bridge = self._studio.bridge
        text, sign, colour = RUNTIME[bridge.state]
        self.setText(text.format(address=bridge.address))
        self.setIcon(icon(sign, getattr(current(), colour)))
        self.setAccessibleName(self.text())
        self.setToolTip(bridge.trouble or "Connect to another runtime")
