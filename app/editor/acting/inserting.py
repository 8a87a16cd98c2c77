"""New blocks, notes, frames and links, without the mouse too."""

from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QFileDialog

from app.editor.acting.binding import Binder
from app.editor.canvas.canvas import Canvas
from app.editor.canvas.cards import HEAD
from app.editor.choice_popup import ChoicePopup, Find
from app.editor.choice_rows import Choice
from app.editor.gestures.adding import add_kind, search_at, search_for_link, tell_conversion
from app.editor.gestures.files import place_file
from app.editor.gestures.in_place import edit_frame, edit_note
from app.editor.gestures.measures import middle, positions, sizes, under_cursor
from app.editor.gestures.routing import on_grid
from app.presenters.framing import frame_around
from app.presenters.loose_link import LooseLink
from app.presenters.port_choices import PortChoice, other_ends, own_ports
from app.workbench import Workbench
from graph.compile.ports import NOTE
from graph.edits import Disconnect, SetFrame
from graph.file_format import FILE_SUFFIX
from graph.flow import Frame
from graph.reshape import Names

BESIDE = 96.0
"""How far to the right of the selected block a new one is put."""
OFF = "mdi6.link-off"
NEW_FRAME = (480.0, 300.0)
FLOWS = f"Flows (*{FILE_SUFFIX});;All files (*)"


def bind(to: Binder) -> None:
    to.on_canvas("insert.block", search_block)
    to.on_canvas("insert.note", add_note)
    to.on_canvas("insert.frame", add_frame)
    to.on_canvas("insert.link", choose_own_port, one_block)
    to.on_canvas("insert.flow_file", choose_file)


def where(canvas: Canvas) -> QPointF:
    """Where new things go: to the mouse, else beside the selected block, else to the middle."""
    if (at := under_cursor(canvas)) is not None:
        return at
    if len(canvas.workbench.selected) == 1:
        rect = canvas.shapes.rect(min(canvas.workbench.selected))
        return QPointF(rect.right() + BESIDE + rect.width() / 2, rect.top() + HEAD / 2)
    return middle(canvas)


def search_block(canvas: Canvas) -> None:
    """Search for a block to add: into the link that is selected alone, else where new ones go."""
    bench = canvas.workbench
    if len(bench.selected_links) == 1 and not bench.selected:
        (target,) = bench.selected_links
        source = bench.flow.links[target].source
        ends = canvas.shapes.port(*source, "out") + canvas.shapes.port(*target, "in")
        search_for_link(canvas, target, ends / 2)
    else:
        search_at(canvas, where(canvas))


def add_note(canvas: Canvas) -> None:
    """Put in a note, and let it be written at once."""
    if add_kind(canvas, NOTE, where(canvas)):
        edit_note(canvas, min(canvas.workbench.selected))


def add_frame(canvas: Canvas) -> None:
    """Draw a frame around what is selected, and let it be named at once."""
    bench = canvas.workbench
    frame = frame_around("Frame", positions(canvas, bench.selected), sizes(canvas))
    if frame is None:
        width, height = NEW_FRAME
        x, y = on_grid(where(canvas) - QPointF(width / 2, height / 2))
        frame = Frame("Frame", x, y, width, height)
    id = Names(bench.flow.view.frames).fresh("frame")
    if bench.do(SetFrame(id, frame), label="Add a frame"):
        bench.select(frames=[id])
        edit_frame(canvas, id)


def choose_file(canvas: Canvas) -> None:
    """Let a flow file be chosen, to be used as a sub-flow."""
    at = where(canvas)
    folder = str(canvas.workbench.folder)
    dialog = QFileDialog(canvas, "Use a flow from a file", folder, FLOWS)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: place_file(canvas, Path(name), at))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


# Linking by keyboard: a port of the selected block, then where the link goes.


def one_block(bench: Workbench) -> bool:
    """Whether a single block is selected that has ports."""
    return len(bench.selected) == 1 and any(own_ports(bench.ports_level, min(bench.selected)))


def choose_own_port(canvas: Canvas) -> None:
    """Offer the ports of the selected block; a single one is taken at once."""
    id, level = min(canvas.workbench.selected), canvas.workbench.ports_level
    rows = [Choice(p.title, p, p.detail, p.icon, p.hint) for p in own_ports(level, id)]
    if len(rows) == 1:
        _choose_other(canvas, rows[0].value)
        return
    popup = ChoicePopup(canvas, "Link from which port?", _among(rows), "No port is called that.")
    popup.chosen.connect(lambda port: _choose_other(canvas, port))
    _open_beside(canvas, popup, id)


def _choose_other(canvas: Canvas, port: object) -> None:
    assert isinstance(port, PortChoice)
    level, end = canvas.workbench.ports_level, port.end
    loose = LooseLink.pulled(level, end, port.side)
    rows = [Choice(p.title, p, p.detail, p.icon, p.hint) for p in other_ends(level, loose)]
    if loose.taken_from:
        rows.append(Choice("Take the link off", None, f"from {loose.held}", OFF))
    nothing = "No other block has a port that fits. Add a block first."
    popup = ChoicePopup(canvas, f"Link {end.port.replace('_', ' ')} to", _among(rows), nothing)
    popup.chosen.connect(lambda other: _link(canvas, loose, other))
    _open_beside(canvas, popup, end.block)


def _link(canvas: Canvas, loose: LooseLink, choice: object) -> None:
    bench = canvas.workbench
    if isinstance(choice, PortChoice):
        if bench.do(loose.edit(choice.end), label="Link"):
            tell_conversion(canvas, loose, choice.end)
    elif loose.taken_from:
        bench.do(Disconnect(loose.taken_from), label="Take a link off")


def _among(rows: list[Choice]) -> Find:
    """The rows in which every typed word is found."""

    def found(query: str) -> list[Choice]:
        words = query.casefold().split()
        return [row for row in rows if all(word in _text(row) for word in words)]

    return found


def _text(row: Choice) -> str:
    return f"{row.title} {row.hint} {row.detail}".casefold()


def _open_beside(canvas: Canvas, popup: ChoicePopup, id: str) -> None:
    canvas.workbench.reveal.emit(id)
    corner = canvas.to_view(canvas.shapes.rect(id).topRight()).toPoint()
    popup.open_at(canvas.viewport().mapToGlobal(corner))
