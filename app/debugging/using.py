"""A field that is edited while its block is held: it can be used in the run that stands there."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.notices import Offer
from app.presenters.addresses import spot_at
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import HeddleError
from runtime.events import TaskHeld

NOTICE = "use in run"
PAUSE = 500
"""Milliseconds without an edit after which it is offered."""


def install(studio: Studio) -> None:
    """Offer it."""
    Using(studio)


class Using(QObject):
    """Compares the fields of held blocks with what they were when the run stopped there."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._standing = studio.runs.standing
        self._at_stop: dict[TaskHeld, Mapping[str, Any]] = {}
        self._used: dict[TaskHeld, Mapping[str, Any]] = {}
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self.look)
        self._standing.changed.connect(self._stood)
        studio.workspace.added.connect(lambda bench: bench.changed.connect(self._edited))
        studio.workspace.current_changed.connect(self.look)

    def look(self) -> None:
        """Offer what is different from the run in the block that stands, if anything is."""
        bench = self._studio.workspace.current
        held = self._held(bench) if bench else None
        changed = self._changed(bench, held) if bench and held else {}
        if bench is None or held is None or not changed:
            self._studio.notices.withdraw(NOTICE)
            return
        names = " and ".join(f"“{name.replace('_', ' ')}”" for name in changed)
        have = "has" if len(changed) == 1 else "have"
        text = f"{names} of {bench.title_at(held.task)} {have} changed, and the run stands there."
        use = Offer("Use it in this run", lambda: self._use(bench, held, changed))
        self._studio.notices.tell(text, "info", use, key=NOTICE, stays=True)

    def _held(self, bench: Workbench) -> TaskHeld | None:
        """The held task that hasn't begun, if this studio may change what it is given."""
        held = self._standing.current(bench)
        mine = self._standing.stands(bench) and self._standing.is_mine(bench)
        return held if held is not None and mine and held.phase == "before" else None

    def _stood(self, bench: Workbench) -> None:
        held = self._standing.held(bench)
        for one in held:
            if one not in self._at_stop:
                self._at_stop[one] = self._fields(bench, one)
        if not held:
            self._at_stop.clear()
            self._used.clear()
        self.look()

    def _edited(self, _: object) -> None:
        self._soon.start()

    def _fields(self, bench: Workbench, held: TaskHeld) -> Mapping[str, Any]:
        spot = spot_at(bench.document.flow, bench.catalog, bench.on_canvas(held.task))
        return spot.block.fields if spot else {}

    def _changed(self, bench: Workbench, held: TaskHeld) -> dict[str, Any]:
        """The fields that differ from what the run has, as far as they are plain values."""
        had = {**self._at_stop.get(held, {}), **self._used.get(held, {})}
        now = self._fields(bench, held)
        return {
            name: value
            for name, value in now.items()
            if (name not in had or had[name] != value) and not _is_worked_out(value)
        }

    def _use(self, bench: Workbench, held: TaskHeld, changed: Mapping[str, Any]) -> None:
        if bench.live is None:
            return
        values = {**self._used.get(held, {}), **changed}

        def done(_: object) -> None:
            self._used[held] = values
            self.look()

        def failed(error: HeddleError) -> None:
            self._studio.notices.tell(str(error), "error", key=NOTICE)

        self._studio.runs.debugging.change_inputs(
            bench.live.run, held.task, values, done, failed
        )  # fmt: skip


def _is_worked_out(value: Any) -> bool:
    """Whether a field is an expression or a secret, whose value only a run knows."""
    return isinstance(value, dict) and any(str(name).startswith("$") for name in value)
