"""A run under this studio's hands: stepped, changed, gone on with, and who may do so."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.bridge.bridge import Bridge
from app.runs.client import Client
from graph.errors import HeddleError
from runtime.breakpoints import Breakpoint, Fault
from runtime.commands import (
    Answer,
    AnyCommand,
    ChangeInputs,
    ChangeOutputs,
    ContinueRun,
    PauseRun,
    RetryTask,
    SetBreakpoints,
    SetFaults,
    SkipTask,
    StepRun,
    TakeWheel,
)

StepKind = Literal["over", "into", "out", "back"]
Then = Callable[[Answer], object]
Failed = Callable[[HeddleError], object]


class Debugging(QObject):
    """Has the runtime do what a person wants of a run; every command says who wants it.

    `then` is called once it is done. What can't be done is told by `refused`, unless `failed`
    takes it, as a form does that says it in place. Tasks are named by their address
    (`each[3]/classify`), blocks by their place (`each/classify`).
    """

    refused = Signal(object, HeddleError)
    """The command that couldn't be done, and why."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._waiting: dict[str, deque[_Wish]] = {}
        """By run, the commands that are under way or to come: one is done after the other."""
        bridge.state_changed.connect(lambda _: self._waiting.clear())

    @cached_property
    def client(self) -> str:
        """What this studio is called."""
        return self._named.name

    @cached_property
    def _named(self) -> Client:
        return Client()

    # Going on and standing still.

    def step(self, run: str, kind: StepKind, task: str = "", *, block: str = "") -> None:
        """Go a little further, or back; from a held task, or the one that was held last.

        Over a whole sub-flow when its `block` is named.
        """
        self.do(StepRun(run, kind, task, block, self.client))

    def continue_(self, run: str, task: str = "") -> None:
        """Let the run go on, or one held task alone."""
        self.do(ContinueRun(run, task, client=self.client))

    def run_to(self, run: str, place: str) -> None:
        """Go on until a block is reached."""
        self.do(ContinueRun(run, until=place, client=self.client))

    def pause(self, run: str, place: str = "") -> None:
        """Stand before what comes next, or hold what comes to one block alone."""
        self.do(PauseRun(run, place, self.client))

    # A held task.

    def change_inputs(
        self, run: str, task: str, values: Mapping[str, Any],
        then: Then | None = None, failed: Failed | None = None,
    ) -> None:  # fmt: skip
        """Give a task that hasn't begun other arguments, by name; none drops the change."""
        self.do(ChangeInputs(run, task, dict(values), self.client), then, failed)

    def change_outputs(
        self, run: str, task: str, outputs: Mapping[str, Any],
        then: Then | None = None, failed: Failed | None = None,
    ) -> None:  # fmt: skip
        """Give a task held after it finished other outputs, by port; none drops the change."""
        self.do(ChangeOutputs(run, task, dict(outputs), self.client), then, failed)

    def skip(
        self, run: str, task: str, outputs: Mapping[str, Any] | None = None,
        then: Then | None = None, failed: Failed | None = None,
    ) -> None:  # fmt: skip
        """Don't do a held task; it counts as done with these outputs, or as left out."""
        self.do(SkipTask(run, task, dict(outputs or {}), self.client), then, failed)

    def retry(self, run: str, task: str) -> None:
        """Do a task again that was held after it finished or failed."""
        self.do(RetryTask(run, task, self.client))

    # How a run is driven.

    def set_breakpoints(self, run: str, breakpoints: Sequence[Breakpoint]) -> None:
        """Have a run stop at these from now on."""
        self.do(SetBreakpoints(run, list(breakpoints)))

    def set_faults(self, run: str, faults: Sequence[Fault]) -> None:
        """Have these go wrong in a run from now on."""
        self.do(SetFaults(run, list(faults)))

    def take_wheel(self, run: str, then: Then | None = None) -> None:
        """Steer a run from now on, whoever did so before."""
        self.do(TakeWheel(run, self.client), then)

    def do(
        self, command: AnyCommand, then: Then | None = None, failed: Failed | None = None
    ) -> None:
        """Have a command done, once those given before for the same run are."""
        run = getattr(command, "run", "")
        waiting = self._waiting.setdefault(run, deque())
        waiting.append(_Wish(command, then, failed or partial(self.refused.emit, command)))
        if len(waiting) == 1:
            self._send(run)

    def _send(self, run: str) -> None:
        wish = self._waiting[run][0]
        self._bridge.ask(
            wish.command,
            partial(self._answered, run, wish, wish.then),
            partial(self._answered, run, wish, wish.failed),
        )

    def _answered(
        self, run: str, wish: "_Wish", tell: Callable[[Any], object] | None, answer: Any
    ) -> None:
        if tell is not None:
            tell(answer)
        waiting = self._waiting.get(run)
        if waiting and waiting[0] is wish:
            waiting.popleft()
            if waiting:
                self._send(run)
            else:
                del self._waiting[run]


class _Wish(NamedTuple):
    """A command that waits for those before it, or for its answer."""

    command: AnyCommand
    then: Then | None
    failed: Failed
