"""The form, the problems and the help of what is selected, as actions."""

from PySide6.QtWidgets import QDockWidget, QWidget

from app.docks.inspector import Inspector
from app.docks.problems import Problems
from app.presenters.problem_list import Entry
from app.studio import Studio


def install(studio: Studio) -> None:
    """Bind what leads into the inspector and from one problem to the next."""
    Inspecting(studio)


class Inspecting:
    """Leads from actions and problems to the form that is meant."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._inspector: Inspector = studio.window.findChild(Inspector)
        self._problems: Problems = studio.window.findChild(Problems)
        self._at = -1
        self._problems.chosen.connect(self.go_to)
        bind = studio.actions.bind
        bind("edit.inspect", self.focus_form, enabled=self._has_flow)
        bind("go.next_problem", self.go_to_next, enabled=self._has_flow)

    def _has_flow(self) -> bool:
        return self._studio.workspace.current is not None

    def focus_form(self) -> None:
        """Put the keyboard into the form of what is selected."""
        if self._has_flow():
            bring_up(self._inspector)
            self._inspector.focus_field()

    def go_to_next(self) -> None:
        """Go to the problem after the one that was gone to last."""
        listed = self._problems.listed
        if listed:
            self._at = (self._at + 1) % len(listed)
            self.go_to(listed[self._at])

    def go_to(self, entry: Entry) -> None:
        """Show the block of a problem, and put the keyboard into the field at fault."""
        bench = self._studio.workspace.current
        problem = entry.problem
        if entry in self._problems.listed:
            self._at = self._problems.listed.index(entry)
        if bench is None or entry.level is None:
            return
        if entry.level != bench.level:
            bench.go_to(problem.block, entry.level)
        elif problem.block in bench.flow.blocks:
            bench.select((problem.block,))
            bench.reveal.emit(problem.block)
        if problem.block:
            bring_up(self._inspector)
            name = problem.field or problem.port
            self._inspector.focus_field(name, problem.line, problem.column)


def bring_up(widget: QWidget) -> None:
    """Show the dock that holds a widget, before those that share its place."""
    around: QWidget | None = widget
    while around is not None and not isinstance(around, QDockWidget):
        around = around.parentWidget()
    if around is not None:
        around.show()
        around.raise_()
