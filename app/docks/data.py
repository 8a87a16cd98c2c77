"""All about the selected block in the watched run, or about the run when none is selected."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.debugging.subject import selected_block, task_shown
from app.debugging.value_tools import ValueTools
from app.docks import Dock
from app.presenters.data_items import Group, of_run, of_task, state_of
from app.presenters.results import NOTHING, Result, of_block
from app.presenters.results import of_run as result_of_run
from app.presenters.run_words import standing
from app.presenters.task_then import as_of
from app.results.compare_with import CompareWith
from app.results.data_pane import DataPane
from app.results.doubt_banner import DoubtBanner, Verdict
from app.results.item_list import ItemList
from app.results.round_chooser import RoundChooser
from app.runs.looking import Looking
from app.studio import Studio
from app.theme import ROW
from app.workbench import Workbench
from graph.flow import Block
from runtime.events import block_of
from runtime.recorded import scope_of

DELAY = 60
"""Milliseconds in which news is gathered before it is shown."""

CLOCK = 500
"""Milliseconds between two looks at how long a run has been going on."""

WIDTH = 300
"""How wide the list is at first."""


class Data(QWidget):
    """Follows the selection of the flow in front and the run it watches."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._front: Workbench | None = None
        self._result = NOTHING
        self._groups: list[Group] = []
        self._preferred = ("outputs", "")
        self._is_filling = False
        self.looking = Looking(studio.bridge, self)
        self.title, self.state = QLabel(self), QLabel(self)
        self.rounds = RoundChooser(self)
        self.list = ItemList(self)
        self.pane = DataPane(self, self._go, studio.actions["file.permissions"].trigger)
        self.compare = CompareWith(self, Looking(studio.bridge, self))
        self.tools = ValueTools(studio, self.looking, self.list, self.pane)
        self.doubt = DoubtBanner(self, self._settle)
        self.empty = QLabel(self)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.refresh)
        self._clock = QTimer(self, interval=CLOCK)
        self._clock.timeout.connect(self._show_time)
        self.pane.values.load_with(self.looking.page, self.looking.whole)
        self._listen()
        self._restyle()
        self.refresh()

    def _listen(self) -> None:
        studio = self._studio
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self.pane.take_focus)
        self.compare.changed.connect(self._show_item)
        self.looking.changed.connect(self.refresh)
        self.pane.values.troubled.connect(
            lambda why: studio.notices.tell(why, "error", key="save result")
        )
        studio.workspace.current_changed.connect(self._follow)
        studio.theme.changed.connect(self._restyle)

    def _lay_out(self) -> None:
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setProperty("role", "small")
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self.pane.tools.addWidget(self.compare)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 4)
        head.setSpacing(8)
        head.addStrut(ROW)
        head.addWidget(self.title)
        head.addWidget(self.state, 1)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.rounds)
        column.addWidget(self.list, 1)
        self.split.addWidget(left)
        self.split.addWidget(self.pane)
        self.split.setSizes([WIDTH, 3 * WIDTH])
        self.split.setStretchFactor(1, 1)
        self.split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.doubt)
        layout.addWidget(self.split, 1)
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
            workbench.round_changed, workbench.moment_changed,
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
        self._look_up()
        self._result = self._result_now()
        self.title.setText(self._result.title)
        self.state.setText(self._result.state)
        if self._goes_on() != self._clock.isActive():
            self._clock.start() if self._goes_on() else self._clock.stop()
        self.rounds.follow(self._front, self._loop(), scope_of(self.task()))
        self._say_doubt()
        self._groups = self._groups_now()
        self.split.setVisible(bool(self._groups) or bool(self._result.title))
        self.pane.setVisible(bool(self._groups))
        self.empty.setText(self._result.note)
        self.empty.setVisible(not self._groups)
        self._is_filling = True
        self.list.show_groups(self._groups, self._wanted())
        self._is_filling = False
        self._show_item()

    def _look_up(self) -> None:
        """Ask for what is known of the task beyond what it gave."""
        front = self._front
        run = front.run if front else None
        upto = front.moment.seq if front and front.moment else None
        self.looking.ask(run.run if run else "", self.task(), upto)

    def _groups_now(self) -> list[Group]:
        front, block = self._front, self._block()
        if front is None or front.run is None:
            return []
        if block is None:
            return of_run(front.run)
        task = self.task()
        outputs = self._result.values
        if scope := scope_of(task):  # which need not be the last round
            outputs = front.run.outputs(block_of(task), scope) or {}
        found = self.looking.data(front.run.run, task)
        now = front.run.now
        if found is not None and now is not None and not self.looking.is_of_the_moment:
            found = as_of(found, now)  # until the answer is there
        failure = self._result.failure
        if failure is not None and found is None and task not in ("", failure.task):
            failure = None  # that of another round
        return of_task(found, outputs, failure)

    def _result_now(self) -> Result:
        front, block = self._front, self._block()
        if front is None or front.run is None:
            return NOTHING
        if block is None:
            return result_of_run(front.run)
        address = front.address(block.id)
        result = of_block(
            front.run, block, front.title_at(address), address, front.values(block.id)
        )
        found = self.looking.data(front.run.run, self.task())
        if found is not None and scope_of(found.task):
            return result._replace(state=state_of(found))
        return result

    def _wanted(self) -> str:
        """The item to be chosen: an error, what was chosen last, or else what is nearest to it."""
        keys = [item.key for group in self._groups for item in group.items]
        side, name = self._preferred
        if "error" in keys and side in ("outputs", "error"):
            return "error"
        near = [f"{side}/{name}", *(k for k in keys if k.startswith(side))]
        return next((k for k in (*near, *_by_side(keys)) if k in keys), "")

    def _choose(self) -> None:
        item = self.list.item()
        if item is not None and not self._is_filling:
            side, _, name = item.key.partition("/")
            self._preferred = (side, name)
            self._show_item()

    def _show_item(self) -> None:
        item, front = self.list.item(), self._front
        if item is None or front is None or front.run is None:
            return
        self.compare.follow(front, self.task(), item)
        self.pane.values.pictures.folder = self._folder()
        self.pane.timing.when = front.run.now
        self.pane.show_item(item, self.compare.before(), front.title_at, self.task())
        self.tools.follow(front, self.task())

    def _goes_on(self) -> bool:
        front = self._front
        return front is not None and front.run is not None and front.run.goes_on

    def _show_time(self) -> None:
        """Time goes on without any news."""
        if self._front and self._front.run and self._block() is None:
            self.state.setText(standing(self._front.run.view, self._front.run.now))

    def _say_doubt(self) -> None:
        front = self._front
        task = front.run.doubted(self._address()) if front and front.run else ""
        self.doubt.show_doubt(task, front.title_at(task) if front and task else "")

    # Where that is.

    def task(self) -> str:
        """The task whose data is shown, "" when the whole run's is."""
        return task_shown(self._front)

    def _block(self) -> Block | None:
        return selected_block(self._front)

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

    def _restyle(self) -> None:
        self.list.restyle()
        self.pane.restyle()
        self.compare.restyle()


def _by_side(keys: list[str]) -> list[str]:
    """Outputs before anything else, then errors, then what stands first."""
    return sorted(keys, key=lambda key: (not key.startswith("outputs"), key != "error"))


DOCK = Dock("data", "Data", "mdi6.table-eye", "bottom", Data, order=10)
