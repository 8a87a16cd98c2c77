"""Where blocks are and how large, as the layout and the snapping want it."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QCursor

from app.editor.canvas.canvas import Canvas
from app.presenters.framing import Carried, carried
from graph.edits import Position
from graph.flow import End
from graph.layout import PortHeights, Size
from graph.layout.boxes import Box


def sizes(canvas: Canvas) -> dict[str, Size]:
    """Width and height of every block."""
    shapes = canvas.shapes
    return {
        id: (width, height)
        for id, (_, _, width, height) in zip(shapes.ids, shapes.rects.tolist(), strict=True)
    }


def positions(canvas: Canvas, ids: Iterable[str] | None = None) -> dict[str, Position]:
    """The upper left corners of these blocks, or of all."""
    shapes = canvas.shapes
    if ids is None:
        return {
            id: (x, y) for id, (x, y, _, _) in zip(shapes.ids, shapes.rects.tolist(), strict=True)
        }
    rects = ((id, shapes.rect(id)) for id in ids if id in shapes)
    return {id: (rect.x(), rect.y()) for id, rect in rects}


def port_heights(canvas: Canvas) -> PortHeights:
    """How far below the upper edge of its card each shown port is."""
    cards = list(zip(canvas.shapes.ids, canvas.shapes.cards, strict=True))
    return PortHeights(
        {End(id, port.name): port.y for id, card in cards for port in card.inputs},
        {End(id, port.name): port.y for id, card in cards for port in card.outputs},
    )


def carried_along(canvas: Canvas) -> Carried:
    """What is selected, with all that stands in the selected frames."""
    bench = canvas.workbench
    frames, chosen = bench.flow.view.frames, bench.selected_frames
    if not chosen:
        return Carried(bench.selected, frozenset())
    return carried(frames, bench.selected, chosen, positions(canvas), sizes(canvas))


def box(rect: QRectF) -> Box:
    """The rectangle, without Qt."""
    return Box(rect.left(), rect.top(), rect.right(), rect.bottom())


def under_cursor(canvas: Canvas) -> QPointF | None:
    """Where the cursor is on the canvas, None when it is elsewhere."""
    view = canvas.viewport()
    spot = view.mapFromGlobal(QCursor.pos())
    return canvas.to_scene(QPointF(spot)) if view.rect().contains(spot) else None


def middle(canvas: Canvas) -> QPointF:
    """The middle of what is shown."""
    return canvas.area().center()
