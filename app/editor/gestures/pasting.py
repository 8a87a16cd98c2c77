"""Flows as text: what was copied is put in, at a place or into a link."""

from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.routing import on_grid
from app.workbench import Workbench
from graph.edits import Edit, MoveBlocks, apply
from graph.errors import EditRefused, FlowFileError
from graph.flow import End
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
    edits = [pasted.edit, *_into_link(bench, pasted)]
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


def _into_link(bench: Workbench, pasted: Pasted) -> list[Edit]:
    """A single block goes into the one link that is selected, if it fits there."""
    if len(pasted.ids) != 1 or len(bench.selected_links) != 1:
        return []
    (id,), (target,) = pasted.ids, bench.selected_links
    after = apply(bench.flow, pasted.edit)
    around = bench.document.around(bench.level)
    try:
        edit = insert_on_link(after, target, after.blocks[id], bench.catalog, around)
    except EditRefused:
        return []
    return [edit, *_between(bench, id, target)]


def _between(bench: Workbench, id: str, target: End) -> list[Edit]:
    """Put a block midway between those it was put between."""
    places, source = bench.flow.view.positions, bench.flow.links[target].source
    if target.block not in places or source.block not in places:
        return []
    (x1, y1), (x2, y2) = places[source.block], places[target.block]
    return [MoveBlocks({id: on_grid(QPointF((x1 + x2) / 2, (y1 + y2) / 2))})]
