"""The dialog that asks what a flow is to do, and has a model plan it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from app.editor.fields.switch import Switch
from app.planning.asking import AskingSheet
from app.studio import Studio
from graph.planning.keyless import planned_without_model
from graph.planning.plan import Plan
from runtime.planning import plan_goal

HINT = (
    "Fetch the latest issues of a repository, have a model sort them by urgency, and write a "
    "report to a file"
)
WRITES = "It may change things outside"
ABOUT_WRITES = "Write files, send messages, change data. Else the plan only reads, and asks models."
GOAL = "What is the flow to do?"


class GoalSheet(AskingSheet):
    """Hands the plan to `draw`, which puts it on the canvas."""

    def __init__(self, studio: Studio, draw: Callable[[Plan], object]) -> None:
        super().__init__(
            studio, "Plan a goal",
            "A model draws a flow out of the blocks there are. It is checked like one that you "
            "have drawn, is yours to change, and does nothing before you run it.", "Plan",
        )  # fmt: skip
        self._draw = draw
        self.goal = self.add_text(GOAL, HINT, least=4)
        self.add_model()
        self._add_switch()
        self.add_foot()
        without = self.button(
            "Without a model", self._without, closes=False, left=True,
            tip="Choose blocks by the words of the goal: a beginning to go on from",
        )  # fmt: skip
        self._fields.append(without)
        self.goal.setFocus()

    def plan(self) -> None:
        goal = self._goal()
        if not goal:
            return
        model, writes, catalog = self.asked_model, self.writes.isChecked(), self._studio.catalog
        self.ask(
            lambda runtime, hear: plan_goal(
                runtime, goal, catalog, model=model, writes=writes, hear=hear
            ),
            self._draw,
        )

    def _without(self) -> None:
        goal = self._goal()
        if not goal:
            return
        plan = planned_without_model(goal, self._studio.catalog, writes=self.writes.isChecked())
        if plan is None:
            self.wrong("No block has to do with that goal. Use other words, or a model.", self.goal)
            return
        self.accept()
        self._draw(plan)

    def _goal(self) -> str:
        goal = self.goal.text.strip()
        if not goal:
            self.wrong("Say what the flow is to do.", self.goal)
        return goal

    def _add_switch(self) -> None:
        self.writes = Switch(self)
        self.writes.setChecked(True)
        self._name(WRITES, self.writes)
        label, about = QLabel(WRITES, self), QLabel(ABOUT_WRITES, self)
        label.setBuddy(self.writes)
        about.setProperty("role", "small")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label)
        words.addWidget(about)
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 4)
        row.addLayout(words, 1)
        row.addWidget(self.writes)
        self.body.addLayout(row)
