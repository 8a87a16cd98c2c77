"""What is kept of a run beside its state while it is driven: things that act, and secrets."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from agents.contract import Grants
from graph.context import Outputs
from runtime.clock import Clock
from runtime.engine.evolve import Ready
from runtime.engine.replay import Recording
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Surroundings
from runtime.events import AnyEvent, Failure

HIDDEN = "•••"
"""What stands in events where a secret would."""


class Live(msgspec.Struct, eq=False):
    """A run that is being driven.

    `over` gets its last event; `under_way` holds the asyncio tasks by scope and task, `rounds`
    what loops wait for, `parked` what became ready while paused. `timers` counts retries to
    come, `held` effects that wait for the journal.
    """

    run: Run
    grants: Grants
    surroundings: Surroundings
    over: asyncio.Future[AnyEvent]
    recording: Recording | None = None
    under_way: dict[Scope, dict[int, asyncio.Task[None]]] = {}
    rounds: dict[Scope, asyncio.Future[Outputs]] = {}
    parked: Ready = []
    timers: int = 0
    held: int = 0
    stopping: str | None = None
    """Why a block wants the run to end, once it has finished."""
    told_stalled: bool = False
    _secrets: set[str] = set()
    _turns: dict[str, float] = {}

    def reveal(self, name: str) -> str:
        """A secret's value; from now on it is taken out of all that is recorded."""
        value = self.surroundings.secret(name)
        if value:
            self._secrets.add(value)
        return value

    def revealed(self, value: Any) -> Any:
        """A field's value with its secrets filled in."""
        if isinstance(value, dict):
            if "$secret" in value:
                return self.reveal(value["$secret"])
            return {name: self.revealed(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.revealed(inner) for inner in value]
        return value

    def cleaned(self, value: Any) -> Any:
        """A value without the secrets this run has used."""
        return _without(value, tuple(self._secrets)) if self._secrets else value

    def cleaned_failure(self, failure: Failure) -> Failure:
        """A failure without them."""
        if not self._secrets:
            return failure
        return msgspec.convert(self.cleaned(msgspec.to_builtins(failure)), Failure)

    async def turn(self, name: str, every: float, clock: Clock) -> None:
        """Wait for the next turn of that name."""
        now = clock.now()
        mine = max(now, self._turns.get(name, 0.0))
        self._turns[name] = mine + every
        if mine > now:
            await clock.sleep(mine - now)

    def is_under_way(self) -> bool:
        """Whether any task works that isn't itself waiting for its rounds."""
        return any(
            i not in scope.plan.bodies for scope, tasks in self.under_way.items() for i in tasks
        )


def _without(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, bytes):
        for secret in secrets:
            value = value.replace(secret.encode(), HIDDEN.encode())
        return value
    if isinstance(value, dict):
        return {_without(k, secrets): _without(v, secrets) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(item, secrets) for item in value]
    return value
