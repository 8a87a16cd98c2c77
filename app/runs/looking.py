"""What is looked up of one task while it is on show, asked for anew as the run goes on."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.bridge import Bridge
from app.presenters.cures import in_studio
from graph.errors import HeddleError
from runtime.large import Page, Place
from runtime.projections.task_data import TaskData

REST = 150
"""Milliseconds between two questions about the same task."""


class _Wanted(NamedTuple):
    run: str
    task: str
    upto: int | None


class Looking(QObject):
    """Has one question under way at a time; what was asked for meanwhile comes next."""

    changed = Signal()
    """There is more to be seen of the task."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted = _Wanted("", "", None)
        self._found: TaskData | None = None
        self._found_upto: int | None = None
        self._is_asking = False
        self._again = False
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._next)

    @property
    def is_possible(self) -> bool:
        """Whether there is a runtime to ask."""
        return self._bridge.state in ("ready", "elsewhere")

    def data(self, run: str, task: str) -> TaskData | None:
        """What is known of a task so far; None when nothing is yet, or there is no such task."""
        return self._found if (run, task) == self._wanted[:2] else None

    @property
    def is_of_the_moment(self) -> bool:
        """Whether what is known is of the moment that was asked for, not of one before."""
        return self._found_upto == self._wanted.upto

    def ask(self, run: str, task: str, upto: int | None = None) -> None:
        """Look the task up, now or as soon as the last answer is there.

        `upto` is the last event that counts when the past is looked at, None for now.
        """
        wanted = _Wanted(run, task, upto)
        if wanted[:2] != self._wanted[:2]:
            self._found = None
            self._rest.stop()
        elif upto is not None and wanted == self._wanted and self.is_of_the_moment:
            return  # the past stays as it was
        self._wanted = wanted
        if not task or not self.is_possible:
            return
        if self._is_asking or self._rest.isActive():
            self._again = True
        else:
            self._ask()

    def page(self, place: Place, start: int, count: int, then: Callable[[Page], object]) -> None:
        """Members of a large value; nothing comes when that can't be had any more."""
        if self.is_possible:
            self._bridge.look(lambda j: j.part(place, start, count), then, lambda _: None)

    def whole(
        self,
        place: Place,
        then: Callable[[bytes], object],
        failed: Callable[[HeddleError], object],
    ) -> None:
        """A whole value: a text or bytes as they are, anything else as JSON."""
        self._bridge.look(lambda journal: journal.whole(place), then, failed)

    def _ask(self) -> None:
        wanted = self._wanted
        self._is_asking, self._again = True, False
        self._bridge.look(
            lambda journal: journal.task(*wanted),
            lambda found: self._take(wanted, found),
            lambda _: self._take(wanted, None),
        )

    def _take(self, asked: "_Wanted", found: TaskData | None) -> None:
        self._is_asking = False
        if asked[:2] == self._wanted[:2]:
            if found is not None:
                self._found, self._found_upto = _in_studio(found), asked.upto
                self.changed.emit()
            self._rest.start()
        else:
            self._again = True
            self._next()

    def _next(self) -> None:
        if self._again and self._wanted.task and self.is_possible:
            self._ask()


def _in_studio(found: TaskData) -> TaskData:
    """The cures of its failures in the studio's words."""
    if found.failure is not None:
        found.failure = in_studio(found.failure)
    for attempt in found.attempts:
        if attempt.failure is not None:
            attempt.failure = in_studio(attempt.failure)
    return found
