"""What an agent thought, said, called and was given, step by step, live and afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from app.presenters.live_run import LiveRun, Round
from app.presenters.tables import one_line
from runtime.events import block_of
from runtime.large import Large

Kind = Literal["goal", "thought", "say", "call", "result", "failed", "asked", "refused", "turn"]

AGENT = "ai.agent"
WIDTH = 160
"""Letters of a step that stand on its line."""

TITLES: Mapping[Kind, str] = {
    "goal": "Goal", "thought": "Thinks", "say": "Says", "call": "Calls", "result": "Gives",
    "failed": "Failed", "asked": "Waits for a person", "refused": "Refused", "turn": "Turn",
}  # fmt: skip


class AgentStep(NamedTuple):
    """One step: `task` and `scope` lead to it in the run; `text` is all there is of it."""

    kind: Kind
    turn: int
    text: str
    task: str
    scope: str
    tool: str = ""
    value: Any = None

    @property
    def title(self) -> str:
        name = TITLES[self.kind]
        return f"{name} {self.tool}" if self.kind == "call" else name

    @property
    def line(self) -> str:
        return one_line(self.text, WIDTH)


def agent_steps(run: LiveRun, address: str, task: str = "") -> list[AgentStep]:
    """The steps of an agent's block; of the task `task` of it when the block is in a loop."""
    scopes = run.scopes.get(address, {})
    task = task or next((scope.rpartition("[")[0] for scope in reversed(scopes)), address)
    found = list[AgentStep]()
    turn = 1
    while (scope := f"{task}[turn {turn}]") in scopes:
        found += _of_turn(run, scopes, task, scope, turn)
        turn += 1
    return found


def _of_turn(
    run: LiveRun, scopes: Mapping[str, Round], task: str, scope: str, turn: int
) -> Iterator[AgentStep]:
    at = f"{scope}/turn"
    gave = run.rounds.get(block_of(at), {}).get(at)
    if gave is None:
        failure = scopes[scope].failure
        if failure is not None:
            yield AgentStep("failed", turn, failure.message, at, scope)
        else:
            yield AgentStep("turn", turn, "…", at, scope)
        return
    if thought := _text(gave.get("thought")):
        yield AgentStep("thought", turn, thought, at, scope)
    if said := _text(gave.get("said")):
        yield AgentStep("say", turn, said, at, scope)
    for number, call in enumerate(_calls(gave.get("calls")), 1):
        yield from _of_call(run, scopes, task, turn, number, call)


def _of_call(
    run: LiveRun,
    scopes: Mapping[str, Round],
    task: str,
    turn: int,
    number: int,
    call: Mapping[str, Any],
) -> Iterator[AgentStep]:
    scope = f"{task}[call {turn}.{number}]"
    name, given = str(call.get("name", "")), call.get("arguments")
    last, value = _last_in(run, scope)
    yield AgentStep("call", turn, one_line(given, 2000), last or scope, scope, name, given)
    asked = f"{task}[permission {turn}.{number}]"
    if asked in scopes:
        at = f"{asked}/permission"
        answer = run.rounds.get(block_of(at), {}).get(at)
        if answer is None:
            yield AgentStep("asked", turn, "May it be used?", at, asked, name)
            return
        if not answer.get("approved"):
            comment = str(answer.get("comment") or "The user doesn't allow this.")
            yield AgentStep("refused", turn, comment, at, asked, name)
            return
    round = scopes.get(scope)
    if round is not None and round.failure is not None:
        failure = round.failure
        yield AgentStep("failed", turn, failure.message, failure.task or scope, scope, name)
    elif round is not None and round.is_over:
        yield AgentStep("result", turn, one_line(value, 4000), last, scope, name, value)


def _last_in(run: LiveRun, scope: str) -> tuple[str, Any]:
    """The last task of a round that gave something, and what that was."""
    block = block_of(scope)
    found: tuple[str, Any] = "", None
    for address, tasks in run.rounds.items():
        if not address.startswith(f"{block}/"):
            continue
        for task, outputs in tasks.items():
            if task.startswith(f"{scope}/") and outputs:
                found = task, next(iter(outputs.values()))
    return found


def _text(value: Any) -> str:
    if isinstance(value, Large):
        return one_line(value, 4000)
    return value if isinstance(value, str) else ""


def _calls(value: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(value, Large):
        value = value.head
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
