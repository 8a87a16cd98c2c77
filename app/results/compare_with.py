"""Chooses what a value is compared with: the run before, the round before, or before a change."""

from functools import partial
from typing import Any, Literal

from msgspec import UNSET
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.icons import icon
from app.presenters.data_items import Item
from app.presenters.live_run import LiveRun
from app.results.pane import MISSING
from app.runs.looking import Looking
from app.workbench import Workbench
from runtime.events import block_of

Choice = Literal["run", "round"]

TITLES: dict[Choice, str] = {
    "run": "Compare with the run before",
    "round": "Compare with the round before",
}


class CompareWith(QToolButton):
    """A button with a menu; `before` is the value to compare with, as far as it is known."""

    changed = Signal()
    """There is another value to compare with."""

    def __init__(self, parent: QWidget, looking: Looking) -> None:
        super().__init__(parent)
        self.choice: Choice = "run"
        self._looking = looking
        self._before: Any = MISSING
        self.setIconSize(QSize(16, 16))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("What to compare the value with")
        self.setAccessibleName("Compare with")
        menu = QMenu(self)
        self.actions_of: dict[Choice, QAction] = {}
        for choice, title in TITLES.items():
            action = menu.addAction(title)
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose, choice))
            self.actions_of[choice] = action
        self.setMenu(menu)
        looking.changed.connect(self.changed)
        self._mark()

    def follow(self, workbench: Workbench, task: str, item: Item) -> None:
        """Find what there is to compare the item of a task with."""
        round = _round_before(workbench, task)
        self.actions_of["run"].setEnabled(workbench.before is not None)
        self.actions_of["round"].setEnabled(bool(round))
        self.setVisible(item.kind == "value")
        if item.kind != "value":
            self._before = MISSING
        elif item.before is not UNSET:
            self._before = item.before
        elif self.choice == "round" and round:
            self._before = self._of(workbench.run, round, item)
        else:
            self._before = self._of(workbench.before, task, item)

    def before(self) -> Any:
        """What the value was, MISSING when there is nothing to compare with."""
        return self._before

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.setIcon(icon("mdi6.compare"))

    def _of(self, run: LiveRun | None, task: str, item: Item) -> Any:
        """The same of another task, or of that task in another run."""
        if run is None:
            return MISSING
        if not task:
            values = run.view.inputs if item.side == "inputs" else run.view.outputs
            return values.get(item.name, MISSING)
        if item.side == "outputs":
            gave = run.outputs(block_of(task), task.rpartition("]")[0] + "]" * ("[" in task))
            return gave.get(item.name, MISSING)
        self._looking.ask(run.run, task)
        found = self._looking.data(run.run, task)
        if found is None:
            return MISSING
        if item.side == "fields":
            field = found.fields.get(item.name)
            return MISSING if field is None else field.value
        return found.inputs.get(item.name, MISSING)

    def _choose(self, choice: Choice, _: bool = False) -> None:
        self.choice = choice
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        for choice, action in self.actions_of.items():
            action.setChecked(choice == self.choice)


def _round_before(workbench: Workbench, task: str) -> str:
    """The same task in the round before, "" when there is none."""
    scope, bracket, rest = task.rpartition("]")
    if not bracket or workbench.run is None:
        return ""
    scope += bracket
    loop = scope.rpartition("[")[0]
    here = [s for s in workbench.run.scopes.get(block_of(loop), {}) if s.startswith(f"{loop}[")]
    at = here.index(scope) if scope in here else 0
    return here[at - 1] + rest if at > 0 else ""
