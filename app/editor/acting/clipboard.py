"""Cut, copy, paste and duplicate. What is copied is the text of a flow file."""

from PySide6.QtGui import QGuiApplication

from app.editor.acting.binding import Binder
from app.editor.acting.removing import removal
from app.editor.canvas.canvas import Canvas
from app.editor.gestures.measures import middle, under_cursor
from app.editor.gestures.pasting import paste_text
from app.presenters.snapping import GRID
from app.workbench import Workbench
from graph.errors import EditRefused, FlowFileError
from graph.reshape import duplicate, fragment

AWAY = 3 * GRID
"""How far a copy lies from what was copied."""


def bind(to: Binder) -> None:
    to.on_flow("edit.cut", cut, copyable)
    to.on_flow("edit.copy", copy, copyable)
    to.on_canvas("edit.paste", paste)
    to.on_flow("edit.duplicate", duplicate_selected, copyable)


def copyable(bench: Workbench) -> bool:
    """Whether something is selected that can be copied."""
    return bool(bench.selected or bench.selected_frames)


def copy(bench: Workbench) -> bool:
    """Put what is selected into the clipboard, as text."""
    around = bench.document.around(bench.level)
    try:
        text = fragment(
            bench.flow, bench.selected, bench.catalog, around, frames=bench.selected_frames
        )
    except (EditRefused, FlowFileError) as error:
        bench.refused.emit(str(error))
        return False
    QGuiApplication.clipboard().setText(text)
    return True


def cut(bench: Workbench) -> None:
    """Copy what is selected, and take it out."""
    if copy(bench):
        bench.do(*removal(bench), label="Cut")


def paste(canvas: Canvas) -> None:
    """Put in what the clipboard holds, at the mouse if that is on the canvas."""
    at = under_cursor(canvas) or middle(canvas)
    paste_text(canvas, QGuiApplication.clipboard().text(), at)


def duplicate_selected(bench: Workbench) -> None:
    """Put in what is selected once more, beside it."""
    try:
        made = duplicate(bench.flow, bench.selected, (AWAY, AWAY), frames=bench.selected_frames)
    except EditRefused as error:
        bench.refused.emit(str(error))
        return
    if bench.do(made.edit, label="Duplicate"):
        bench.select(made.ids)
