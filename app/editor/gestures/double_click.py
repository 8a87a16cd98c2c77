"""What a double click does: add, enter, edit, lead a link by hand."""

from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.cards import is_note
from app.editor.canvas.hits import Hit
from app.editor.gestures.adding import search_at
from app.editor.gestures.entering import enter, flows_of
from app.editor.gestures.in_place import edit_frame, edit_note
from app.editor.gestures.routing import put_point, take_point


def act(canvas: Canvas, hit: Hit, at: QPointF) -> bool:
    """Do what suits what was hit."""
    bench = canvas.workbench
    match hit.kind:
        case "route" if hit.link:
            take_point(bench, hit.link, hit.index)
        case "link" if hit.link:
            put_point(canvas, hit.link, at)
        case "block" | "port":
            _on_block(canvas, hit.block)
        case "frame":
            edit_frame(canvas, hit.frame)
        case "":
            search_at(canvas, at)
        case _:
            return False
    return True


def _on_block(canvas: Canvas, id: str) -> None:
    block = canvas.workbench.flow.blocks[id]
    if is_note(block):
        edit_note(canvas, id)
    elif flows_of(canvas.workbench, block):
        enter(canvas, id)
    else:
        canvas.workbench.select([id])
        canvas.studio.actions["edit.inspect"].trigger()
