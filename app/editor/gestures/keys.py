"""The keys of the canvas that no action has: arrows move what is selected, or the selection."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.measures import carried_along, positions, sizes
from app.editor.gestures.moving import shifted
from app.presenters.framing import Carried
from app.presenters.neighbours import Way, neighbour
from app.presenters.snapping import GRID

ARROWS: Mapping[int, Way] = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
FAST = 10
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PAD = Qt.KeyboardModifier.KeypadModifier


def asks_for_menu(event: QKeyEvent) -> bool:
    """Whether a key is one that opens the menu of what is selected."""
    shifted = event.key() == Qt.Key.Key_F10 and bool(event.modifiers() & SHIFT)
    return shifted or event.key() == Qt.Key.Key_Menu


def act(canvas: Canvas, event: QKeyEvent) -> bool:
    """Do what an arrow key says; False for any other key."""
    way, held = ARROWS.get(event.key()), event.modifiers() & ~PAD
    if way is None or held & ~(CTRL | SHIFT):
        return False
    along = carried_along(canvas)
    if (along.blocks or along.frames) and not held & CTRL:
        _nudge(canvas, along, way, GRID * (FAST if held & SHIFT else 1))
    else:
        _go_on(canvas, way)
    return True


def _nudge(canvas: Canvas, along: Carried, way: Way, step: float) -> None:
    """Move what is selected; as long as the keys are used one after another it is one step."""
    bench, blocks = canvas.workbench, positions(canvas, sorted(along.blocks))
    frames = {id: bench.flow.view.frames[id] for id in sorted(along.frames)}
    edits = shifted(bench, blocks, frames, (way[0] * step, way[1] * step))
    bench.do(*edits, label="Move", merge=f"nudge {[*blocks, *frames]}")


def _go_on(canvas: Canvas, way: Way) -> None:
    """Select the next block that way."""
    bench, places = canvas.workbench, positions(canvas)
    current = next(iter(sorted(bench.selected & places.keys())), None)
    area = canvas.area()
    start = None if current else (area.center().x(), area.center().y())
    found = neighbour(places, sizes(canvas), current, way, start)
    if found is not None:
        bench.select([found])
        bench.reveal.emit(found)
