"""What whoever asks for an agent of a pool gets: each call is done by an instance that is free."""

from collections.abc import Awaitable, Callable
from typing import Any

from agents.contract import Agent, Task
from agents.manager.pool import Pool
from graph.context import Context


class Front:
    """Has the capabilities of its kind as methods, as an agent of that kind has."""

    def __init__(self, kind: type[Agent], pool: Pool) -> None:
        self._kind = kind
        self._pool = pool
        self._names = frozenset(one.name for one in kind.capabilities())

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name not in self._names:
            raise AttributeError(f"An agent of a pool can do {', '.join(self._names)}, not {name}.")

        async def call(*arguments: Any, **given: Any) -> Any:
            async with self._pool.lent(Task(name)) as (agent, _):
                return await getattr(agent, name)(*arguments, **given)

        return call

    async def perform(self, task: Task, context: Context | None = None) -> Any:
        """Have a task done, and its choice of an instance recorded."""
        async with self._pool.lent(task) as (agent, choice):
            if context is not None:
                context.trace("choice", choice.detail())
            return await agent.perform(task, context)
