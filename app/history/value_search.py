"""A value looked for in the runs of a journal, a step at a time, for as long as it is wanted."""

from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.bridge.bridge import Bridge
from graph.errors import HeddleError
from runtime.journal.contract import Found, Hit, RunState, Spot

MOST = 200
"""Runs after which a search rests: somebody who has found so many looks for too little."""


class Wanted(NamedTuple):
    """What is looked for, and in which runs."""

    text: str
    flow: str = ""
    state: RunState | Literal[""] = ""
    since: float | None = None


class ValueSearch(QObject):
    """Asks for one step after the other; `changed` comes with each, and when it is over."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: Wanted | None = None
        self.is_under_way = False
        self.hits: list[Hit] = []
        self.looked = 0
        self.trouble = ""
        """Why it could not go on."""
        self._spot: Spot | None = None

    @property
    def is_on(self) -> bool:
        """Whether anything is looked for, or was found."""
        return self._wanted is not None

    def start(self, wanted: Wanted) -> None:
        """Look for this from now on, and for nothing else."""
        self._wanted, self.is_under_way = wanted, True
        self.hits, self.looked, self.trouble, self._spot = [], 0, "", None
        self.changed.emit()
        self._step(wanted)

    def stop(self) -> None:
        """Keep what was found and look no further."""
        if self.is_under_way:
            self.is_under_way = False
            self.changed.emit()

    def clear(self) -> None:
        """Forget what was found."""
        self._wanted, self.is_under_way = None, False
        self.hits = []

    def _step(self, wanted: Wanted) -> None:
        spot = self._spot
        self._bridge.look(
            lambda journal: journal.find(
                wanted.text,
                flow=wanted.flow,
                state=wanted.state,
                since=wanted.since,
                after=spot,
            ),
            lambda found: self._take(wanted, found),
            lambda error: self._fail(wanted, error),
        )

    def _take(self, wanted: Wanted, found: Found) -> None:
        if self._wanted is not wanted or not self.is_under_way:
            return
        self.hits.extend(found.hits)
        self.looked += found.looked
        self._spot = found.next
        self.is_under_way = found.next is not None and len(self.hits) < MOST
        self.changed.emit()
        if self.is_under_way:
            self._step(wanted)

    def _fail(self, wanted: Wanted, error: HeddleError) -> None:
        if self._wanted is wanted:
            self.is_under_way, self.trouble = False, str(error)
            self.changed.emit()
