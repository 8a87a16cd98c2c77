"""What is kept of a run beside its state while it is driven: things that act, and secrets."""

import asyncio
from typing import Any

import msgspec

from agents.contract import Grants
from graph.connections import Connection
from graph.context import Answered, Outputs
from graph.flow import ANYTHING
from runtime.budgets import Purse
from runtime.clock import Clock
from runtime.engine.debug import Debug
from runtime.engine.evolve import Ready
from runtime.engine.hidden import Hidden
from runtime.engine.replay import Recording
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Surroundings
from runtime.events import AnyEvent, Failure


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
    debug: Debug | None = None
    """Set while somebody debugs the run."""
    under_way: dict[Scope, dict[int, asyncio.Task[None]]] = {}
    rounds: dict[Scope, asyncio.Future[Outputs]] = {}
    questions: dict[tuple[str, str], asyncio.Future[Answered]] = {}
    """What tasks wait for that asked people, by task and label."""
    parked: Ready = []
    timers: int = 0
    held: int = 0
    stopping: str | None = None
    """Why a block wants the run to end, once it has finished."""
    purse: Purse = msgspec.field(default_factory=lambda: Purse(ANYTHING))
    overspent: Failure | None = None
    """Why the run has to end, as soon as what has just been paid for is recorded."""
    told_stalled: bool = False
    hidden: Hidden = msgspec.field(default_factory=Hidden)
    _turns: dict[str, float] = {}

    def reveal(self, name: str) -> str:
        """A secret's value; from now on it is taken out of all that is recorded."""
        value = self.surroundings.secret(name)
        self.hidden.add(value)
        return value

    def connect(self, name: str) -> Connection:
        """A connection; from now on its secrets are taken out of all that is recorded."""
        found = self.surroundings.connection(name)
        for value in found.secrets:
            self.hidden.add(value)
        return found

    def revealed(self, value: Any) -> Any:
        """A field's value with its secrets and connections filled in."""
        if isinstance(value, dict):
            if "$secret" in value:
                return self.reveal(value["$secret"])
            if "$connection" in value:
                return self.connect(value["$connection"])
            return {name: self.revealed(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.revealed(inner) for inner in value]
        return value

    def cleaned(self, value: Any) -> Any:
        """A value without the secrets this run has used."""
        return self.hidden.taken_out_of(value)

    async def turn(self, name: str, every: float, clock: Clock) -> None:
        """Wait for the next turn of that name."""
        now = clock.now()
        mine = max(now, self._turns.get(name, 0.0))
        self._turns[name] = mine + every
        if mine > now:
            await clock.sleep(mine - now)

    def is_under_way(self) -> bool:
        """Whether any task works that waits neither for its rounds nor for a person."""
        waiting = {task for task, _ in self.questions}
        return any(
            i not in scope.plan.bodies and scope.prefix + scope.plan.ids[i] not in waiting
            for scope, tasks in self.under_way.items()
            for i in tasks
        )
