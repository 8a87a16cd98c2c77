"""A debugged run as far as it is known: a fold over its events."""

from collections.abc import Iterable
from typing import Any

import msgspec

from runtime.breakpoints import Breakpoint
from runtime.events import (
    ENDINGS,
    AnyEvent,
    BreakpointsSet,
    InputsChanged,
    OutputsChanged,
    RunContinued,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunRewound,
    RunStarted,
    ScopeOpened,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskReused,
    TaskStarted,
    WheelTaken,
)


class Story(msgspec.Struct):
    """What a debugger has to know of a run to steer it.

    `held` are the tasks that wait for a person, `running` those that began, by the sequence
    number of what began them. `bodies` says which flow each round runs. `given` are arguments
    given by somebody, by task; `regiven` the tasks whose outputs somebody gave.
    """

    run: str = ""
    flow: str = ""
    name: str = ""
    seq: int = 0
    replays: str = ""
    paused: bool = False
    end: AnyEvent | None = None
    held: dict[str, TaskHeld] = {}
    running: dict[str, int] = {}
    done: dict[str, None] = {}
    bodies: dict[str, str] = {}
    given: dict[str, dict[str, Any]] = {}
    regiven: set[str] = set()
    breakpoints: list[Breakpoint] = []
    wheel: str = ""

    def take(self, events: Iterable[AnyEvent]) -> "Story":
        """Fold events in that count (see `history.effective`)."""
        for event in events:
            self._take(event)
            self.seq = max(self.seq, event.seq)
        return self

    def _take(self, event: AnyEvent) -> None:
        match event:
            case RunStarted():
                self.run, self.flow, self.name = event.run, event.flow, event.name
                self.replays = event.replays
            case RunPaused() | RunRewound():
                self.paused = True
            case RunContinued():
                self.paused = False
                self.held.clear()
            case BreakpointsSet():
                self.breakpoints = event.breakpoints
            case WheelTaken():
                self.wheel = event.client
            case RunRecovered():
                self.end = None
            case RunInterrupted():
                self.end = event
            case _ if isinstance(event, ENDINGS):
                self.end = event
                self.held.clear()
            case _:
                self._take_of_task(event)

    def _take_of_task(self, event: AnyEvent) -> None:
        match event:
            case TaskHeld():
                self.held[event.task] = event
            case TaskReleased():
                self.held.pop(event.task, None)
            case TaskStarted():
                self.running[event.task] = event.seq
            case TaskFinished() | TaskReused():
                self._settle(event.task)
                self.regiven.discard(event.task)
            case TaskFailed():
                self._settle(event.task)
            case ScopeOpened():
                self.bodies[event.scope] = event.body
            case InputsChanged():
                self.given.pop(event.task, None)
                if event.values:
                    self.given[event.task] = event.values
            case OutputsChanged():
                self.regiven.add(event.task)
            case _:
                pass

    def _settle(self, task: str) -> None:
        self.running.pop(task, None)
        self.done.pop(task, None)  # so that what was done last stands last
        self.done[task] = None
