"""The arrow keys on the canvas: they move what is selected, or what is selected moves on."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.measures import positions, sizes
from app.presenters.neighbours import Way, neighbour
from app.presenters.snapping import GRID
from graph.edits import MoveBlocks, Position

ARROWS: Mapping[int, Way] = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
FAST = 10
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PAD = Qt.KeyboardModifier.KeypadModifier


def act(canvas: Canvas, event: QKeyEvent) -> bool:
    """Do what an arrow key says; False for any other key."""
    way, held = ARROWS.get(event.key()), event.modifiers() & ~PAD
    if way is None or held & ~(CTRL | SHIFT):
        return False
    if canvas.workbench.selected and not held & CTRL:
        _nudge(canvas, way, GRID * (FAST if held & SHIFT else 1))
    else:
        _go_on(canvas, way)
    return True


def _nudge(canvas: Canvas, way: Way, step: float) -> None:
    """Move the selected blocks; as long as the keys are used one after another it is one step."""
    bench = canvas.workbench
    dx, dy = way[0] * step, way[1] * step
    moved: dict[str, Position | None] = {
        id: (x + dx, y + dy) for id, (x, y) in positions(canvas, bench.selected).items()
    }
    bench.do(MoveBlocks(moved), label="Move", merge=f"nudge {sorted(moved)}")


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
