"""The bar over the canvas while a run stands still: where and why, and how it can go on."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import NATIVE, ROWS
from app.icons import icon
from app.presenters.standing import BarView, bar_view
from app.presenters.stopping import own_id
from app.results.elided_label import ElidedLabel
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench

STEPS = (
    "run.continue", "", "debug.over", "debug.into", "debug.out", "debug.back", "debug.run_to", "",
    "debug.retry", "debug.skip", "", "run.cancel",
)  # fmt: skip
"""The buttons, "" for a gap."""
OFTEN = ("run.continue", "debug.over", "debug.into", "debug.out", "debug.back")
"""Those that are always seen; the others only when they can be used."""
MOVES = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Move)
TOP, LEAST, WIDEST = 12, 420, 620


class DebugBar(QFrame):
    """Lies on the canvas, in the middle of its upper edge."""

    def __init__(
        self, workbench: Workbench, studio: Studio, over: QWidget, parent: QWidget
    ) -> None:
        super().__init__(parent)  # not of the canvas, whose children no screen reader is told of
        self._bench = workbench
        self._studio = studio
        self._over = over
        self._standing = studio.runs.standing
        self.setProperty("card", True)
        self.setAccessibleName("The run stands still")
        self.title = QLabel(self)
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.tasks = QComboBox(self)
        self.tasks.setAccessibleName("Which held block is meant")
        self.tasks.view().setAccessibleName("Held blocks")
        self.tasks.activated.connect(self._choose)
        self.reason = ElidedLabel(self)
        self.wheel = QLabel(self)
        self.wheel.setProperty("role", "warning")
        self._buttons: dict[str, QToolButton] = {}
        self._gaps: list[QWidget] = []
        self._lay_out()
        self._standing.changed.connect(self._on_standing)
        workbench.run_changed.connect(self._on_run)
        workbench.level_changed.connect(self.refresh)
        studio.runs.breakpoints.changed.connect(self._on_standing)
        studio.theme.changed.connect(self._restyle)
        over.installEventFilter(self)
        self._restyle()
        self.refresh()

    def refresh(self) -> None:
        """Show how the run stands; nothing while it goes on."""
        live = self._bench.live
        if live is None or not self._standing.stands(self._bench):
            self.hide()
            return
        held = self._standing.held(self._bench)
        names = {one.task: self._name(one.task) for one in held}
        points = {own_id(p.id): p for p in self._studio.runs.breakpoints.of(self._bench)}
        meant = self._standing.current(self._bench)
        client = self._studio.runs.debugging.client
        self._show(bar_view(live.view, meant, names, points, client), meant.task if meant else "")

    def _name(self, task: str) -> str:
        """What the block is called that stands, or the one that it is hidden inside here."""
        bench = self._bench
        id, hidden = self._standing.shown(bench, task)
        inner = bench.title_at(task)
        return f"{bench.title_at(bench.address(id))}, at {inner}" if hidden else inner

    def _show(self, view: BarView, task: str) -> None:
        self.title.setText(view.title)
        self.title.setVisible(not view.choices)
        self.tasks.setVisible(bool(view.choices))
        self.tasks.clear()
        for choice in view.choices:
            self.tasks.addItem(choice.title, choice.task)
        self.tasks.setCurrentIndex(self.tasks.findData(task))
        self._say(view)
        self.wheel.setText(f"{view.wheel} steers.")
        self.wheel.setVisible(bool(view.wheel))
        self._buttons["debug.wheel"].setVisible(bool(view.wheel))
        self.setAccessibleDescription(f"{view.title}. {view.reason}")
        self._show_buttons()
        self.show()
        self._place()

    def _say(self, view: BarView) -> None:
        self.reason.show_text(view.reason)
        role = "error" if view.is_error else "muted"
        if self.reason.property("role") != role:
            self.reason.setProperty("role", role)
            self.reason.style().unpolish(self.reason)
            self.reason.style().polish(self.reason)
            self._show_sign()

    # Building.

    def _lay_out(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(8)
        self._sign = QLabel(self)
        said.addWidget(self._sign)
        said.addWidget(self.title)
        said.addWidget(self.tasks)
        self.reason.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        said.addWidget(self.reason, 1)
        row = QHBoxLayout()
        row.setSpacing(2)
        for id in STEPS:
            row.addWidget(self._button(id) if id else self._gap())
        row.addStretch(1)
        row.addWidget(self.wheel)
        row.addWidget(self._button("debug.wheel", with_title=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(said)
        column.addLayout(row)

    def _button(self, id: str, *, with_title: bool = False) -> QToolButton:
        action = self._studio.actions[id]
        button = QToolButton(self)
        button.setObjectName(f"bar.{id}")
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(action.text())
        # Run has the key, and goes on with a run that stands.
        keys = self._studio.actions["run.start" if id == "run.continue" else id].shortcut()
        text = keys.toString(NATIVE)
        button.setToolTip(f"{action.text()} ({text})" if text else action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if with_title:
            button.setText(action.text())
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if id == "run.continue":
            button.setProperty("primary", True)
        button.clicked.connect(action.trigger)
        action.changed.connect(self._on_action)  # as a method of ours it ends with us
        self._buttons[id] = button
        return button

    def _gap(self) -> QWidget:
        gap = QWidget(self)
        gap.setFixedWidth(10)
        self._gaps.append(gap)
        return gap

    def _on_action(self) -> None:
        actions = self._studio.actions
        if self.isVisible() and any(
            button.isEnabled() != actions[id].isEnabled() for id, button in self._buttons.items()
        ):
            self._show_buttons()

    def _show_buttons(self) -> None:
        """Only what can be done."""
        for id, button in self._buttons.items():
            can = self._studio.actions[id].isEnabled()
            button.setEnabled(can)
            if id not in (*OFTEN, "run.cancel", "debug.wheel"):
                button.setVisible(can)
        about_task = [self._buttons[id].isVisibleTo(self) for id in ("debug.retry", "debug.skip")]
        self._gaps[-1].setVisible(any(about_task))

    def _restyle(self) -> None:
        for id, button in self._buttons.items():
            goes_on = id == "run.continue"
            colour = current().on_accent if goes_on else current().text
            button.setIcon(icon("mdi6.play" if goes_on else ROWS[id].icon, colour))
        self._show_sign()

    def _show_sign(self) -> None:
        if self.reason.property("role") == "error":
            sign = icon("mdi6.alert-circle", current().failed)
        else:
            sign = icon("mdi6.pause-circle", current().warning)
        self._sign.setPixmap(sign.pixmap(18, 18))

    # Following.

    def _on_standing(self, bench: Workbench) -> None:
        if bench is self._bench:
            self.refresh()

    def _on_run(self, blocks: object) -> None:
        if blocks is None or self.isVisible():
            self.refresh()

    def _choose(self, index: int) -> None:
        self._standing.choose(self._bench, str(self.tasks.itemData(index)))
        self._studio.actions["debug.show"].trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if watched is self._over and event.type() in MOVES:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        under = self._over.geometry()
        wide = min(WIDEST, under.width() - 2 * TOP)
        wanted = min(wide, max(LEAST, self.sizeHint().width()))
        left = under.x() + (under.width() - wanted) // 2
        self.setGeometry(left, under.y() + TOP, wanted, self.sizeHint().height())
        self.raise_()
