"""Where one has been in each open flow, to go back and forward."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer

from app.document import Level
from app.editor.canvas.canvas import Canvas
from app.editor.canvas.view import ViewState
from app.editor.front import canvas_in_front
from app.studio import Studio
from app.workbench import Workbench

MOST = 100
FAR = 0.6
"""The part of the view by which it must have been moved to be somewhere else."""
REST = 700
"""Milliseconds the view must rest somewhere for one to have been there."""


class Visit(NamedTuple):
    """A level of the flow, and what was seen of it."""

    level: Level
    blocks_into: tuple[str, ...]
    view: ViewState


class Trail:
    """The visits to one flow; `at` is the current one."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.at = -1

    def note(self, visit: Visit, *, same: bool) -> None:
        """One is there now: a new visit, or the `same` as the current one."""
        if same and self.visits:
            self.visits[self.at] = visit
            return
        del self.visits[self.at + 1 :]
        self.visits = [*self.visits, visit][-MOST:]
        self.at = len(self.visits) - 1

    def step(self, by: int) -> Visit | None:
        """Go back or forward; None where there is nothing more."""
        if not 0 <= self.at + by < len(self.visits):
            return None
        self.at += by
        return self.visits[self.at]


class Visits(QObject):
    """Notes where the view comes to rest, in every open flow."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._trails: WeakKeyDictionary[Workbench, Trail] = WeakKeyDictionary()
        self._resting = QTimer(self, singleShot=True, interval=REST)
        self._resting.timeout.connect(self.note_now)
        studio.workspace.added.connect(self._attend)
        studio.workspace.current_changed.connect(self._resting.start)

    def can_go_back(self) -> bool:
        trail = self._trail()
        return trail is not None and trail.at > 0

    def can_go_forward(self) -> bool:
        trail = self._trail()
        return trail is not None and trail.at + 1 < len(trail.visits)

    def go(self, canvas: Canvas, by: int) -> None:
        """Show where one was before, or after."""
        self.note_now()
        visit = self._trails.setdefault(canvas.workbench, Trail()).step(by)
        if visit is not None:
            canvas.workbench.show_level(visit.level, visit.blocks_into)
            canvas.restore_view_state(visit.view)
            self._resting.stop()
            self._studio.actions.refresh()

    def note_now(self) -> None:
        """Take down where the canvas in front is."""
        self._resting.stop()
        canvas = canvas_in_front(self._studio)
        if canvas is None:
            return
        bench, trail = canvas.workbench, self._trails.setdefault(canvas.workbench, Trail())
        visit = Visit(bench.level, bench.blocks_into, canvas.view_state())
        trail.note(visit, same=bool(trail.visits) and _same(trail.visits[trail.at], visit, canvas))
        self._studio.actions.refresh()

    def _trail(self) -> Trail | None:
        current = self._studio.workspace.current
        return None if current is None else self._trails.get(current)

    def _attend(self, bench: Workbench) -> None:
        bench.level_changed.connect(self._resting.start)
        bench.reveal.connect(lambda _: self._resting.start())
        QTimer.singleShot(0, self, lambda: self._attend_canvas(bench))

    def _attend_canvas(self, bench: Workbench) -> None:
        canvas = canvas_in_front(self._studio)
        if canvas is not None and canvas.workbench is bench:
            canvas.moved_view.connect(self._resting.start)


def _same(one: Visit, other: Visit, canvas: Canvas) -> bool:
    """Whether two visits show about the same."""
    if (one.level, one.blocks_into) != (other.level, other.blocks_into):
        return False
    area = canvas.area()
    zoomed = max(one.view.zoom, other.view.zoom) / min(one.view.zoom, other.view.zoom)
    return (
        abs(one.view.x - other.view.x) < FAR * area.width()
        and abs(one.view.y - other.view.y) < FAR * area.height()
        and zoomed < 2
    )
