"""Puts a new block into the shown flow, where there is room near what is looked at."""

from collections.abc import Callable

from app.workbench import Workbench
from graph.edits import AddBlock, Edit, MoveBlocks, Position
from graph.errors import EditRefused
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
    block = Block(fresh_id(flow, kind), kind)
    return block.id if put(workbench, block, spot, label=label_of(workbench, kind)) else ""


def put(
    workbench: Workbench, block: Block, corner: Position, *, label: str,
    before: tuple[Edit, ...] = (), after: Callable[[], Edit] | None = None,
) -> bool:  # fmt: skip
    """Put in a block as one step, with what has to be done before and after, and select it."""
    try:
        edits = [*before, AddBlock(block), MoveBlocks({block.id: corner})]
        edits += [after()] if after else []
    except EditRefused as error:
        workbench.refused.emit(str(error))
        return False
    if not workbench.do(*edits, label=label):
        return False
    workbench.select([block.id])
    workbench.reveal.emit(block.id)
    return True


def label_of(workbench: Workbench, kind: str) -> str:
    """What the history says of a new block of a kind."""
    spec = workbench.catalog.get(kind)
    return f"Add “{spec.title if spec else kind}”"
