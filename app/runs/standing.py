"""Where the watched runs stand still, and which of several held tasks is meant."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.presenters.live_run import LiveRun
from app.runs.debugging import Debugging
from app.runs.watching import Watching
from app.workbench import Workbench
from runtime.events import TaskHeld


class Standing(QObject):
    """Tells when a run stops somewhere, and when anything about its standing changes."""

    stopped = Signal(Workbench, str)
    """A run has come to stand: the task that is held now and wasn't."""
    changed = Signal(Workbench)
    """What is held, which of it is meant, who steers, or whether it stands at all."""

    def __init__(self, watching: Watching, debugging: Debugging, parent: QObject) -> None:
        super().__init__(parent)
        self._watching = watching
        self._debugging = debugging
        self._known: dict[str, tuple[object, ...]] = {}
        self._chosen: dict[str, str] = {}
        """By run: the held task that a person chose."""
        watching.changed.connect(self._look)

    def held(self, bench: Workbench) -> list[TaskHeld]:
        """The held tasks of the watched run, the one held last at the end."""
        return list(bench.live.view.held.values()) if bench.live else []

    def current(self, bench: Workbench) -> TaskHeld | None:
        """The held task that is meant: the chosen one, or the one held last."""
        held = self.held(bench)
        if not held or bench.live is None:
            return None
        chosen = self._chosen.get(bench.live.run)
        return next((one for one in held if one.task == chosen), held[-1])

    def choose(self, bench: Workbench, task: str) -> None:
        """Mean that held task from now on."""
        if bench.live is not None:
            self._chosen[bench.live.run] = task
            self.changed.emit(bench)

    def shown(self, bench: Workbench, task: str) -> tuple[str, bool]:
        """The block of the shown flow at which a task is, and whether it is hidden inside it.

        "" for none: the task is elsewhere.
        """
        prefix = "".join(f"{id}/" for id in bench.blocks_into)
        address = bench.on_canvas(task)
        if not address.startswith(prefix):
            return "", False
        id, inside, _ = address.removeprefix(prefix).partition("/")
        return id, bool(inside)

    def stands(self, bench: Workbench) -> bool:
        """Whether the watched run stands still, or a part of it."""
        live = bench.live
        return live is not None and live.goes_on and self._is_standing(live)

    def is_mine(self, bench: Workbench) -> bool:
        """Whether this studio may steer the watched run."""
        return bench.live is not None and bench.live.view.wheel in ("", self._debugging.client)

    def _look(self, live: LiveRun) -> None:
        """See what is different in a run since it was last looked at."""
        view, bench = live.view, self._watching.workbench_of(live.run)
        now = (*view.held.values(), self._is_standing(live), view.wheel, live.goes_on)
        known = self._known.get(live.run, ())
        if bench is None or now == known:
            return
        self._known[live.run] = now
        fresh = [held for held in view.held.values() if held not in known]
        if fresh:
            self._chosen.pop(live.run, None)
        if not live.goes_on:
            self._known.pop(live.run)
            self._chosen.pop(live.run, None)
        self.changed.emit(bench)
        if fresh:
            # What goes there takes its time; that it stands is seen first.
            QTimer.singleShot(0, self, partial(self._tell, bench, fresh[-1].task))

    def _tell(self, bench: Workbench, task: str) -> None:
        if not bench.is_closed:
            self.stopped.emit(bench, task)

    @staticmethod
    def _is_standing(live: LiveRun) -> bool:
        return live.view.state == "paused" or bool(live.view.held)
