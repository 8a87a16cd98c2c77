"""What a block gets when it asks for a `Context`: its run, its surroundings, people and bodies."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

import msgspec

from graph.compile.signature import signature_of
from graph.connections import Connection
from graph.context import Allowance, Answered, Asked, Outputs, Signature
from graph.errors import BlockError
from graph.flow import Bound
from graph.values import did_you_mean
from runtime.clock import Clock
from runtime.engine.asking import Asking
from runtime.engine.live import Live
from runtime.engine.said import Said
from runtime.engine.scopes import Scopes
from runtime.engine.state import Scope
from runtime.engine.surroundings import Limits

T = TypeVar("T")

EVERY = 0.02
"""Seconds between two announcements of a stream's items."""


class Shell(Protocol):
    """What a task asks of the runner that has it done."""

    asking: Asking
    clock: Clock
    limits: Limits
    said: Said
    scopes: Scopes


class TaskContext:
    """The `Context` of one attempt at one task."""

    def __init__(self, shell: Shell, live: Live, scope: Scope, i: int, attempt: int) -> None:
        self._shell = shell
        self._live = live
        self._scope = scope
        self._i = i
        self.run = scope.run.id
        self.task = scope.prefix + scope.plan.ids[i]
        self.attempt = attempt
        self.key = f"{self.run}:{self.task}"
        self.started = scope.run.attempts.get(self.task, (1, self.now()))[1]
        self._asked = 0
        self.interrupted = self.task in scope.run.interrupted
        self._unshown: list[Any] = []
        self._shown_at = 0.0

    def now(self) -> float:
        return self._shell.clock.now()

    async def sleep(self, seconds: float) -> None:
        await self._shell.clock.sleep(seconds)

    async def turn(self, name: str, *, every: float) -> None:
        await self._live.turn(name, every, self._shell.clock)

    async def agent(self, kind: type[T]) -> T:
        return await self._live.surroundings.agent(kind, self._live.grants)

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return await self._live.surroundings.evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        return await self._live.surroundings.evaluate_each(
            expression, items, name=name, names=names
        )

    async def scope(
        self, body: str, label: str, inputs: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Outputs:
        return await self._shell.scopes.round(self._scope, self._i, body, label, inputs, shared)

    async def scopes(
        self,
        body: str,
        inputs: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        *,
        parallel: int,
    ) -> list[Outputs]:
        results: list[Outputs] = [{}] * len(inputs)
        self.progress(0, len(inputs))
        numbers = iter(range(len(inputs)))

        async def lane() -> None:
            for n in numbers:
                results[n] = await self.scope(body, str(n), inputs[n], shared)

        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(min(parallel, len(inputs))):
                    lanes.create_task(lane())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return results

    def flow(self, body: str) -> Signature:
        bodies = self._scope.plan.bodies.get(self._i, {})
        if body not in bodies:
            raise BlockError(
                f"This block runs no flow {body!r}.", cure=did_you_mean(body, list(bodies))
            )
        return signature_of(body, bodies[body])

    def stop(self, reason: str) -> None:
        self._live.stopping = reason

    @property
    def address(self) -> str:
        return self._live.surroundings.address

    def granted(self) -> Mapping[str, Any]:
        given: dict[str, Any] = msgspec.to_builtins(self._live.grants)
        return given

    def secret(self, name: str) -> str:
        return self._live.reveal(name)

    def cleaned(self, value: Any) -> Any:
        return self._live.cleaned(value)

    def connection(self, name: str) -> Connection:
        return self._live.connect(name)

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return self._live.surroundings.connections(*kinds)

    def stream(self, items: Sequence[Any]) -> None:
        self._unshown.extend(items)
        wait = self._shown_at + EVERY - self.now()
        if wait <= 0:
            self._show()
        elif len(self._unshown) == len(items):  # or a timer is set already
            self._shell.clock.later(wait, self._show)

    def _show(self) -> None:
        """Tell whoever watches of the items so far; of none once the task is over."""
        items, self._unshown = self._unshown, []
        self._shown_at = self.now()
        if items and self._i in self._live.under_way.get(self._scope, ()):
            self._shell.said.streamed(self._live, self.task, items)

    async def ask(self, question: Asked) -> Answered:
        self._asked += 1
        label = question.label or str(self._asked)
        return await self._shell.asking.ask(self._live, self._scope, self._i, label, question)

    def progress(self, done: float, total: float, note: str = "") -> None:
        self._shell.said.progressed(self._live, self.task, done, total, note)

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None:
        self._shell.said.spent(self._live, self.task, tokens, cost, model)

    def allowance(self) -> Allowance:
        return self._live.purse.left(self.now(), self._used())

    def set_aside(
        self, tokens: int, cost: float
    ) -> AbstractAsyncContextManager[Callable[[], Allowance]]:
        return self._live.purse.set_aside(self.now, self._used, Bound(tokens, cost))

    def _used(self) -> Bound:
        """What the run has used up so far."""
        return Bound(self._scope.run.tokens, self._scope.run.cost)

    def trace(self, kind: str, detail: Mapping[str, Any]) -> None:
        self._shell.said.traced(self._live, self.task, kind, detail)
