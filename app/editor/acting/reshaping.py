"""Sub-flows made of blocks and taken apart again, blocks passed by, and colours."""

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from app.editor.acting.binding import Binder, any_block
from app.editor.canvas.canvas import Canvas
from app.editor.gestures.in_place import edit_title
from app.editor.gestures.measures import sizes
from app.theme import BLOCK_COLOURS, current
from app.workbench import Workbench
from graph.compile.ports import CALL
from graph.edits import Edit, SetColour, SetFrame, SetSettings
from graph.errors import EditRefused
from graph.reshape import collapse, expand

COLOURS = ("As its kind", "Red", "Orange", "Yellow", "Green", "Teal", "Blue", "Purple", "Pink")
"""What the colours of blocks are called, in the order of `BLOCK_COLOURS`."""
SWATCH = 16


def bind(to: Binder) -> None:
    to.on_canvas("arrange.collapse", collapse_selected, any_block)
    to.on_canvas("arrange.expand", expand_selected, one_call)
    to.on_flow("arrange.bypass", toggle_bypass, any_block, checked=all_bypassed)
    to.on_canvas("arrange.colour", choose_colour, colourable)


def one_call(bench: Workbench) -> bool:
    """Whether a sub-flow is selected."""
    return len(bench.selected) == 1 and bench.flow.blocks[min(bench.selected)].kind == CALL


def collapse_selected(canvas: Canvas) -> None:
    """Make the selected blocks a sub-flow, and let it be named at once."""
    bench = canvas.workbench
    around, before = bench.document.around(bench.level), bench.flow.blocks
    try:
        edit = collapse(bench.flow, bench.selected, bench.catalog, "Sub-flow", around)
    except EditRefused as error:
        bench.refused.emit(str(error))
        return
    if bench.do(edit, label="Collapse to sub-flow"):
        made = [id for id in bench.flow.blocks if id not in before]
        bench.select(made)
        edit_title(canvas, made[0])


def expand_selected(canvas: Canvas) -> None:
    """Put the blocks of the selected sub-flow in its place; others make way for them."""
    bench = canvas.workbench
    around, before = bench.document.around(bench.level), bench.flow.blocks
    try:
        edit = expand(bench.flow, min(bench.selected), bench.catalog, around, sizes(canvas))
    except EditRefused as error:
        bench.refused.emit(str(error))
        return
    if bench.do(edit, label="Expand sub-flow"):
        bench.select(id for id in bench.flow.blocks if id not in before)


def all_bypassed(bench: Workbench) -> bool:
    """Whether values pass all the selected blocks by."""
    return any_block(bench) and all(bench.flow.blocks[id].settings.bypass for id in bench.selected)


def toggle_bypass(bench: Workbench) -> None:
    """Let values pass the selected blocks by; if they do all, no longer."""
    on = not all_bypassed(bench)
    blocks = (bench.flow.blocks[id] for id in sorted(bench.selected))
    edits = (SetSettings(b.id, replace(b.settings, bypass=on)) for b in blocks)
    bench.do(*edits, label="Bypass" if on else "Bypass no longer")


def colourable(bench: Workbench) -> bool:
    """Whether something is selected that has a colour."""
    return bool(bench.selected or bench.selected_frames)


def choose_colour(canvas: Canvas) -> QMenu:
    """Offer the colours beside what is selected."""
    menu = QMenu("Colour", canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name, colour in zip(COLOURS, BLOCK_COLOURS, strict=True):
        action = menu.addAction(swatch(colour), name)
        action.triggered.connect(partial(colour_selected, canvas.workbench, colour))
    bench = canvas.workbench
    spot = canvas.shapes.bounds(bench.selected).topRight() if bench.selected else None
    if spot is None or not canvas.area().contains(spot):
        spot = canvas.area().center()
    menu.popup(canvas.viewport().mapToGlobal(canvas.to_view(spot).toPoint()))
    return menu


def colour_selected(bench: Workbench, colour: str, _: bool = False) -> None:
    """Give what is selected a colour, "" for that of its kind."""
    frames = bench.flow.view.frames
    edits: list[Edit] = [SetColour(id, colour) for id in sorted(bench.selected)]
    edits += (
        SetFrame(id, replace(frames[id], colour=colour)) for id in sorted(bench.selected_frames)
    )
    bench.do(*edits, label="Colour")


def swatch(colour: str) -> QIcon:
    """A colour to look at."""
    pixels = QPixmap(SWATCH, SWATCH)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(current().strong_line))
    painter.setBrush(QColor(colour or current().card))
    painter.drawEllipse(1, 1, SWATCH - 3, SWATCH - 3)
    painter.end()
    return QIcon(pixels)
