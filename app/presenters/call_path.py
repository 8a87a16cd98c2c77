"""The way to a task: through which blocks and which rounds of loops the run came to it."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from app.presenters.live_run import LiveRun, Round
from app.presenters.run_words import duration
from app.presenters.tables import one_line
from runtime.events import block_of


class Step(NamedTuple):
    """One step of the way, from the outermost inwards.

    `address` is the block (without rounds), "" for the flow; `task` leads there in the run, or
    is the scope of a round.
    """

    kind: Literal["flow", "inside", "round", "block"]
    title: str
    address: str
    task: str
    depth: int


RoundState = Literal["running", "done", "failed", "stopped"]


class RoundLine(NamedTuple):
    """A round of a loop in a list: its scope, which one it is (from 1), how it went."""

    scope: str
    number: int
    said: str
    state: RoundState


def task_of(run: LiveRun, address: str, round: str = "") -> str:
    """The task of a block that is meant, when a round (`each[3]`) is looked at or none is.

    Without one: that which stands still, or failed, or else the last that gave something.
    """
    if "/" not in address:
        return address
    is_inside = bool(round) and address.startswith(f"{block_of(round)}/")
    telling = None if is_inside else _telling(run, address)
    return _through_scopes(run, address, round) if telling is None else telling


def _telling(run: LiveRun, address: str) -> str | None:
    """The task of the block that a person wants to see first."""
    view = run.block(address)
    if view is None:
        return None
    if found := next((t for t in reversed(run.view.held) if block_of(t) == address), ""):
        return found
    if view.failed and view.failure is not None and block_of(view.failure.task) == address:
        return view.failure.task
    given = run.rounds.get(address)
    return next(reversed(given), None) if given else None


def _through_scopes(run: LiveRun, address: str, round: str) -> str:
    """The task in the round that is looked at, or in the last one of each loop on the way."""
    task = ""
    *loops, last = address.split("/")
    for depth, segment in enumerate(loops):
        task = f"{task}/{segment}" if task else segment
        scopes = run.scopes.get("/".join(loops[: depth + 1]))
        if scopes:
            task = _scope_in(scopes, f"{task}[", round) or task
    return f"{task}/{last}"


def _scope_in(scopes: Iterable[str], prefix: str, round: str) -> str:
    here = [scope for scope in scopes if scope.startswith(prefix)]
    around = [scope for scope in here if round == scope or round.startswith(f"{scope}/")]
    return (around or here)[-1] if here else ""


def call_path(task: str, flow: str, title_at: Callable[[str], str]) -> list[Step]:
    """The steps to a task of a run of the flow of that title; `title_at` names blocks."""
    steps = [Step("flow", flow, "", "", 0)]
    if not task:
        return steps
    *around, last = _pieces(task)
    for piece in around:
        block, _, label = piece.partition("[")
        address = block_of(block)
        if steps[-1].address != address:
            steps.append(Step("inside", title_at(address), address, block, len(steps)))
        if label:
            steps.append(Step("round", label.rstrip("]"), address, piece, len(steps)))
    steps.append(Step("block", title_at(block_of(last)), block_of(last), last, len(steps)))
    return steps


def _pieces(task: str) -> list[str]:
    """Everything that leads to a task: of `a/b[3]/c` that is `a`, `a/b[3]`, and it itself."""
    found, depth = list[str](), 0
    for at, letter in enumerate(task):
        depth += (letter == "[") - (letter == "]")
        if letter == "/" and not depth:
            found.append(task[:at])
    return [*found, task]


def rounds_of(
    run: LiveRun, loop: str, within: str = "", only_failed: bool = False
) -> list[RoundLine]:
    """The rounds of a loop that are known, those inside the task `within` (`outer[2]/each`)."""
    scopes = run.scopes.get(loop, {})
    here = [(s, r) for s, r in scopes.items() if not within or s.startswith(f"{within}[")]
    view = run.block(loop)
    dropped = 0 if "[" in within else max(0, (view.rounds if view else 0) - len(scopes))
    lines = [
        RoundLine(scope, dropped + i, _said(round), _state(round, run))
        for i, (scope, round) in enumerate(here, 1)
    ]
    return [line for line in lines if line.state == "failed"] if only_failed else lines


def _state(round: Round, run: LiveRun) -> RoundState:
    if round.failure is not None:
        return "failed"
    if round.is_over:
        return "done"
    return "running" if run.goes_on else "stopped"


def _said(round: Round) -> str:
    """What a round was given, or why it failed."""
    if round.failure is not None:
        return round.failure.message
    given = {name: value for name, value in round.inputs.items() if name != "index"}
    if len(given) == 1:
        return one_line(next(iter(given.values())), 80)
    return one_line(given, 80) if given else ""


def took(began: float | None, ended: float | None) -> str:
    """How long something took, "" when that isn't known."""
    return duration(ended - began) if began is not None and ended is not None else ""
