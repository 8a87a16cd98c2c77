"""What the keys of a debugger do to the run in front, from where it stands."""

from typing import Literal

from PySide6.QtCore import QObject

from app.presenters.addresses import in_runs
from app.runs.debugging import StepKind
from app.studio import Studio
from app.workbench import Workbench
from runtime.events import TaskHeld

FOLLOW = "debug/follow"
"""The preference whether the canvas goes to where a run stops."""

Onward = Literal["over", "into", "out", "back"]


class Steps(QObject):
    """Steps as a person sees them: a sub-flow that isn't entered is stepped over as one."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._debugging = studio.runs.debugging
        self._standing = studio.runs.standing
        self._last: dict[str, StepKind] = {}
        """By run: the step that was taken last."""

    def step(self, bench: Workbench, kind: Onward) -> None:
        """Go a little further, or back."""
        if bench.live is None:
            return
        held, run = self._standing.current(bench), bench.live.run
        task = held.task if held else ""
        outer = self.outer(bench, held) if held else ""
        if outer and kind == "into":
            self.go_there(bench, held)
            return
        block = in_runs(bench.document.flow, bench.catalog, outer) if outer else ""
        self._last[run] = kind
        if kind == "back":
            self._debugging.step(run, "back")
        else:
            self._debugging.step(run, kind, task, block=block if kind == "over" else "")

    def outer(self, bench: Workbench, held: TaskHeld) -> str:
        """The block of the shown flow that a held task is hidden inside; "" for none."""
        id, hidden = self._standing.shown(bench, held.task)
        return bench.address(id) if hidden else ""

    def run_to(self, bench: Workbench, block: str) -> None:
        """Go on until a block of the shown flow is reached."""
        if bench.live is not None:
            place = in_runs(bench.document.flow, bench.catalog, bench.address(block))
            self._debugging.run_to(bench.live.run, place)

    def skip(self, bench: Workbench) -> None:
        """Leave out the task that stands, or go on without its error."""
        held = self._standing.current(bench)
        if bench.live is not None and held is not None:
            self._debugging.skip(bench.live.run, held.task)

    def retry(self, bench: Workbench) -> None:
        """Do the task again that stands after it was done, or failed."""
        held = self._standing.current(bench)
        if bench.live is not None and held is not None:
            self._debugging.retry(bench.live.run, held.task)

    # The canvas goes along.

    def follow(self, bench: Workbench) -> None:
        """Show where a run has stopped, unless the person looks elsewhere on purpose."""
        held = self._standing.current(bench)
        if held is None or bench.live is None or bench.moment is not None:
            return
        if not self._studio.preferences.flag(FOLLOW, True):
            return
        outer = self.outer(bench, held)
        stepped = held.reason == "step" and self._last.get(bench.live.run) != "into"
        if outer and stepped:  # a step over doesn't go into what was left closed
            block = outer.rpartition("/")[2]
            bench.select((block,))
            bench.reveal.emit(block)
        else:
            self.go_there(bench, held)

    def go_there(self, bench: Workbench, held: TaskHeld | None) -> None:
        """Show the block that stands, and the values of its round."""
        if held is not None:
            bench.go_to_address(held.task)
            scope = held.task.rpartition("]")[0]
            bench.show_round(f"{scope}]" if scope else "")
