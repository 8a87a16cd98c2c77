"""Flows as text: what was copied is put in, at a place or into a link."""

from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.adding import make_room
from app.editor.gestures.routing import on_grid
from graph.edits import Edit, apply
from graph.errors import EditRefused, FlowFileError
from graph.reshape import Pasted, insert_on_link, paste

MARK = '"blocks"'
"""What a text has in it that is a flow."""


def is_flow_text(text: str) -> bool:
    """Whether a text looks like a flow, without reading it."""
    return "{" in text and MARK in text


def paste_text(canvas: Canvas, text: str, at: QPointF) -> bool:
    """Put in the blocks of a text and select them; says what is wrong where there are none."""
    bench = canvas.workbench
    around = bench.document.around(bench.level)
    try:
        pasted = paste(bench.flow, text, on_grid(at), bench.catalog, around)
    except (EditRefused, FlowFileError) as error:
        bench.refused.emit(_told(text, error))
        return False
    edits = [pasted.edit, *_into_link(canvas, pasted)]
    if not bench.do(*edits, label="Paste"):
        return False
    bench.select(pasted.ids)
    return True


def _told(text: str, error: EditRefused | FlowFileError) -> str:
    if not text.strip():
        return "There is nothing to paste. Copy some blocks first."
    if "{" not in text:
        return "What was copied is no flow. Copy some blocks, or the text of a flow file."
    return str(error)


def _into_link(canvas: Canvas, pasted: Pasted) -> list[Edit]:
    """A single block goes into the one link that is selected, if it fits there."""
    bench = canvas.workbench
    if len(pasted.ids) != 1 or len(bench.selected_links) != 1:
        return []
    (id,), (target,) = pasted.ids, bench.selected_links
    after = apply(bench.flow, pasted.edit)
    around = bench.document.around(bench.level)
    try:
        edit = insert_on_link(after, target, after.blocks[id], bench.catalog, around)
    except EditRefused:
        return []
    return [edit, *make_room(canvas, id, target)]
