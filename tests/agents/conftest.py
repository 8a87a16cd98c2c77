"""What an agent's block needs around it, without an engine."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from agents.contract import Grants, Means
from agents.manager.alone import alone
from graph.connections import Connection
from graph.context import Allowance, Outputs

T = TypeVar("T")


def means_in(folder: Path) -> Means:
    """What an agent is given to work with where no manager is."""
    return alone(folder)


class Surroundings:
    """A context whose agents are real ones with the grants given; progress is kept."""

    run = "run-1"
    task = "block"
    attempt = 1
    key = "run-1/block"
    interrupted = False

    def __init__(self, grants: Grants) -> None:
        self.grants = grants
        self.started = time.time()
        self.left = Allowance()
        self.connected: dict[str, Connection] = {}
        self.told: list[tuple[float, float, str]] = []
        self.spent: list[tuple[int, float, str]] = []
        self.traced: list[tuple[str, dict[str, Any]]] = []
        self.streamed: list[Any] = []
        self.means = means_in(Path(grants.folder) / ".agents")
        self._agents: dict[type[Any], Any] = {}

    async def agent(self, kind: type[T]) -> T:
        if kind not in self._agents:
            made: Any = kind(self.grants, self.means)  # type: ignore[call-arg]
            await made.connect()
            self._agents[kind] = made
        return self._agents[kind]  # type: ignore[no-any-return]

    async def close(self) -> None:
        for made in self._agents.values():
            await made.close()

    def granted(self) -> Mapping[str, Any]:
        given: dict[str, Any] = msgspec.to_builtins(self.grants)
        return given

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None:
        self.spent.append((tokens, cost, model))

    def allowance(self) -> Allowance:
        return self.left

    @asynccontextmanager
    async def set_aside(self, tokens: int, cost: float) -> AsyncIterator[Callable[[], Allowance]]:
        yield self.allowance

    def trace(self, kind: str, detail: Mapping[str, Any]) -> None:
        self.traced.append((kind, dict(detail)))

    def progress(self, done: float, total: float, note: str = "") -> None:
        self.told.append((done, total, note))

    def stream(self, items: Sequence[Any]) -> None:
        self.streamed.extend(items)

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def turn(self, name: str, *, every: float) -> None: ...

    def stop(self, reason: str) -> None: ...

    def secret(self, name: str) -> str:
        raise NotImplementedError

    def cleaned(self, value: Any) -> Any:
        return value

    def connection(self, name: str) -> Connection:
        return self.connected[name]

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return tuple(name for name, one in self.connected.items() if one.kind in kinds)

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        raise NotImplementedError

    async def scope(
        self, body: str, label: str, inputs: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Outputs:
        raise NotImplementedError

    async def scopes(
        self,
        body: str,
        inputs: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        *,
        parallel: int,
    ) -> list[Outputs]:
        raise NotImplementedError


class Granting:
    """Makes contexts with one grant or another; closes their agents at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Surroundings] = []

    def __call__(self, **granted: Any) -> Surroundings:
        folder = granted.pop("folder", str(self.folder))
        self.made.append(Surroundings(Grants(folder=folder, **granted)))
        return self.made[-1]


@pytest.fixture
async def granting(tmp_path: Path) -> AsyncIterator[Granting]:
    """`granting(reads=…, hosts=…)` gives a context; relative paths start at `tmp_path`."""
    made = Granting(tmp_path)
    yield made
    for context in made.made:
        await context.close()


@pytest.fixture
def context(granting: Granting, tmp_path: Path) -> Surroundings:
    """A context that may touch `tmp_path` and any host or database."""
    return granting(writes=(str(tmp_path),))
