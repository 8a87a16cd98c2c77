"""What the selected block gave, or the run when none is selected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.icons import icon
from app.presenters.results import NOTHING, Result, of_block, of_run
from app.presenters.run_words import standing
from app.presenters.tables import one_line
from app.results.doubt_banner import DoubtBanner, Verdict
from app.results.failure_banner import FailureBanner
from app.results.pane import MISSING, ValuePane
from app.results.round_chooser import RoundChooser
from app.studio import Studio
from app.theme import ROW
from app.workbench import Workbench
from graph.flow import Block

DELAY = 60
"""Milliseconds in which news is gathered before it is shown."""

CLOCK = 500
"""Milliseconds between two looks at how long a run has been going on."""


class Results(QWidget):
    """Follows the selection of the flow in front and the run it watches."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._front: Workbench | None = None
        self._result = NOTHING
        self._names: list[str] = []
        self.title, self.state, self.given = QLabel(self), QLabel(self), QLabel(self)
        self.rounds = RoundChooser(self)
        self.tabs = QTabBar(self)
        self.pane = ValuePane(self)
        self.failure = FailureBanner(self, self._go, studio.actions["file.permissions"].trigger)
        self.doubt = DoubtBanner(self, self._settle)
        self.empty = QLabel(self)
        self._line = QFrame(self)
        self._copy = self._button("mdi6.content-copy", "Copy the value", self.pane.copy)
        self._save = self._button(
            "mdi6.content-save-outline", "Save the value as…", self.pane.save_as
        )
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.refresh)
        self._clock = QTimer(self, interval=CLOCK)
        self._clock.timeout.connect(self._show_time)
        self.tabs.currentChanged.connect(self._show_value)
        self.pane.troubled.connect(lambda why: studio.notices.tell(why, "error", key="save result"))
        studio.workspace.current_changed.connect(self._follow)
        studio.theme.changed.connect(self._restyle)
        self._restyle()
        self.refresh()

    def _lay_out(self) -> None:
        self.title.setProperty("role", "heading")
        for label in (self.state, self.given):
            label.setProperty("role", "small")
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Outputs")
        header = QHBoxLayout()
        header.setContentsMargins(12, 4, 8, 4)
        header.setSpacing(10)
        header.addStrut(ROW)
        for text in (self.title, self.state, self.tabs):
            header.addWidget(text)
        header.addWidget(self.given, 1)
        for tool in (self.rounds, self.pane.switch, self._copy, self._save):
            header.addWidget(tool)
        self._line.setProperty("line", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._line)
        layout.addWidget(self.failure)
        layout.addWidget(self.doubt)
        layout.addWidget(self.pane, 1)
        layout.addWidget(self.empty, 1)

    # What is followed.

    def _follow(self) -> None:
        if self._front is not None and not self._front.is_closed:
            for signal in self._signals(self._front):
                signal.disconnect(self._news)
        self._front = self._studio.workspace.current
        if self._front is not None:
            for signal in self._signals(self._front):
                signal.connect(self._news)
        self.refresh()

    @staticmethod
    def _signals(workbench: Workbench) -> "tuple[SignalInstance[Any], ...]":
        return (
            workbench.run_changed, workbench.selection_changed, workbench.level_changed,
            workbench.round_changed,
        )  # fmt: skip

    def _news(self, touched: object = None) -> None:
        address = self._address()
        if isinstance(touched, frozenset) and address and address not in touched:
            loop = self._loop()
            if not loop or loop not in touched:
                return
        if not self._soon.isActive():
            self._soon.start()

    # What is shown.

    def refresh(self) -> None:
        """Show how things stand now."""
        self._result = self._result_now()
        result = self._result
        self.title.setText(result.title)
        self.state.setText(result.state)
        self.title.setVisible(bool(result.title))
        if self._goes_on() != self._clock.isActive():
            self._clock.start() if self._goes_on() else self._clock.stop()
        self._line.setVisible(bool(result.title))
        self.state.setVisible(bool(result.state))
        self._say_inputs()
        self.rounds.follow(self._front, self._loop())
        self._say_failure(result)
        self._say_doubt()
        self._offer(list(result.values))
        has_values = bool(result.values)
        self.pane.setVisible(has_values)
        for widget in (self.pane.switch, self._copy, self._save):
            widget.setVisible(has_values)
        self.empty.setText(result.note)
        self.empty.setVisible(not has_values)
        self._show_value()

    def _goes_on(self) -> bool:
        front = self._front
        return front is not None and front.run is not None and front.run.goes_on

    def _show_time(self) -> None:
        """Time goes on without any news."""
        if self._front and self._front.run and self._block() is None:
            self.state.setText(standing(self._front.run.view, self._front.run.now))

    def _result_now(self) -> Result:
        front, block = self._front, self._block()
        if front is None or front.run is None:
            return NOTHING
        if block is None:
            return of_run(front.run)
        address = front.address(block.id)
        return of_block(front.run, block, front.title_at(address), address, front.values(block.id))

    def _offer(self, names: list[str]) -> None:
        """One tab for each value, keeping the one that is shown."""
        if names != self._names:
            shown = self._name()
            self._names = names
            self.tabs.blockSignals(True)
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name in names:
                self.tabs.addTab(name)
            if shown in names:
                self.tabs.setCurrentIndex(names.index(shown))
            self.tabs.blockSignals(False)
        self.tabs.setVisible(len(names) > 1)

    def _name(self) -> str:
        index = self.tabs.currentIndex()
        return self._names[index] if 0 <= index < len(self._names) else ""

    def _show_value(self) -> None:
        name = self._name()
        if name in self._result.values:
            self.pane.pictures.folder = self._folder()
            self.pane.show_value(self._result.values[name], self._before(name))

    def _before(self, name: str) -> object:
        """What it was in the run before, MISSING when there was none."""
        front = self._front
        if front is None or front.before is None:
            return MISSING
        block = self._block()
        values = front.before.view.outputs
        if block is not None:
            values = dict(front.before.outputs(front.address(block.id), front.round))
        return values.get(name, MISSING)

    def _say_failure(self, result: Result) -> None:
        task = result.failure.task if result.failure else ""
        block = self._front.title_at(task) if self._front and task else ""
        self.failure.show_failure(result.failure, block, here=bool(self._address()))

    def _say_doubt(self) -> None:
        front = self._front
        task = front.run.doubted(self._address()) if front and front.run else ""
        self.doubt.show_doubt(task, front.title_at(task) if front and task else "")

    def _say_inputs(self) -> None:
        run = self._front.run if self._front else None
        inputs = run.view.inputs if run and self._block() is None else {}
        said = "   ".join(f"{name}: {one_line(value, 40)}" for name, value in inputs.items())
        self.given.setText(self.given.fontMetrics().elidedText(
            said, Qt.TextElideMode.ElideRight, 480))  # fmt: skip
        self.given.setToolTip("\n".join(f"{n}: {one_line(v, 400)}" for n, v in inputs.items()))

    # Where that is.

    def _block(self) -> Block | None:
        front = self._front
        if front is None or len(front.selected) != 1:
            return None
        return front.flow.blocks.get(next(iter(front.selected)))

    def _address(self) -> str:
        block = self._block()
        return self._front.address(block.id) if self._front and block else ""

    def _loop(self) -> str:
        """The loop whose rounds can be chosen: the block that runs for each item, or the one
        that was entered."""
        front, block = self._front, self._block()
        if front is None or front.run is None:
            return ""
        if block is not None and block.settings.each:
            return front.address(block.id)
        return "/".join(front.blocks_into)

    def _folder(self) -> Path | None:
        if self._front is None or self._studio.bridge.address:
            return None
        return self._studio.runs.folder(self._front)

    def _settle(self, task: str, verdict: Verdict) -> None:
        if self._front and self._front.run:
            self._studio.runs.settle(self._front.run.run, task, verdict)

    def _go(self, task: str) -> None:
        if self._front:
            self._front.go_to_address(task)

    # How it looks.

    def _button(self, name: str, tip: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.setProperty("icon_name", name)
        button.clicked.connect(lambda: do())
        return button

    def _restyle(self) -> None:
        for button in (self._copy, self._save):
            button.setIcon(icon(button.property("icon_name")))
        self.pane.restyle()


DOCK = Dock("results", "Results", "mdi6.table-eye", "bottom", Results, order=10)
