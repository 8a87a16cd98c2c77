"""Binds the actions of the Debug menu that need no canvas."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from app.debugging.editing import edit_breakpoint
from app.debugging.steps import FOLLOW, Onward, Steps
from app.notices import Offer
from app.runs.breakpoints import new_id
from app.studio import Studio
from app.workbench import Workbench
from runtime.breakpoints import Breakpoint

NOTICE = "stopped"
SOON = 20
"""Milliseconds after a stop until the actions are asked what they can do."""


def install(studio: Studio) -> None:
    """Bind them, and have the window follow the runs."""
    Debugger(studio)


class Debugger(QObject):
    """What the Debug menu does with the flow in front."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._standing = studio.runs.standing
        self._points = studio.runs.breakpoints
        self._steps = Steps(studio)
        self._bind_steps()
        self._bind_points()
        self._standing.stopped.connect(self._stopped)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(studio.actions.refresh)
        self._standing.changed.connect(self._later)
        self._points.changed.connect(self._later)
        self._points.troubled.connect(self._trouble)
        self._points.edit_wanted.connect(self._edit)
        studio.workspace.removed.connect(self._points.discard)
        studio.workspace.current_changed.connect(lambda: studio.notices.withdraw(NOTICE))

    def _bind_steps(self) -> None:
        steps, standing, mine = self._steps, self._standing, self._is_mine
        kinds: tuple[Onward, ...] = ("over", "into", "out", "back")
        for kind in kinds:
            may = self._may_begin if kind in ("over", "into") else mine
            self._bind(f"debug.{kind}", partial(self._step, kind), may)
        self._bind("debug.run_to", lambda b: steps.run_to(b, min(b.selected)),
                   lambda b: mine(b) and len(b.selected) == 1)  # fmt: skip
        self._bind("debug.skip", steps.skip, lambda b: self._phase(b) in ("before", "error"))
        self._bind("debug.retry", steps.retry, lambda b: self._phase(b) in ("after", "error"))
        self._bind("debug.show", lambda b: steps.go_there(b, standing.current(b)),
                   lambda b: standing.current(b) is not None)  # fmt: skip
        self._bind("debug.wheel", self._take_wheel, self._is_others)
        self._studio.actions.bind("debug.follow", self._switch_following, checked=self._follows)

    def _bind_points(self) -> None:
        points = self._points
        self._studio.actions.bind(
            "debug.mute",
            self._on_front(self._mute),
            enabled=self._asking(points.of),
            checked=self._asking(self._is_muted),
        )
        self._bind("debug.whole", self._add_whole, lambda _: True)
        self._bind("debug.remove_all", points.remove_all, lambda b: bool(points.of(b)))

    def _bind(
        self, id: str, do: Callable[[Workbench], object], may: Callable[[Workbench], object]
    ) -> None:
        self._studio.actions.bind(id, self._on_front(do), enabled=self._asking(may))

    def _on_front(self, do: Callable[[Workbench], object]) -> Callable[[], None]:
        def act() -> None:
            if (bench := self._studio.workspace.current) is not None:
                do(bench)

        return act

    def _asking(self, ask: Callable[[Workbench], object]) -> Callable[[], bool]:
        def answer() -> bool:
            bench = self._studio.workspace.current
            return bench is not None and bool(ask(bench))

        return answer

    def _later(self, _: object) -> None:
        """What can be done is seen after what has happened."""
        if not self._soon.isActive():
            self._soon.start()

    # When they can be done.

    def _is_mine(self, bench: Workbench) -> bool:
        return self._standing.stands(bench) and self._standing.is_mine(bench)

    def _may_begin(self, bench: Workbench) -> bool:
        """A step can also be how a run begins."""
        return self._is_mine(bench) or bench.live is None or not bench.live.goes_on

    def _is_others(self, bench: Workbench) -> bool:
        goes_on = bench.live is not None and bench.live.goes_on
        return goes_on and not self._standing.is_mine(bench)

    def _phase(self, bench: Workbench) -> str:
        held = self._standing.current(bench)
        return held.phase if held is not None and self._is_mine(bench) else ""

    def _is_muted(self, bench: Workbench) -> bool:
        points = self._points.of(bench)
        return bool(points) and not any(point.enabled for point in points)

    def _follows(self) -> bool:
        return self._studio.preferences.flag(FOLLOW, True)

    # What they do.

    def _step(self, kind: Onward, bench: Workbench) -> None:
        if self._standing.stands(bench):
            self._steps.step(bench, kind)
        else:
            self._studio.actions["debug.start"].trigger()

    def _edit(self, bench: Workbench, point: Breakpoint, is_new: bool) -> None:
        edit_breakpoint(self._studio, bench, point, is_new=is_new)

    def _add_whole(self, bench: Workbench) -> None:
        self._edit(bench, Breakpoint(new_id(), at="error"), True)

    def _mute(self, bench: Workbench) -> None:
        self._points.enable(bench, self._is_muted(bench))

    def _take_wheel(self, bench: Workbench) -> None:
        if bench.live is not None:
            self._studio.runs.debugging.take_wheel(bench.live.run)

    def _switch_following(self) -> None:
        self._studio.preferences.remember(FOLLOW, not self._follows())
        self._studio.actions.refresh()

    # What is told.

    def _stopped(self, bench: Workbench, task: str) -> None:
        if bench is self._studio.workspace.current:
            self._steps.follow(bench)
            return
        text = f"The run of “{bench.title}” stands still at {bench.title_at(task)}."
        go = Offer("Go there", lambda: self._studio.workspace.show(bench))
        self._studio.notices.tell(text, "info", go, key=NOTICE)
        self._steps.follow(bench)

    def _trouble(self, error: OSError) -> None:
        why = (error.strerror or str(error)).lower()
        self._studio.notices.tell(
            f"Breakpoints can't be kept: {why}. They count until you close the studio.",
            "warning", key="breakpoints",
        )  # fmt: skip
