"""An agent at work, step by step: what it thinks, says and calls, and what its tools give."""

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.debugging.subject import selected_block
from app.docks import Dock
from app.icons import icon
from app.presenters.addresses import every_spot
from app.presenters.agent_steps import AGENT, AgentStep, agent_steps
from app.results.text_views import PlainView
from app.runs.breakpoints import new_id
from app.studio import Studio
from app.theme import ROW, current
from app.workbench import Workbench
from graph.compile.ports import Level
from runtime.breakpoints import Breakpoint
from runtime.events import block_of

DELAY = 60
"""Milliseconds in which news is gathered before it is shown."""

ICONS = {
    "thought": "mdi6.thought-bubble-outline",
    "say": "mdi6.comment-text-outline", "call": "mdi6.hammer-wrench",
    "result": "mdi6.arrow-left-bottom", "failed": "mdi6.close-circle-outline",
    "asked": "mdi6.account-clock-outline", "refused": "mdi6.account-cancel-outline",
    "turn": "mdi6.progress-clock",
}  # fmt: skip
COLOURS = {"failed": "failed", "refused": "failed", "asked": "running"}
NO_AGENT = "Place an Agent, and see here each of its thoughts, calls and results."
NO_RUN = "Run the flow, and see here each thought, call and result of “{}”."


