"""The part of a flow that is meant to be planned anew: what is selected, or what failed."""

from app.workbench import Workbench
from graph.compile.ports import INPUT, OUTPUT
from runtime.events import Failure

NOTE = "flow.note"


def can_plan(bench: Workbench) -> bool:
    """Whether there is a part to plan anew: blocks are selected, or one failed."""
    return bench.is_trusted and bool(part_of(bench) or (not bench.selected and failed(bench)))


def part_of(bench: Workbench) -> tuple[str, ...]:
    """The selected blocks that can be planned anew, those that failed first."""
    kinds = {id: bench.flow.blocks[id].kind for id in bench.selected}
    found = [id for id, kind in kinds.items() if kind not in (INPUT, OUTPUT, NOTE)]
    return tuple(sorted(found, key=lambda id: (failure_of(bench, id) is None, id)))


def failure_of(bench: Workbench, block: str) -> Failure | None:
    """Why a block of the shown flow failed in the watched run."""
    view = bench.run.block(bench.address(block)) if bench.run else None
    return view.failure if view else None


def failed(bench: Workbench) -> str:
    """The task that the watched run failed at, "" when there is none."""
    failure = bench.run.view.failure if bench.run else None
    return failure.task if failure else ""
