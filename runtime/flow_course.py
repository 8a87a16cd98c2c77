"""A run as its steps: which are done, which failed, and which were undone as another failed."""

from collections.abc import Mapping, Sequence
from functools import reduce

from msgspec.structs import replace

from agents.contract import CourseState, FlowCourse, FlowStep, StepState
from graph.catalog import Catalog
from graph.compile.plan import Plan
from graph.compile.ports import CALL
from graph.flow import Flow
from runtime.engine.winding_up import COMPENSATE
from runtime.events import AnyEvent, RunCancelling, ScopeClosed, ScopeOpened, TaskSkipped
from runtime.projections.block_view import BlockState, BlockView
from runtime.projections.run_view import RunState, RunView

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
    rounds, cut_off = _rounds(flow, events), _cut_off(events)
    steps = [_step(flow, view, id, rounds) for id in steps_of(flow, plan, catalog)]
    return FlowCourse(
        run=view.run,
        state="cancelling" if view.cancelling and view.state == "running" else _RUN[view.state],
        began=view.began,
        ended=view.ended,
        steps=tuple(_left(step) if step.step in cut_off else step for step in steps),
        outputs=view.outputs,
        failure=view.failure.message if view.failure else _cancelled(view, rounds),
        cure=view.failure.cure if view.failure else "",
        undone=_is_all_undone(flow, view, rounds),
    )


def steps_of(flow: Flow, plan: Plan, catalog: Catalog) -> list[str]:
    """The blocks of the main level that ask an agent, check, or are sub-flows, in order."""
    last = {id.partition("/")[0]: place for place, id in enumerate(plan.ids)}
    ids = sorted(last, key=lambda id: last[id])
    return [id for id in ids if id in flow.blocks and _is_step(flow, catalog, id)]


def _is_step(flow: Flow, catalog: Catalog, id: str) -> bool:
    kind = flow.blocks[id].kind
    return kind in (CALL, CHECKS) or catalog.spec(kind).agent != "pure"


def _rounds(flow: Flow, events: Sequence[AnyEvent]) -> dict[str, str | None]:
    """The steps that were to be undone: "" for what went well, why it didn't, None so far."""
    undoers, rounds = _undoers(flow), dict[str, str | None]()
    for event in events:
        if isinstance(event, ScopeOpened | ScopeClosed) and event.scope.count("[") == 1:
            block, _, step = event.scope.rstrip("]").partition("[")
            if block in undoers:
                rounds[step] = _went(event)
    return rounds


def _cut_off(events: Sequence[AnyEvent]) -> set[str]:
    """The steps of which something was left out since the run was cancelled."""
    cancelled = (n for n, event in enumerate(events) if isinstance(event, RunCancelling))
    since = events[next(cancelled, len(events)) :]
    return {event.task.partition("/")[0] for event in since if isinstance(event, TaskSkipped)}


def _left(step: FlowStep) -> FlowStep:
    """A sub-flow that was left midway isn't done, although some of its blocks are."""
    return replace(step, state="skipped") if step.state == "done" else step


def _went(event: ScopeOpened | ScopeClosed) -> str | None:
    if isinstance(event, ScopeOpened):
        return None
    return event.failure.message if event.failure else ""


def _is_all_undone(flow: Flow, view: RunView, rounds: Mapping[str, str | None]) -> bool:
    """Whether all was undone that was to be, and nothing kept it from that."""
    undoers = [b for id, b in view.blocks.items() if id in _undoers(flow)]
    return (
        bool(rounds) and not any(rounds.values()) and all(b.failed or b.finished for b in undoers)
    )


def _undoers(flow: Flow) -> set[str]:
    return {id for id, block in flow.blocks.items() if block.kind == COMPENSATE}


def _cancelled(view: RunView, rounds: Mapping[str, str | None]) -> str:
    """Why a run was cancelled, and what was undone."""
    said = [view.reason] if view.reason else []
    if view.cancelling and (undone := [step for step, why in rounds.items() if why == ""]):
        said.append(f"Undone: {', '.join(undone)}.")
    if view.cancelling:
        said += [f"{step} could not be undone: {why}" for step, why in rounds.items() if why]
    return " ".join(said)


def _step(flow: Flow, view: RunView, id: str, rounds: Mapping[str, str | None]) -> FlowStep:
    blocks = [b for name, b in view.blocks.items() if name == id or name.startswith(f"{id}/")]
    states = {STATES[block.state] for block in blocks} or {"waiting"}
    state = next(one for one in _WORST if one in states)
    if view.over and state in ("waiting", "running", "asking"):
        state = "skipped"
    return FlowStep(
        step=id,
        title=flow.blocks[id].title or id,
        state=_undone(state, rounds[id], view.over) if id in rounds else state,
        began=min((b.began for b in blocks if b.began is not None), default=None),
        ended=max((b.ended for b in blocks if b.ended is not None), default=None),
        note=_note(blocks),
    )


def _undone(state: StepState, why: str | None, is_over: bool) -> StepState:
    """The state of a step that was to be undone."""
    if state != "done" or why or (why is None and is_over):
        return state
    return "undoing" if why is None else "undone"


def _note(blocks: Sequence[BlockView]) -> str:
    failed = [block.failure.message for block in blocks if block.failure and block.failed]
    return next(iter(failed), "") or next((block.note for block in blocks if block.note), "")
