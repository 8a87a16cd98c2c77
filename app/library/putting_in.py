"""The blocks of a template in a flow that is there already."""

from app.presenters.snapping import GRID
from app.workbench import Workbench
from graph.edits import Position
from graph.file_format import write
from graph.flow import Flow
from graph.layout.boxes import bounds
from graph.reshape import paste

BELOW = 4 * GRID


def put_in(bench: Workbench, flow: Flow, at: Position | None = None) -> bool:
    """Put the blocks in, their upper left corner `at` a place, or else below what is there.

    Raises EditRefused, FlowFileError.
    """
    around = bench.document.around(bench.level)
    place = on_grid(at or _free(bench))
    pasted = paste(bench.flow, write(flow), place, bench.catalog, around)
    if not bench.do(pasted.edit, label=f"Insert “{flow.name}”"):
        return False
    bench.select(pasted.ids)
    if pasted.ids:
        bench.reveal.emit(pasted.ids[0])
    return True


def _free(bench: Workbench) -> Position:
    """Below all blocks; in an empty flow, where it is looked at."""
    box = bounds(bench.flow.view.positions, {})
    return bench.looks_at if box is None else (box.left, box.bottom + BELOW)


def on_grid(place: Position) -> Position:
    """The nearest point of the grid."""
    x, y = place
    return round(x / GRID) * GRID, round(y / GRID) * GRID
