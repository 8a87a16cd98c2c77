"""Runs that stand still, as events that a test makes up tell of them."""

from PySide6.QtCore import QCoreApplication

from app.studio import Studio
from app.workbench import Workbench
from runtime.events import (
    AnyEvent,
    Failure,
    RunPaused,
    RunStarted,
    TaskHeld,
    WheelTaken,
)


class Happening:
    """A watched run of a workbench, to which things happen in order."""

    def __init__(self, studio: Studio, bench: Workbench) -> None:
        self._studio = studio
        self._seq = 0
        self.run = "run"
        studio.runs.watching.follow(self.run, bench)
        self.tell(RunStarted(self.run, self.next(), 0.0, "flow"))

    def next(self) -> int:
        self._seq += 1
        return self._seq

    def tell(self, *events: AnyEvent) -> None:
        """Let it be known at once."""
        self._studio.bridge.happened.emit(list(events))
        self._studio.runs.watching._tell()
        QCoreApplication.processEvents()

    def stands(
        self, *tasks: str, phase: str = "before", reason: str = "breakpoint", point: str = "p",
        failure: Failure | None = None,
    ) -> None:  # fmt: skip
        """The whole run is held at these tasks."""
        held = [
            TaskHeld(self.run, self.next(), 1.0, task, phase, reason, point, failure=failure)  # type: ignore[arg-type] # words as a test writes them
            for task in tasks
        ]
        self.tell(RunPaused(self.run, self.next(), 1.0), *held)

    def steered_by(self, client: str) -> None:
        """Somebody takes the wheel."""
        self.tell(WheelTaken(self.run, self.next(), 1.0, client))
