"""Cut, copy, paste and duplicate. What is copied is the text of a flow file."""

from PySide6.QtGui import QGuiApplication

from app.editor.acting.binding import Binder
from app.editor.acting.removing import removal
from app.editor.canvas.canvas import Canvas
from app.editor.gestures.measures import carried_along, middle, under_cursor
from app.editor.gestures.pasting import paste_text
from app.presenters.snapping import GRID
from app.workbench import Workbench
from graph.errors import EditRefused, FlowFileError
from graph.reshape import duplicate, fragment

AWAY = 3 * GRID
"""How far a copy lies from what was copied."""


def bind(to: Binder) -> None:
    to.on_canvas("edit.cut", cut, copyable)
    to.on_canvas("edit.copy", copy, copyable)
    to.on_canvas("edit.paste", paste)
    to.on_canvas("edit.duplicate", duplicate_selected, copyable)


def copyable(bench: Workbench) -> bool:
    """Whether something is selected that can be copied."""
    return bool(bench.selected or bench.selected_frames)


def copy(canvas: Canvas) -> bool:
    """Put what is selected into the clipboard as text, and what stands in selected frames."""
    bench, along = canvas.workbench, carried_along(canvas)
    around = bench.document.around(bench.level)
    try:
        text = fragment(bench.flow, along.blocks, bench.catalog, around, frames=along.frames)
    except (EditRefused, FlowFileError) as error:
        bench.refused.emit(str(error))
        return False
    QGuiApplication.clipboard().setText(text)
    return True


def cut(canvas: Canvas) -> None:
    """Copy what is selected, and take out all that was copied."""
    bench, along = canvas.workbench, carried_along(canvas)
    if copy(canvas):
        bench.select(along.blocks, bench.selected_links, along.frames)
        bench.do(*removal(bench), label="Cut")


def paste(canvas: Canvas) -> None:
    """Put in what the clipboard holds, at the mouse if that is on the canvas."""
    at = under_cursor(canvas) or middle(canvas)
    paste_text(canvas, QGuiApplication.clipboard().text(), at)


def duplicate_selected(canvas: Canvas) -> None:
    """Put in what is selected once more, beside it."""
    bench, along = canvas.workbench, carried_along(canvas)
    try:
        made = duplicate(bench.flow, along.blocks, (AWAY, AWAY), frames=along.frames)
    except EditRefused as error:
        bench.refused.emit(str(error))
        return
    if bench.do(made.edit, label="Duplicate"):
        bench.select(made.ids)
