"""Breakpoints at what is selected or under the mouse."""

from app.editor.acting.binding import Binder
from app.editor.front import canvas_in_front
from app.editor.gestures.stopping import StopPlace, edit, meant, points_at, switch, toggle
from app.workbench import Workbench
from runtime.breakpoints import Breakpoint


def bind(to: Binder) -> None:
    points = to.studio.runs.breakpoints

    def places() -> list[StopPlace]:
        canvas = canvas_in_front(to.studio)
        return meant(canvas) if canvas else []

    def there(bench: Workbench) -> list[Breakpoint]:
        return [p for place in places() for p in points_at(points, bench, place)]

    to.on_flow("debug.toggle", lambda bench: toggle(points, bench, places()), lambda _: places())
    to.on_canvas("debug.edit", lambda canvas: edit(canvas, places()), lambda _: places())
    to.on_flow("debug.switch", lambda bench: switch(points, bench, there(bench)), there)