class AgentSteps(QWidget):
    """Follows the agent that is selected or entered, or else the first of the flow in front."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._front: Workbench | None = None
        self._shown: list[AgentStep] = []
        self.title, self.empty = QLabel(self), QLabel(self)
        self.turns = QCheckBox("Break before each turn", self)
        self.calls = QCheckBox("Break before each tool call", self)
        self.tree = QTreeWidget(self)
        self.text = PlainView(self)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.refresh)
        self.turns.toggled.connect(self._break_on_turns)
        self.calls.toggled.connect(self._break_on_calls)
        self.tree.currentItemChanged.connect(lambda *_: self._show_text())
        self.tree.itemActivated.connect(lambda item, _: self._go(item))
        studio.workspace.current_changed.connect(self._follow)
        studio.theme.changed.connect(self._again)
        studio.runs.breakpoints.changed.connect(self.refresh)
        self._follow()

    def _lay_out(self) -> None:
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setRootIsDecorated(False)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Steps of the agent")
        self.tree.setAccessibleDescription("Enter goes to where a step was done.")
        self.text.setAccessibleName("All of the step")
        self.split.addWidget(self.tree)
        self.split.addWidget(self.text)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setChildrenCollapsible(False)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 4)
        head.setSpacing(12)
        head.addStrut(ROW)
        head.addWidget(self.title, 1)
        head.addWidget(self.turns)
        head.addWidget(self.calls)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.split, 1)
        column.addWidget(self.empty, 1)

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
    def _signals(bench: Workbench) -> tuple[Any, ...]:
        return (
            bench.run_changed, bench.selection_changed, bench.level_changed, bench.round_changed,
            bench.moment_changed,
        )  # fmt: skip

    def _news(self, *_: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def agent(self) -> str:
        """The address of the agent whose steps are shown, "" when there is none."""
        front = self._front
        if front is None:
            return ""
        block = selected_block(front)
        if block is not None and block.kind == AGENT:
            return front.address(block.id)
        spots = every_spot(Level(front.document.flow, front.catalog))
        found = [spot.address for spot in spots if spot.block.kind == AGENT]
        here = "/".join(front.blocks_into)
        around = (one for one in found if here == one or here.startswith(f"{one}/"))
        return next(around, found[0] if found else "")

    # What is shown.

    def refresh(self) -> None:
        """Show how things stand now."""
        front, agent = self._front, self.agent()
        self.title.setText(front.title_at(agent) if front and agent else "Steps")
        self.empty.setText(NO_RUN.format(front.title_at(agent)) if front and agent else NO_AGENT)
        run = front.run if front else None
        round = front.round if front and block_of(front.round) == agent else ""
        steps = agent_steps(run, agent, round.rpartition("[")[0]) if run and agent else []
        for box in (self.turns, self.calls):
            box.setVisible(bool(agent))
        self.turns.setChecked(bool(self._points(agent, "before")))
        self.calls.setChecked(bool(self._points(agent, "after")))
        if agent:
            self._studio.dock_speaks.emit(DOCK.id)
        self.split.setVisible(bool(steps))
        self.empty.setVisible(not steps)
        if steps != self._shown:
            self._show(steps)

    def _show(self, steps: list[AgentStep]) -> None:
        """Show these steps; what was looked at stays so, and the newest is followed at the end."""
        row = self.tree.indexOfTopLevelItem(self.tree.currentItem()) if self._shown else -1
        at_end = row in (-1, len(self._shown) - 1)
        same = 0
        while same < min(len(steps), len(self._shown)) and steps[same] == self._shown[same]:
            same += 1
        self._shown = steps
        while self.tree.topLevelItemCount() > same:
            self.tree.takeTopLevelItem(same)
        turns = [0, *(step.turn for step in steps)]
        self.tree.addTopLevelItems(
            [_item(steps[row], turns[row] != steps[row].turn) for row in range(same, len(steps))]
        )
        if steps:
            wanted = len(steps) - 1 if at_end else min(row, len(steps) - 1)
            item = self.tree.topLevelItem(wanted)
            assert item is not None
            self.tree.setCurrentItem(item)
            self.tree.scrollToItem(item)
        self._show_text()

    def _again(self) -> None:
        shown, self._shown = self._shown, []
        self.tree.clear()
        self._show(shown)

    def _show_text(self) -> None:
        step = self._step(self.tree.currentItem())
        self.text.set_mono(step is not None and not step.is_prose)
        self.text.show_value(step.value if step else "")

    def _step(self, item: QTreeWidgetItem | None) -> AgentStep | None:
        row = self.tree.indexOfTopLevelItem(item) if item else -1
        return self._shown[row] if 0 <= row < len(self._shown) else None

    # What is done.

    def _go(self, item: QTreeWidgetItem) -> None:
        """Go to where a step was done, with the values of its round."""
        step, front = self._step(item), self._front
        if step is None or front is None:
            return
        front.go_to_address(step.task)
        front.show_round(step.scope)

    def _points(self, agent: str, at: str) -> list[Breakpoint]:
        if self._front is None or not agent:
            return []
        points = self._studio.runs.breakpoints.of(self._front)
        return [one for one in points if one.block == f"{agent}/turn" and one.at == at]

    def _break_on_turns(self, on: bool) -> None:
        self._break(on, Breakpoint("", f"{self.agent()}/turn"))

    def _break_on_calls(self, on: bool) -> None:
        """A tool is called once a turn says so: the run stops after each turn that does."""
        point = Breakpoint("", f"{self.agent()}/turn", at="after", condition="len(calls) > 0")
        self._break(on, point)

    def _break(self, on: bool, point: Breakpoint) -> None:
        front, there = self._front, self._points(self.agent(), point.at)
        if front is None or on == bool(there):
            return
        if there:
            self._studio.runs.breakpoints.remove(front, *(one.id for one in there))
        else:
            self._studio.runs.breakpoints.put(front, replace(point, id=new_id()))


def _item(step: AgentStep, is_first: bool) -> QTreeWidgetItem:
    """A row; the first of a turn says which turn it is."""
    colours, colour = current(), COLOURS.get(step.kind, "running" if step.goes_on else "muted")
    item = QTreeWidgetItem([f"Turn {step.turn}" if is_first else "", step.line])
    item.setForeground(0, QColor(colours.muted))
    item.setIcon(1, icon(ICONS[step.kind], getattr(colours, colour)))
    item.setToolTip(1, step.scope)
    return item


DOCK = Dock(
    "agent_steps",
    "Steps",
    "mdi6.robot-outline",
    "bottom",
    AgentSteps,
    order=14,
    shown=False,
)
