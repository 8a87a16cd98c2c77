"""A context as small as pure blocks need it: the real sandbox, and a clock that stands still."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NoReturn

import pytest

from agents.code.sandbox import Sandbox

NOON = 1777809600.0
"""3 May 2026, 12:00 UTC."""


class PureContext:
    """Expressions are worked out in the sandbox that runs use; nothing else is there."""

    run, task, attempt, key, started = "run", "block", 1, "run:block", NOON

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> float:
        return NOON

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return await self._sandbox.evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        return await self._sandbox.each(expression, items, name=name, names=names)

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"a pure block asked for {name!r}")


@pytest.fixture
async def context() -> AsyncIterator[PureContext]:
    sandbox = Sandbox()
    yield PureContext(sandbox)
    await sandbox.close()
