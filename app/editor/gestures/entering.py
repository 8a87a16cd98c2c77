"""Going into the sub-flows that a block uses."""

from PySide6.QtCore import QPoint

from app.editor.canvas.canvas import Canvas
from app.editor.choice_popup import ChoicePopup
from app.editor.choice_rows import Choice
from app.workbench import Workbench
from graph.file_format import is_file
from graph.flow import Block


def flows_of(bench: Workbench, block: Block) -> dict[str, str]:
    """The flows that a block uses and that are there, each with the title of its field."""
    spec = bench.catalog.get(block.kind)
    named = spec.naming(block.fields) if spec else ()
    return {name: p.title for p, name in named if bench.ports_level.find(name)}


def enter(canvas: Canvas, id: str) -> None:
    """Show the flow that a block uses; of several, the one that is chosen."""
    bench = canvas.workbench
    flows = flows_of(bench, bench.flow.blocks[id])
    if len(flows) == 1:
        go_into(canvas, next(iter(flows)), id)
    elif flows:
        _choose(canvas, id, flows)


def go_into(canvas: Canvas, name: str, through: str) -> None:
    """Show a flow; one that is a file is opened as that."""
    bench = canvas.workbench
    if is_file(name) and (folder := bench.folder) is not None:
        canvas.studio.open_files([folder / name])
    else:
        bench.enter(name, through)


def _choose(canvas: Canvas, id: str, flows: dict[str, str]) -> None:
    rows = [
        Choice(name, name, title, "mdi6.sitemap-outline", spans=()) for name, title in flows.items()
    ]

    def found(query: str) -> list[Choice]:
        return [row for row in rows if query.casefold() in row.title.casefold()]

    popup = ChoicePopup(canvas, "Enter which sub-flow?", found, "No sub-flow is called that.")
    popup.chosen.connect(lambda name: go_into(canvas, str(name), id))
    corner = canvas.to_view(canvas.shapes.rect(id).bottomLeft()).toPoint()
    popup.open_at(canvas.viewport().mapToGlobal(corner + QPoint(0, 6)))
