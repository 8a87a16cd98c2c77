"""The row above the charts: of what, of when, pause, zoom, compare, and export."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.icons import icon
from app.presenters.charts import Scope
from app.presenters.scope_choices import Choice
from app.presenters.windows import WINDOWS, Window, window_called
from app.theme import current


class Bar(QFrame):
    """Tells what was chosen; the panel does it."""

    scope_chosen = Signal(Scope)
    window_chosen = Signal(Window)
    pause_toggled = Signal(bool)
    reset_wanted = Signal()
    compare_wanted = Signal()
    live_wanted = Signal()

    def __init__(
        self, parent: QWidget, exports: Sequence[tuple[str, Callable[[], object]]]
    ) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        self.scope = self._combo("What the charts are of", 13)
        self.window_choice = self._combo("The time they show", 15)
        self.window_choice.addItems([window.title for window in WINDOWS])
        self.compared = QLabel(self)
        self.compared.setProperty("role", "heading")
        self.live = QPushButton("Back to live", self)
        self.live.setProperty("small", True)
        self.pause = self._tool("Pause", "Let the charts stand still")
        self.pause.setCheckable(True)
        self.reset = self._tool("Back to now", "Go with the newest again (Home)")
        self.reset.setEnabled(False)
        self.compare = self._tool("Compare runs", "Lay the charts of two runs over each other")
        self.pointer = QLabel(self)
        self.pointer.setProperty("role", "small")
        self.more = self._tool("Export", "Save values or a picture")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu(exports))
        self._choices: list[Choice] = []
        self._lay_out()
        self._connect()
        self.show_compared("", "")
        self.restyle()

    def show_choices(self, choices: Sequence[Choice], chosen: Scope) -> None:
        """List what charts can be of."""
        if list(choices) == self._choices:
            return
        self._choices = list(choices)
        self.scope.blockSignals(True)
        self.scope.clear()
        self.scope.addItems([choice.title for choice in choices])
        at = next((at for at, one in enumerate(choices) if one.scope == chosen), 0)
        self.scope.setCurrentIndex(at)
        self.scope.blockSignals(False)

    def show_window(self, window: Window) -> None:
        self.window_choice.setCurrentText(window.title)

    def show_following(self, follows: bool) -> None:
        """Offer to go back to the newest when somebody has zoomed or moved."""
        self.reset.setEnabled(not follows)

    def show_compared(self, words: str, about: str) -> None:
        """Say which runs are compared, instead of what is chosen from what happens; "" for live."""
        when_live: tuple[QWidget, ...] = self.scope, self.window_choice, self.pause, self.compare
        for widget in when_live:
            widget.setVisible(not words)
        self.compared.setVisible(bool(words))
        self.live.setVisible(bool(words))
        self.compared.setText(words)
        self.compared.setToolTip(about)

    def restyle(self) -> None:
        """Draw the icons in the colours of the theme."""
        self.pause.setIcon(icon("mdi6.play" if self.pause.isChecked() else "mdi6.pause"))
        self.reset.setIcon(icon("mdi6.skip-next", current().accent))
        self.compare.setIcon(icon("mdi6.compare"))
        self.more.setIcon(icon("mdi6.export-variant"))

    def _combo(self, name: str, letters: int) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.view().setAccessibleName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(letters)
        combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        combo.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        return combo

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        return button

    def _menu(self, exports: Sequence[tuple[str, Callable[[], object]]]) -> QMenu:
        menu = QMenu(self)
        for title, do in exports:
            action = QAction(title, menu)
            action.triggered.connect(lambda _=False, do=do: do())
            menu.addAction(action)
        return menu

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        for widget in (
            self.scope,
            self.window_choice,
            self.compared,
            self.live,
            self.pause,
            self.reset,
        ):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.pointer, self.compare, self.more):
            row.addWidget(widget)

    def _connect(self) -> None:
        self.scope.activated.connect(lambda at: self.scope_chosen.emit(self._choices[at].scope))
        self.window_choice.textActivated.connect(
            lambda title: self.window_chosen.emit(window_called(title))
        )
        self.pause.toggled.connect(self._on_pause)
        self.reset.clicked.connect(self.reset_wanted)
        self.compare.clicked.connect(self.compare_wanted)
        self.live.clicked.connect(self.live_wanted)

    def _on_pause(self, paused: bool) -> None:
        self.pause.setToolTip("Go on" if paused else "Let the charts stand still")
        self.restyle()
        self.pause_toggled.emit(paused)
