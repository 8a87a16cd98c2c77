"""How flows are run from the window: what each action of the Run menu does, and when it can."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from app.dialogs.inputs import ask_for_inputs
from app.notices import Offer
from app.presenters.cures import PLACE
from app.presenters.live_run import LiveRun
from app.runs.control import NotTrusted, RunControl, Stops
from app.studio import Studio
from app.workbench import Workbench
from graph.compile.ports import interface
from graph.errors import FlowInvalid, HeddleError, Problem
from graph.flow import Flow
from graph.reshape import upto
from runtime.events import block_of

NOTICE, UNFIT = "run", "unfit"


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
        self._runs.unfit.connect(self._tell_unfit)
        self._runs.watching.ended.connect(self._ended)
        self._runs.standing.stopped.connect(lambda *_: self._withdraw())  # that it runs already
        studio.bridge.troubled.connect(self._trouble)
        # What became of one flow's run only stands in the way of another flow.
        studio.workspace.current_changed.connect(self._withdraw)
        studio.workspace.added.connect(self._attend)

    def _attend(self, workbench: Workbench) -> None:
        """What stood in the way may be gone once the person lets the flow do more."""
        workbench.trust_changed.connect(self._withdraw)

    def _withdraw(self) -> None:
        self._studio.notices.withdraw(NOTICE)

    def _bind(self) -> None:
        runs = self._runs
        # Always there: whoever presses it the moment a run is over must not have to try again.
        self._offer("run.start", self._start, lambda _: True)
        self._offer(
            "run.without", lambda w: self._start(w, "nowhere"), lambda w: not _is_under_way(w)
        )
        self._offer(
            "debug.start", lambda w: self._start(w, "at once"), lambda w: not _is_under_way(w)
        )
        self._offer("run.to_here", self._start_to_here, lambda w: _target(w) != "")
        self._offer(
            "run.from_here", self._start_from_here, lambda w: _has_run(w) and beginning(w) != ""
        )
        self._offer("run.changed", self._run_changed, lambda w: bool(w.stale) and _has_run(w))
        self._offer("run.again", self._start_again, lambda w: _has_run(w) and not _is_under_way(w))
        self._offer("run.cancel", _of_run(runs.cancel), _is_under_way)
        self._offer("run.pause", _of_run(runs.pause), lambda w: _state(w) == "running")
        self._offer("run.continue", _of_run(runs.go_on), runs.standing.stands)
        self._offer("run.resume", self._resume, lambda w: _state(w) == "interrupted")
        self._offer("run.hide", runs.watching.hide, _has_run)

    def _offer(
        self,
        action: str,
        do: Callable[[Workbench], object],
        when: Callable[[Workbench], bool],
    ) -> None:
        """Bind an action that is about the flow in front."""
        workspace = self._studio.workspace
        self._studio.actions.bind(
            action,
            lambda: do(workspace.current) if workspace.current else None,
            enabled=lambda: workspace.current is not None and when(workspace.current),
        )

    # What they do.

    def _start(self, workbench: Workbench, stops: Stops = "breakpoints") -> None:
        if workbench.live and self._runs.standing.stands(workbench):
            self._runs.go_on(workbench.live.run)
        elif _is_under_way(workbench):
            self._tell_it_runs()
        elif self._is_sound(workbench):
            self._ask_and_run(workbench, workbench.document.flow, stops)

    def _start_to_here(self, workbench: Workbench) -> None:
        self._ask_and_run(workbench, upto(workbench.document.flow, _target(workbench)))

    def _start_from_here(self, workbench: Workbench) -> None:
        if workbench.run and self._is_sound(workbench):
            self._runs.replay(workbench, workbench.run.run, beginning(workbench))

    def _run_changed(self, workbench: Workbench) -> None:
        if _is_under_way(workbench):
            self._tell_it_runs()
        elif workbench.run and self._is_sound(workbench):
            self._runs.replay(workbench, workbench.run.run)

    def _start_again(self, workbench: Workbench) -> None:
        if workbench.live and self._is_sound(workbench):
            self._begin(workbench, workbench.live.view.inputs, None)

    def _resume(self, workbench: Workbench) -> None:
        if workbench.run:
            self._runs.resume(workbench, workbench.run.run)

    def _ask_and_run(self, workbench: Workbench, flow: Flow, stops: Stops = "breakpoints") -> None:
        if not self._runs.may_run(workbench):
            return
        if interface(flow)[0]:
            run = partial(self._run, workbench, flow, stops)
            ask_for_inputs(self._studio, workbench, flow, run)
        else:
            self._begin(workbench, {}, flow, stops)

    def _run(
        self, workbench: Workbench, flow: Flow, stops: Stops, inputs: Mapping[str, Any]
    ) -> None:
        if not workbench.is_closed:
            self._begin(workbench, inputs, flow, stops)

    def _begin(
        self, workbench: Workbench, inputs: Mapping[str, Any], flow: Flow | None,
        stops: Stops = "breakpoints",
    ) -> None:  # fmt: skip
        self._withdraw()
        if self._studio.bridge.state == "lost":
            self._studio.bridge.again()
        self._runs.start(workbench, inputs, flow, stops)

    def _is_sound(self, workbench: Workbench) -> bool:
        """Whether the flow can run; if not, says so and goes to the first problem."""
        workbench.check_now()
        errors = [p for p in workbench.problems if p.severity == "error"]
        if errors:
            self._tell_problems(workbench, errors)
        return not errors

    # What is told.

    def _tell_it_runs(self) -> None:
        cancel = self._studio.actions["run.cancel"]
        self._studio.notices.tell(
            "The flow is running already. Wait for it, or cancel it first.",
            "info", Offer("Cancel the run", cancel.trigger), key=NOTICE,
        )  # fmt: skip

    def _tell_problems(self, workbench: Workbench, errors: list[Problem]) -> None:
        first, others = errors[0], len(errors) - 1
        more = f" There are {others} more problems." if others > 1 else ""
        more = " There is one more problem." if others == 1 else more
        text = f"The flow can't run yet: {first.message} {first.cure}".rstrip() + more
        self._studio.notices.tell(text, "warning", key=NOTICE)
        if first.block:
            workbench.go_to(first.block, tuple(first.flow.split("/")) if first.flow else ())

    def _refused(self, workbench: Workbench, error: HeddleError) -> None:
        if isinstance(error, FlowInvalid) and error.problems:
            self._tell_problems(workbench, list(error.problems))
        elif isinstance(error, NotTrusted):
            allow = Offer("Let it run", lambda: workbench.trust())
            self._studio.notices.tell(str(error), "warning", allow, key=NOTICE)
        else:
            self._trouble(error)

    def _tell_unfit(self, workbench: Workbench, sentences: Any) -> None:
        if workbench is self._studio.workspace.current:
            few, more = " ".join(sentences[:3]), len(sentences) - 3
            text = f"The flow isn't what it was in that run. {few}"
            text += f" And {more} more." if more > 0 else ""
            self._studio.notices.tell(text, "info", key=UNFIT)

    def _trouble(self, error: HeddleError) -> None:
        self._studio.notices.tell(str(error), "error", key=NOTICE)

    def _ended(self, workbench: Workbench, run: LiveRun) -> None:
        if workbench is self._studio.workspace.current:
            self._withdraw()  # that it is running already
        failure = run.view.failure
        if run.view.state != "failed" or failure is None or self._shows_results():
            return
        offers = [Offer("Go to block", lambda: workbench.go_to_address(failure.task))]
        if PLACE in failure.cure:
            allow = self._studio.actions["file.permissions"]
            offers.append(Offer("What it may touch…", allow.trigger))
        text = f"{failure.message} {failure.cure}".rstrip()
        self._studio.notices.tell(
            f"The run failed: {text}", "error", *(offers if failure.task else ()), key=NOTICE
        )

    def _shows_results(self) -> bool:
        """Whether the person sees anyhow what became of the run."""
        docks = self._studio.window.findChildren(QDockWidget, "dock.data")
        return any(d.isVisible() and not d.visibleRegion().isEmpty() for d in docks)


def _of_run(do: Callable[[str], object]) -> Callable[[Workbench], object]:
    return lambda workbench: do(workbench.run.run) if workbench.run else None


def _has_run(workbench: Workbench) -> bool:
    return workbench.run is not None


def _state(workbench: Workbench) -> str:
    return workbench.live.view.state if workbench.live else ""


def _is_under_way(workbench: Workbench) -> bool:
    return workbench.live is not None and workbench.live.goes_on


def _target(workbench: Workbench) -> str:
    """The block of the outermost flow that is meant by the selection; "" for none or many."""
    if workbench.blocks_into:
        return workbench.blocks_into[0]
    if workbench.level or len(workbench.selected) != 1:
        return ""
    return next(iter(workbench.selected))


def beginning(workbench: Workbench) -> str:
    """The place to run from: the selected block, in the round of its loop that is shown."""
    if len(workbench.selected) != 1:
        return _in_round(workbench, workbench.blocks_into)
    return _in_round(workbench, (*workbench.blocks_into, next(iter(workbench.selected))))


def _in_round(workbench: Workbench, blocks: tuple[str, ...]) -> str:
    address, loop = "/".join(blocks), block_of(workbench.round)
    if workbench.round and (address == loop or address.startswith(f"{loop}/")):
        return workbench.round + address[len(loop) :]
    return address
