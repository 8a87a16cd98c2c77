"""Which task of the watched run a person looks at: that of the selected block."""

from app.presenters.call_path import task_of
from app.presenters.data_items import root_of
from app.workbench import Workbench
from graph.flow import Block


def selected_block(workbench: Workbench | None) -> Block | None:
    """The block that alone is selected."""
    if workbench is None or len(workbench.selected) != 1:
        return None
    return workbench.flow.blocks.get(next(iter(workbench.selected)))


def task_shown(workbench: Workbench | None) -> str:
    """The task of the selected block in the round that is looked at, "" when none is selected."""
    block = selected_block(workbench)
    if workbench is None or workbench.run is None or block is None:
        return ""
    address = workbench.address(block.id)
    if block.settings.each and workbench.round.startswith(f"{address}["):
        address = f"{address}/{block.id}"
    return task_of(workbench.run, address, workbench.round)


def task_in_question(workbench: Workbench | None) -> str:
    """The task that is shown, or else the one that stands still, or that the run failed by."""
    if shown := task_shown(workbench):
        return shown
    if workbench is None or workbench.run is None:
        return ""
    view = workbench.run.view
    if view.held:
        return next(reversed(view.held))
    return root_of(view.failure).task if view.failure is not None else ""
