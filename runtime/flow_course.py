"""A run as its steps: which are done, which failed, and which were undone as another failed."""

from collections.abc import Mapping, Sequence
from functools import reduce

from agents.contract import CourseState, FlowCourse, FlowStep, StepState
from graph.catalog import Catalog
from graph.compile.plan import Plan
from graph.compile.ports import CALL
from graph.flow import Flow
from runtime.events import AnyEvent, ScopeClosed
from runtime.projections.run_view import BlockState, BlockView, RunState, RunView

COMPENSATE = "logic.compensate"
"""The kind of block whose rounds undo steps, each labelled by the step."""

CHECKS = "data.validate"
"""The kind of block that counts as a step although it asks no agent."""

STATES: Mapping[BlockState, StepState] = {
    "waiting": "waiting", "running": "running", "retrying": "running", "asking": "asking",
    "doubted": "asking", "finished": "done", "reused": "done", "skipped": "skipped",
    "failed": "failed", "caught": "failed", "cancelled": "skipped",
}  # fmt: skip

_WORST: Sequence[StepState] = ("failed", "asking", "running", "waiting", "done", "skipped")
_RUN: Mapping[RunState, CourseState] = {
    "running": "running", "asking": "asking", "paused": "paused", "stalled": "paused",
    "interrupted": "left", "succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled",
}  # fmt: skip


def course(flow: Flow, plan: Plan, catalog: Catalog, events: Sequence[AnyEvent]) -> FlowCourse:
    """How far a run is by its events, those that count."""
    view = reduce(RunView.after, events, RunView())
    rounds = _rounds(flow, events)
    undone = {step for step, went_well in rounds.items() if went_well}
    return FlowCourse(
        run=view.run,
        state=_RUN[view.state],
        began=view.began,
        ended=view.ended,
        steps=tuple(_step(flow, view, id, id in undone) for id in steps_of(flow, plan, catalog)),
        outputs=view.outputs,
        failure=view.failure.message if view.failure else view.reason,
        cure=view.failure.cure if view.failure else "",
        undone=bool(rounds) and len(undone) == len(rounds),
    )


def steps_of(flow: Flow, plan: Plan, catalog: Catalog) -> list[str]:
    """The blocks of the main level that ask an agent, check, or are sub-flows, in order."""
    last = {id.partition("/")[0]: place for place, id in enumerate(plan.ids)}
    ids = sorted(last, key=lambda id: last[id])
    return [id for id in ids if id in flow.blocks and _is_step(flow, catalog, id)]


def _is_step(flow: Flow, catalog: Catalog, id: str) -> bool:
    kind = flow.blocks[id].kind
    return kind in (CALL, CHECKS) or catalog.spec(kind).agent != "pure"


def _rounds(flow: Flow, events: Sequence[AnyEvent]) -> dict[str, bool]:
    """The steps that were to be undone, and whether that went well."""
    undoers = {id for id, block in flow.blocks.items() if block.kind == COMPENSATE}
    closed = [e for e in events if isinstance(e, ScopeClosed) and e.scope.count("[") == 1]
    parted = [(e.scope.rstrip("]").partition("["), e.failure is None) for e in closed]
    return {step: went_well for (block, _, step), went_well in parted if block in undoers}


def _step(flow: Flow, view: RunView, id: str, undone: bool) -> FlowStep:
    blocks = [b for name, b in view.blocks.items() if name == id or name.startswith(f"{id}/")]
    states = {STATES[block.state] for block in blocks} or {"waiting"}
    state = next(one for one in _WORST if one in states)
    if view.over and state in ("waiting", "running", "asking"):
        state = "skipped"
    return FlowStep(
        step=id,
        title=flow.blocks[id].title or id,
        state="undone" if undone and state == "done" else state,
        began=min((b.began for b in blocks if b.began is not None), default=None),
        ended=max((b.ended for b in blocks if b.ended is not None), default=None),
        note=_note(blocks),
    )


def _note(blocks: Sequence[BlockView]) -> str:
    failed = [block.failure.message for block in blocks if block.failure and block.failed]
    return next(iter(failed), "") or next((block.note for block in blocks if block.note), "")
