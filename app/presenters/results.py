"""What the data dock shows: of a block, or of the whole run when none is selected."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.presenters.live_run import LiveRun
from app.presenters.run_words import duration, standing
from graph.flow import Block
from runtime.events import Failure
from runtime.projections.block_view import BlockView

STATES: Mapping[str, str] = {
    "waiting": "Waiting",
    "running": "Running",
    "retrying": "Trying again",
    "asking": "Waits for an answer",
    "doubted": "Waits for your word",
    "finished": "Done",
    "reused": "Reused from the run before",
    "skipped": "Skipped: no value came to it",
    "failed": "Failed",
    "caught": "Failed, and the flow went on",
    "cancelled": "Cancelled",
}
"""By state of a block: what is said of it."""

STREAM = "so far"
"""What the values of a stream that still flows are called."""


class Result(NamedTuple):
    """What there is to see, by name, and what is said above it."""

    title: str
    state: str
    values: Mapping[str, Any]
    failure: Failure | None = None
    note: str = ""
    """What is said where there are no values."""


NOTHING = Result("", "", {}, None, "Run the flow to see here what its blocks give.")


def of_run(run: LiveRun) -> Result:
    """What a run gave."""
    view = run.view
    values = dict(view.outputs)
    note = "" if values or view.failure else _of_no_output(run)
    return Result("Run", standing(view, run.now), values, view.failure, note)


def _of_no_output(run: LiveRun) -> str:
    if run.goes_on:
        return "What the flow gives appears here when the run is done."
    if run.view.state == "succeeded":
        return "The flow has no outputs. Select a block to see what it gave."
    return run.view.reason or "The run ended before it gave anything."


def of_block(
    run: LiveRun, block: Block, title: str, address: str, values: Mapping[str, Any]
) -> Result:
    """What a block gave."""
    view = run.block(address)
    shown = dict(values)
    is_writing = view is not None and view.state in ("running", "retrying")
    if (is_writing or not shown) and (stream := run.streams.of(address)):
        shown = {STREAM: joined(stream)}
    failure = view.failure if view and view.failed else None
    if not shown and block.kind == "flow.input" and "default" in block.fields:
        return Result(title, "Its default", {"value": block.fields["default"]})
    if view is None:
        state = "Done" if shown else "Waiting"
        note = "" if shown else _not_come_up(run, block)
    else:
        state, note = _state(view), "" if shown or failure else _without_values(view, block)
    return Result(title, state, shown, failure, note)


def _not_come_up(run: LiveRun, block: Block) -> str:
    if block.kind == "flow.note":
        return "A note does nothing in a run."
    return "It hasn't come up yet." if run.goes_on else "The run never came to this block."


def _without_values(view: BlockView, block: Block) -> str:
    match view.state:
        case "running" | "retrying":
            return view.note or "It is still at work."
        case "skipped":
            return "No value came to it, so it was left out."
        case "asking":
            return "The run goes on once somebody has answered: see the Inbox."
        case "doubted":
            return "The run goes on once you have said whether it was done."
    return "It gives nothing." if block.kind != "flow.output" else ""


def _state(view: BlockView) -> str:
    words = STATES[view.state]
    if view.state == "running" and view.total:
        return f"{words} · {view.so_far:,.0f} of {view.total:,.0f}"
    if view.tasks > 1:
        return f"{words} · {view.settled:,} times, {duration(view.took)} in all"
    return f"{words} · {duration(view.took)}" if view.settled else words


def joined(stream: Sequence[Any]) -> Any:
    """The items of a stream as one value: texts one after another, the rest as a list."""
    if all(isinstance(item, str) for item in stream):
        return "".join(stream)
    return list(stream)
