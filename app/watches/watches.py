"""The watches of the open flows, and what they come to as runs go on."""

from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.bridge import Bridge
from app.presenters.live_run import LiveRun
from app.watches.kept import Kept, KeptWatches
from app.watches.lines import at_once
from app.workbench import Workbench
from app.workspace import Workspace
from graph.errors import HeddleError
from runtime.watching import Watched

REST = 150
"""Milliseconds between two questions about what watches come to."""


class Watches(QObject):
    """`changed` tells of other watches in the flow in front, `came` of what they come to."""

    changed = Signal()
    came = Signal()

    def __init__(self, workspace: Workspace, bridge: Bridge, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._bridge = bridge
        self._kept = KeptWatches(folder)
        self._lists: WeakKeyDictionary[Workbench, list[Kept]] = WeakKeyDictionary()
        self._places: WeakKeyDictionary[Workbench, Path | None] = WeakKeyDictionary()
        self._values: dict[Kept, Watched] = {}
        self._front: Workbench | None = None
        self._is_asking = False
        self._soon = QTimer(self, singleShot=True, interval=REST)
        self._soon.timeout.connect(self._ask)
        workspace.current_changed.connect(self._follow)

    # Which there are.

    def all(self) -> Sequence[Kept]:
        """The watches of the flow in front, in their order."""
        return tuple(self._of(self._front)) if self._front else ()

    def add(self, expression: str, at: str | None = None) -> None:
        """Watch an expression of the shown flow, or of that which the blocks `at` lead to."""
        front = self._front
        if front is None or not expression.strip():
            return
        fresh = Kept(expression.strip(), "/".join(front.blocks_into) if at is None else at)
        if fresh not in self._of(front):
            self._become([*self._of(front), fresh])

    def edit(self, number: int, expression: str) -> None:
        """Make a watch another expression; an empty one is taken out."""
        watches = list(self.all())
        if not 0 <= number < len(watches):
            return
        if expression.strip():
            watches[number] = Kept(expression.strip(), watches[number].at)
            self._become(list(dict.fromkeys(watches)))
        else:
            self.remove([number])

    def remove(self, numbers: Sequence[int]) -> None:
        """Watch these no more."""
        self._become([one for i, one in enumerate(self.all()) if i not in numbers])

    def _become(self, watches: list[Kept]) -> None:
        front = self._front
        if front is None:
            return
        self._lists[front] = watches
        if (place := _place_of(front)) is not None:
            self._kept.write(place, watches)
        self.changed.emit()
        self._news()

    def _of(self, workbench: Workbench) -> list[Kept]:
        """The watches of a flow, which go along with it when it is saved elsewhere."""
        place = _place_of(workbench)
        if workbench not in self._lists:
            self._lists[workbench] = self._kept.read(place) if place else []
        elif place != self._places.get(workbench) and place is not None:
            self._kept.write(place, self._lists[workbench])
        self._places[workbench] = place
        return self._lists[workbench]

    # What they come to.

    def value(self, watch: Kept) -> Watched | None:
        """What a watch came to last, None when that isn't known."""
        return self._values.get(watch)

    def rounds(self, watch: Kept, then: Callable[[list[Watched]], object]) -> None:
        """What a watch came to in every round around it."""
        run = self._run()
        if run is None or not self._is_possible or self._front is None:
            then([])
            return
        round, upto = self._front.round, _upto(self._front)
        self._bridge.look(
            lambda journal: journal.watches(
                run.run, watch.at, round, [watch.expression], rounds=True, upto=upto
            ),
            then,
            lambda _: then([]),
        )

    @property
    def _is_possible(self) -> bool:
        return self._bridge.state in ("ready", "elsewhere")

    def _run(self) -> LiveRun | None:
        return self._front.run if self._front else None

    def _follow(self) -> None:
        if self._front is not None and not self._front.is_closed:
            self._front.run_changed.disconnect(self._news)
            self._front.round_changed.disconnect(self._news)
            self._front.saved_changed.disconnect(self._saved)
        self._front = self._workspace.current
        if self._front is not None:
            self._front.run_changed.connect(self._news)
            self._front.round_changed.connect(self._news)
            self._front.saved_changed.connect(self._saved)
        self._values.clear()
        self.changed.emit()
        self._news()

    def _saved(self) -> None:
        if self._front is not None:
            self._of(self._front)

    def _news(self, _: object = None) -> None:
        """Something happened in the run, or another one is shown."""
        if self._run() is None:
            if self._values:
                self._values.clear()
                self.came.emit()
        elif self.all() and not self._soon.isActive() and not self._is_asking:
            self._soon.start()

    def _ask(self) -> None:
        """Work out at once what can be, and have the runtime work out the rest."""
        front, run = self._front, self._run()
        if front is None or run is None:
            return
        known = {watch: at_once(run, watch, front.round) for watch in self.all()}
        self._values = {**self._values, **{w: v for w, v in known.items() if v is not None}}
        self.came.emit()
        by_level: dict[str, list[Kept]] = {}
        for watch, value in known.items():
            if value is None:
                by_level.setdefault(watch.at, []).append(watch)
        for at, watches in by_level.items() if self._is_possible else ():
            self._ask_for(run, at, front.round, watches)

    def _ask_for(self, run: LiveRun, at: str, round: str, watches: list[Kept]) -> None:
        expressions = [watch.expression for watch in watches]
        self._is_asking = True
        seq, upto = run.seq, _upto(self._front)

        def came(found: list[Watched]) -> None:
            self._is_asking = False
            if self._run() is run:
                self._values.update(zip(watches, found, strict=True))
                self.came.emit()
                if run.seq > seq:
                    self._news()
            else:
                self._news()

        def failed(_: HeddleError) -> None:
            self._is_asking = False

        self._bridge.look(
            lambda j: j.watches(run.run, at, round, expressions, upto=upto), came, failed
        )


def _place_of(workbench: Workbench) -> Path | None:
    return workbench.path or workbench.scratch


def _upto(front: Workbench | None) -> int | None:
    """The last event that counts when the past is looked at, None for now."""
    return front.moment.seq if front is not None and front.moment is not None else None
