"""How flows are run from the window: what each action of the Run menu does, and when it can."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.presenters.live_run import LiveRun
from app.run_control import RunControl
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import FlowInvalid, HeddleError, Problem


def install(studio: Studio) -> None:
    """Bind the actions that run flows."""
    Running(studio)


class Running(QObject):
    """Binds the actions, and tells what came of them."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._runs: RunControl = studio.runs
        self._bind()
        self._runs.refused.connect(self._refused)
        studio.bridge.troubled.connect(self._trouble)

    def _bind(self) -> None:
        bind = self._studio.actions.bind
        bind("run.start", self._front(self._start), enabled=self._when(lambda _: True))
        bind("run.cancel", self._with_run(self._runs.cancel), enabled=self._when(_is_under_way))
        bind("run.hide", self._front(self._runs.watching.hide), enabled=self._when(_has_run))

    # Helpers of the table.

    def _front(self, do: Callable[[Workbench], object]) -> Callable[[], object]:
        workspace = self._studio.workspace
        return lambda: do(workspace.current) if workspace.current else None

    def _with_run(self, do: Callable[[str], object]) -> Callable[[], object]:
        return self._front(lambda w: do(w.run.run) if w.run else None)

    def _when(self, ask: Callable[[Workbench], bool]) -> Callable[[], bool]:
        workspace = self._studio.workspace
        return lambda: workspace.current is not None and ask(workspace.current)

    # What they do.

    def _start(self, workbench: Workbench) -> None:
        if not self._is_sound(workbench):
            return
        self._runs.start(workbench, {})

    def _is_sound(self, workbench: Workbench) -> bool:
        """Whether the flow can run; if not, says so and goes to the first problem."""
        workbench.check_now()
        errors = [p for p in workbench.problems if p.severity == "error"]
        if errors:
            self._tell_problems(workbench, errors)
        return not errors

    def _tell_problems(self, workbench: Workbench, errors: list[Problem]) -> None:
        first = errors[0]
        more = f" There are {len(errors) - 1} more." if len(errors) > 2 else ""
        more = " There is one more." if len(errors) == 2 else more
        text = f"The flow can't run yet: {first.message} {first.cure}".rstrip() + more
        self._studio.notices.tell(text, "warning", key="run")
        if first.block:
            workbench.go_to(first.block, tuple(first.flow.split("/")) if first.flow else ())

    def _refused(self, workbench: Workbench, error: HeddleError) -> None:
        if isinstance(error, FlowInvalid) and error.problems:
            self._tell_problems(workbench, list(error.problems))
        else:
            self._trouble(error)

    def _trouble(self, error: HeddleError) -> None:
        self._studio.notices.tell(str(error), "error", key="run")


def _has_run(workbench: Workbench) -> bool:
    return workbench.run is not None


def _is_under_way(workbench: Workbench) -> bool:
    return workbench.run is not None and _goes_on(workbench.run)


def _goes_on(run: LiveRun) -> bool:
    return not run.is_over and run.view.state != "interrupted"
