"""How a block stands in the watched run, in what its card can show."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from app.presenters.amounts import amount
from app.presenters.brief import brief
from app.presenters.live_run import LiveRun
from app.presenters.run_words import duration
from runtime.events import block_of
from runtime.projections.block_view import BlockState, BlockView

STEP = 10
"""Words by which the count on a card grows: it is drawn anew each time."""

Look = Literal["", "waiting", "running", "done", "reused", "skipped", "failed", "warning", "stale"]
"""The looks that states have; "" is that of a block that has not come up."""

LOOKS: tuple[Look, ...] = (
    "", "waiting", "running", "done", "reused", "skipped", "failed", "warning", "stale",
)  # fmt: skip

_LOOK_OF: Mapping[BlockState, Look] = {
    "waiting": "waiting", "running": "running", "retrying": "warning", "doubted": "warning",
    "asking": "warning",
    "finished": "done", "reused": "reused", "skipped": "skipped", "failed": "failed",
    "caught": "warning", "cancelled": "skipped",
}  # fmt: skip


class Status(NamedTuple):
    """`line` says more than the block's own line, `short` stands beside the mark.

    `share` is how much is done, 0 to 1; None when nobody said. `spent` tells tokens and cost,
    `stands_in` which model answers for another, `because` all there is to tell of that.
    """

    look: Look = ""
    line: str = ""
    short: str = ""
    share: float | None = None
    spent: str = ""
    stands_in: str = ""
    because: str = ""


NONE = Status()


def look_of(view: BlockView | None, is_stale: bool = False) -> Look:
    """How a block's state looks; out of date, once it is over and the flow isn't what it was."""
    if view is None:
        return ""
    return "stale" if is_stale and view.settled else _LOOK_OF[view.state]


def status_of(
    run: LiveRun, address: str, values: Mapping[str, Any] | None = None, *, is_stale: bool = False
) -> Status:
    """How a block stands. `values` are those to be shown of it, if not what it gave last.

    The inputs of a flow have values without ever coming up.
    """
    status = _status_of(run, address, values)
    if is_stale and status.look not in ("", "waiting", "running"):
        return status._replace(look="stale", short="out of date")
    difference = run.view.difference
    if difference is not None and block_of(difference.task) == address:
        return status._replace(short="first difference")
    return status


def _status_of(run: LiveRun, address: str, values: Mapping[str, Any] | None) -> Status:
    view = run.block(address)
    outputs = run.outputs(address) if values is None else values
    if view is None:
        return Status("done", brief(_main(outputs))) if outputs else NONE
    spent = spending(view.tokens, view.cost)
    look, standing_in = look_of(view), (standing_in_for(view), taken_over(view))
    match view.state:
        case "asking":
            return Status(look, _asked(run, address), "asks")
        case "running" | "retrying" | "doubted":
            line = _going_on(run, view)
            return Status(look, line, _round_count(view), _share(view), spent, *standing_in)
        case "failed" | "caught":
            said = view.failure.message if view.failure else ""
            return Status(look, said, _took(view), spent=spent)
        case "finished":
            return Status(look, _result(outputs), _took(view), None, spent, *standing_in)
        case "reused":
            return Status(look, _result(outputs), "reused", spent=spent)
        case "cancelled":
            return Status(look, "", "cancelled", spent=spent)
        case _:
            return Status(look)


def _asked(run: LiveRun, address: str) -> str:
    """What a block asks a person."""
    asked = run.view.asked.values()
    return next((str(e.question["title"]) for e in asked if block_of(e.task) == address), "")


def standing_in_for(view: BlockView) -> str:
    """Which model stands in for another: `↪ small`; "" when none does."""
    if view.stand_in is None or not view.stand_in.model:
        return ""
    return f"↪ {_short(view.stand_in.model, view.stand_in.wanted)}"


def taken_over(view: BlockView) -> str:
    """Which model a block was answered by, for which other, and why that one didn't answer."""
    stand_in = view.stand_in
    if stand_in is None or (view.settled and not stand_in.model):
        return ""
    why = f": {stand_in.why}" if stand_in.why else "."
    if not stand_in.model:
        return f"{stand_in.wanted} didn't answer, the next is asked{why}"
    return f"{stand_in.model} answered in place of {stand_in.wanted}{why}"


def _short(model: str, other: str) -> str:
    """The name of a model, with its connection where another one has the same name."""
    name = model.rpartition("/")[2]
    return model if name == other.rpartition("/")[2] else name


def spending(tokens: int, cost: float) -> str:
    """What was used up: `312 tokens · $0.0021`; "" for nothing."""
    if not tokens and not cost:
        return ""
    noun = "token" if tokens == 1 else "tokens"
    return f"{tokens:,} {noun}" + (f" · {amount(cost, 'US dollars')}" if cost else "")


def _going_on(run: LiveRun, view: BlockView) -> str:
    """What a running block says of itself, or how much it has given so far."""
    if view.failure and view.state != "running":
        return f"Trying again: {view.failure.message}"
    if view.note or not run.streams.of(view.block):
        return view.note or taken_over(view)
    text = run.streams.text_of(view.block)
    if text is None:
        return f"{view.streamed:,} items so far"
    words = text.count(" ") // STEP * STEP
    return f"Writing: {words:,} words so far" if words else "Writing"


def _share(view: BlockView) -> float | None:
    if view.total:
        return min(1.0, view.so_far / view.total)
    return view.rounds_done / view.rounds if view.rounds else None


def _round_count(view: BlockView) -> str:
    if view.total:
        return f"{view.so_far:,.0f} of {view.total:,.0f}"
    return f"{view.rounds_done:,} of {view.rounds:,}" if view.rounds else ""


def _took(view: BlockView) -> str:
    return duration(view.took)


def _result(outputs: Mapping[str, Any]) -> str:
    return brief(_main(outputs)) if outputs else ""


def _main(outputs: Mapping[str, Any]) -> Any:
    """The output that says most: the one called value, or the first."""
    return outputs["value"] if "value" in outputs else next(iter(outputs.values()))
