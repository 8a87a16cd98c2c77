"""What is kept of a run while it is debugged: where it stops, what is held, the step it is in."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec

from runtime.breakpoints import Phase
from runtime.engine.points import Points, Stop
from runtime.engine.state import Scope


class Held(NamedTuple):
    """A task that waits for a person, and how it goes on."""

    scope: Scope
    i: int
    phase: Phase
    go: Callable[[], None]


class Step(msgspec.Struct, frozen=True):
    """A little way to go in a paused run: the tasks that may, and whom to stop before.

    `only` is an address that may run, with all that is inside it; `within` a beginning of the
    addresses that may. A step without either only looks for where to stand. `into` stops before
    what is inside `only`, `stand` before the task of that address if it can.
    """

    only: str = ""
    within: str = ""
    into: bool = False
    stand: str = ""

    def frees(self, task: str) -> bool:
        """Whether a task may run."""
        if self.within and task.startswith(self.within):
            return True
        if not self.only:
            return False
        return task == self.only or (not self.into and task.startswith(f"{self.only}["))

    def is_inside(self, task: str) -> bool:
        """Whether a task is one to stop before, on the way into another."""
        return self.into and task.startswith(f"{self.only}[")


class Debug(msgspec.Struct, eq=False):
    """One run under a person's eyes.

    held        the tasks that wait for a person, the one held last at the end
    released    tasks that may begin though the run is paused
    considered  tasks whose breakpoints had their say
    considering tasks whose breakpoints are being worked out
    awaited     addresses and places of tasks to hold when they come up, and why
    until       the place to run to, then to stop as a whole
    entered     the rounds in which the breakpoint of a sub-flow has stopped its first task
    suffered    how often each fault has gone wrong
    overspent   tasks by which a budget was exceeded: they are held once they are done
    """

    points: Points
    held: dict[str, Held] = {}
    step: Step | None = None
    released: set[str] = set()
    considered: set[str] = set()
    considering: set[str] = set()
    awaited: dict[str, Literal["step", "pause"]] = {}
    until: str = ""
    entered: set[tuple[str, str]] = set()
    suffered: dict[str, int] = {}
    overspent: dict[str, Stop] = {}
