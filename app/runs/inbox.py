"""Keeps up with what the runs of the connected runtime ask people."""

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.bridge import Bridge
from app.presenters.inbox import Done, key_of
from graph.errors import HeddleError
from runtime.events import (
    ENDINGS,
    RunRewound,
    TaskAnswered,
    TaskAsked,
    TaskFailed,
)
from runtime.projections.inbox import Question

SOON = 60
"""Milliseconds in which further news join the first."""
MOST_DONE = 20
"""Answered questions that are still shown."""
NEWS = frozenset({TaskAsked, TaskAnswered, TaskFailed, RunRewound, *ENDINGS})


class Inbox(QObject):
    """`open` is what is asked, newest first, `done` what was answered while the studio was open."""

    changed = Signal()
    came = Signal(Question)
    """Something is asked that wasn't before, while the studio was open."""
    found = Signal(list)
    """The questions that a runtime had when it was met."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.open: list[Question] = []
        self.done: list[Done] = []
        self._bridge = bridge
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.look)
        self._known: frozenset[tuple[str, str, str]] | None = None
        bridge.happened.connect(self._take)
        bridge.missed.connect(lambda: self._soon.start())
        bridge.state_changed.connect(self._turn)

    def look(self) -> None:
        """See what is asked now."""
        if self._bridge.state in ("ready", "elsewhere"):
            self._bridge.look(lambda journal: journal.questions(), self._show, self._not_told)

    def _turn(self, state: str) -> None:
        self._known = None  # what another runtime asks isn't news, but there already
        if state in ("ready", "elsewhere"):
            self._soon.start()

    def _take(self, events: Any) -> None:
        if NEWS.isdisjoint(map(type, events)):
            return
        for event in events:
            if isinstance(event, TaskAnswered):
                self._answered(event)
        self._soon.start()

    def _answered(self, event: TaskAnswered) -> None:
        wanted = (event.run, event.task, event.label)
        for question in self.open:
            if key_of(question) == wanted:
                self.done = [Done(question, event), *self.done][:MOST_DONE]

    def _show(self, questions: list[Question]) -> None:
        keys = frozenset(map(key_of, questions))
        known, self._known = self._known, keys
        self.open = questions
        self.changed.emit()
        if known is None:
            if questions:
                self.found.emit(questions)
            return
        for question in questions:
            if key_of(question) not in known:
                self.came.emit(question)

    def _not_told(self, _: HeddleError) -> None:
        """The runtime is gone, or too old to tell; the next time will do."""
