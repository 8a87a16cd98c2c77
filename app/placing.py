"""Puts a new block on the canvas, where there is room near what is looked at."""

from app.workbench import Workbench
from graph.edits import AddBlock, MoveBlocks, Position
from graph.flow import Block
from graph.layout import free_spot
from graph.layout.boxes import USUAL
from graph.reshape import fresh_id

MIME = "application/x-heddle-block"
"""What is dragged onto the canvas: the kind of a block, in UTF-8."""

TEMPLATE_MIME = "application/x-heddle-template"
"""The same of a template: the path of its flow file, in UTF-8."""


def place(workbench: Workbench, kind: str, at: Position | None = None) -> str:
    """Add a block of that kind (its middle near `at`), and select it; gives its id."""
    flow = workbench.flow
    x, y = workbench.looks_at if at is None else at
    wanted = (x - USUAL[0] / 2, y - USUAL[1] / 2)
    spot = free_spot(wanted, USUAL, flow.view.positions, {})
    id = fresh_id(flow, kind)
    label = label_of(workbench, kind)
    if not workbench.do(AddBlock(Block(id, kind)), MoveBlocks({id: spot}), label=label):
        return ""
    workbench.select((id,))
    workbench.reveal.emit(id)
    return id


def label_of(workbench: Workbench, kind: str) -> str:
    """What the history says of a new block of a kind."""
    spec = workbench.catalog.get(kind)
    return f"Add “{spec.title if spec else kind}”"
