"""What an agent thought, said, called and was given, step by step, live and afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from app.presenters.live_run import LiveRun, Round
from app.presenters.tables import one_line
from runtime.events import block_of
from runtime.large import Large

Kind = Literal["thought", "say", "call", "result", "failed", "asked", "refused", "turn"]

AGENT = "ai.agent"
WIDTH = 160
"""Letters of a step that stand on its line."""
UNFIT = "It couldn't be called like this; the model was told why."

TITLES: Mapping[Kind, str] = {
    "thought": "Thinks", "say": "Says", "call": "Calls", "result": "Gives", "failed": "Failed",
    "asked": "Waits for a person", "refused": "Refused", "turn": "Asks the model",
}  # fmt: skip


class AgentStep(NamedTuple):
    """One step: `task` and `scope` lead to it in the run; `value` is all there is of it."""

    kind: Kind
    turn: int
    value: Any
    task: str
    scope: str
    tool: str = ""
    goes_on: bool = False
    """Whether what it began isn't over."""

    @property
    def title(self) -> str:
        name = TITLES[self.kind]
        return f"{name} {self.tool}" if self.kind == "call" else name

    @property
    def is_prose(self) -> bool:
        """Whether it is words to be read, and no data."""
        return self.kind not in ("call", "result")

    @property
    def line(self) -> str:
        told = one_line(self.value, WIDTH)
        return f"{self.title}: {told}" if told else self.title


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
            said = run.streams.text_of(block_of(at)) or ""
            kind: Kind = "say" if said else "turn"
            yield AgentStep(kind, turn, said, at, scope, goes_on=not run.is_over)
        return
    if thought := _text(gave.get("thought")):
        yield AgentStep("thought", turn, thought, at, scope)
    if said := _text(gave.get("said")):
        yield AgentStep("say", turn, said, at, scope)
    for number, call in enumerate(_calls(gave.get("calls")), 1):
        yield from _Call(run, scopes, task, turn, number, call).steps()


class _Call(NamedTuple):
    """One tool that a turn wants used: the `number`th, with what the model said of it."""

    run: LiveRun
    scopes: Mapping[str, Round]
    task: str
    turn: int
    number: int
    said: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.said.get("name", ""))

    @property
    def scope(self) -> str:
        return f"{self.task}[call {self.turn}.{self.number}]"

    def steps(self) -> Iterator[AgentStep]:
        """The call itself, and what came of it."""
        scope, last = self.scope, _last_in(self.run, self.scope)[0]
        came = self._outcome()
        goes_on = scope in self.scopes and came is None and not self.run.is_over
        arguments = self.said.get("arguments")
        yield AgentStep("call", self.turn, arguments, last or scope, scope, self.name, goes_on)
        if came is not None:
            yield came

    def _outcome(self) -> AgentStep | None:
        """What came of it so far, if anything did."""
        if (round := self.scopes.get(self.scope)) is not None:
            return self._done(round)
        asked = f"{self.task}[permission {self.turn}.{self.number}]"
        if asked in self.scopes:
            return self._permitted(asked)
        after = f"{self.task}[turn {self.turn + 1}]"
        if after not in self.scopes:
            return None
        told = _told(self.scopes[after].inputs.get("messages"), str(self.said.get("id", "")))
        return self._step("failed", told or UNFIT, f"{after}/turn", after)

    def _done(self, round: Round) -> AgentStep | None:
        if (failure := round.failure) is not None:
            return self._step("failed", failure.message, failure.task or self.scope, self.scope)
        last, value = _last_in(self.run, self.scope)
        return self._step("result", value, last, self.scope) if round.is_over else None

    def _permitted(self, asked: str) -> AgentStep | None:
        at = f"{asked}/permission"
        answer = self.run.rounds.get(block_of(at), {}).get(at)
        if answer is None:
            told = f"May the agent use {self.name}? See the Inbox."
            return self._step("asked", told, at, asked, goes_on=not self.run.is_over)
        if not answer.get("approved"):
            told = str(answer.get("comment") or "The user doesn't allow this.")
            return self._step("refused", told, at, asked)
        return None

    def _step(
        self, kind: Kind, value: Any, at: str, scope: str, *, goes_on: bool = False
    ) -> AgentStep:
        return AgentStep(kind, self.turn, value, at, scope, self.name, goes_on)


def _told(messages: Any, call: str) -> Any:
    """What a model was told of a call, "" where that isn't at hand."""
    said = messages[-1] if isinstance(messages, list) and messages else None
    parts = said.get("content") if isinstance(said, Mapping) else None
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and part.get("id") == call:
            return _text(part.get("text"))
    return ""


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


def _text(value: Any) -> Any:
    """The value if it is a text, or the beginning of one."""
    is_text = isinstance(value, str) or (isinstance(value, Large) and value.kind == "text")
    return value if is_text else ""


def _calls(value: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(value, Large):
        value = value.head
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
