"""Runs, as the studio has them done: started from a flow, cancelled, repeated, gone on with."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from app.bridge.bridge import Bridge
from app.bridge.process import scratch_folder
from app.runs.breakpoints import Breakpoints
from app.runs.debugging import Debugging
from app.runs.faults import Faults
from app.runs.fitting import find_misfits
from app.runs.standing import Standing
from app.runs.watching import Watching
from app.safety.breakpoints import BreakpointStore
from app.safety.wants import grants
from app.workbench import Workbench
from graph.errors import HeddleError
from graph.file_format import write
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.commands import (
    Answer,
    CancelRun,
    ReplayRun,
    ResumeRun,
    SettleTask,
    StartRun,
    StoreFlow,
)
from runtime.settings import Settings

Stops = Literal["breakpoints", "nowhere", "at once"]
"""Where a run stops by itself: "at once" is before its first block, and at breakpoints."""


class NotTrusted(HeddleError):
    """A flow from elsewhere, which the person hasn't agreed to."""


class RunControl(QObject):
    """Has runs done for workbenches; each shows the run that was begun from it last."""

    refused = Signal(Workbench, HeddleError)
    """The flow can't run, and why."""
    unfit = Signal(Workbench, object)
    """What of a recording no longer fits the flow that goes on with it, a sentence each."""

    def __init__(self, bridge: Bridge, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.watching = Watching(bridge, self)
        self.debugging = Debugging(bridge, self)
        self.standing = Standing(self.watching, self.debugging, self)
        store = BreakpointStore(settings.folder / "breakpoints")
        self.breakpoints = Breakpoints(store, self.debugging, self)
        self.faults = Faults(self.debugging, self)
        self._settings = settings

    def start(
        self, workbench: Workbench, inputs: Mapping[str, Any], flow: Flow | None = None,
        stops: Stops = "breakpoints",
    ) -> None:  # fmt: skip
        """Run the flow of a workbench as it is now, or `flow`, a part of it."""
        if not self.may_run(workbench):
            return
        run = self.bridge.new_run()
        grants = self.grants(workbench, inputs)
        self.watching.follow(run, workbench)

        def begin(stored: Answer) -> None:
            if self.watching.shows(run):  # or nobody wants it any more
                how = self._stopping(workbench, flow, stops)
                self.bridge.ask(
                    StartRun(stored.flow, dict(inputs), run, grants, **how), None, refuse
                )

        def refuse(error: HeddleError) -> None:
            if self.watching.shows(run):
                self.watching.hide(workbench)
                self.refused.emit(workbench, error)

        self._store(workbench, flow, begin, refuse)

    def replay(
        self,
        workbench: Workbench,
        run: str,
        begin_at: str = "",
        *,
        as_it_was: bool = False,
    ) -> None:
        """Run again from a block ("" from the beginning), the rest reused.

        With the flow as it is now; with that of the run when it is to be `as_it_was`.
        """

        if not self.may_run(workbench):
            return
        refuse = partial(self._refuse, workbench)
        shown = workbench.live
        inputs = shown.view.inputs if shown and shown.run == run else {}
        grants = {} if as_it_was else self.grants(workbench, inputs)

        def begin(stored: Answer) -> None:
            how = self._stopping(workbench, None, "breakpoints")
            command = ReplayRun(run, begin_at, flow=stored.flow, grants=grants, **how)
            self.bridge.ask(command, lambda answer: self.show(workbench, answer.run), refuse)

        if as_it_was:
            begin(Answer())
        else:
            self._say_what_is_unfit(workbench, run, begin_at)
            self._store(workbench, None, begin, refuse)

    def _say_what_is_unfit(self, workbench: Workbench, run: str, begin_at: str) -> None:
        def say(sentences: list[str]) -> None:
            if sentences and not workbench.is_closed:
                self.unfit.emit(workbench, sentences)

        flow = workbench.document.flow
        find_misfits(self.bridge, workbench.catalog, flow, run, begin_at, say)

    def _stopping(self, workbench: Workbench, flow: Flow | None, stops: Stops) -> dict[str, Any]:
        """Where a run that begins is to stop; one that never does has nobody who steers it."""
        points = [] if stops == "nowhere" else self.breakpoints.for_run(workbench, flow)
        faults = self.faults.for_run(workbench, flow)
        if not points and stops != "at once":
            return {"faults": faults} if faults else {}
        client = self.debugging.client
        paused = stops == "at once"
        return {"breakpoints": points, "faults": faults, "paused": paused, "client": client}

    def resume(self, workbench: Workbench, run: str) -> None:
        """Go on with a run that was interrupted."""
        if not self.may_run(workbench):
            return
        self.bridge.ask(
            ResumeRun(run),
            lambda answer: self.show(workbench, answer.run),
            partial(self._refuse, workbench),
        )

    def show(self, workbench: Workbench, run: str) -> None:
        """Show a run on the flow of a workbench, over or not, unless that was closed."""
        if not workbench.is_closed:
            self.watching.join(run, workbench)

    def cancel(self, run: str) -> None:
        self.bridge.ask(CancelRun(run, "Cancelled in the studio."))

    def pause(self, run: str) -> None:
        self.debugging.pause(run)

    def go_on(self, run: str) -> None:
        """Let a paused run go on."""
        self.debugging.continue_(run)

    def settle(self, run: str, task: str, verdict: Literal["again", "done", "failed"]) -> None:
        """Say what became of an effect that was interrupted."""
        self.bridge.ask(SettleTask(run, task, verdict))

    def grants(self, workbench: Workbench, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What a run of the flow may touch; a runtime elsewhere decides that for itself."""
        if self.bridge.address:
            return {}
        return grants(
            workbench.document.flow, workbench.catalog, self.folder(workbench), inputs,
            workbench.allowed,
        )  # fmt: skip

    def folder(self, workbench: Workbench) -> Path:
        """Where the paths in the flow start."""
        if workbench.path or workbench.scratch:
            return workbench.folder
        return scratch_folder(self._settings).resolve()

    def may_run(self, workbench: Workbench) -> bool:
        """Whether the person lets the flow run; says so if not."""
        if not workbench.is_trusted:
            self.refused.emit(workbench, NotTrusted("You haven't let this flow run yet.",
                cure="Look at what it wants to touch first."))  # fmt: skip
        return workbench.is_trusted

    def _refuse(self, workbench: Workbench, error: HeddleError) -> None:
        if not workbench.is_closed:
            self.refused.emit(workbench, error)

    def _store(
        self,
        workbench: Workbench,
        flow: Flow | None,
        then: Callable[[Answer], object],
        refuse: Callable[[HeddleError], object],
    ) -> None:
        try:
            whole = self_contained(flow or workbench.document.flow, workbench.catalog)
            text = write(whole)
        except HeddleError as error:
            refuse(error)
            return
        self.bridge.ask(StoreFlow(text, workbench.spoken_name), then, refuse)
