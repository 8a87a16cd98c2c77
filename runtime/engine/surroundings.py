"""What the engine needs from outside itself, by contract only."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from agents.contract import Grants
from graph.connections import Connection
from graph.spec import BlockSpec

T = TypeVar("T")


class Surroundings(Protocol):
    """Agents, sandbox, secrets and worker processes, however they are put together.

    `address` is that by which people reach what is served here, "" as long as nothing is.
    """

    address: str

    async def agent(self, kind: type[T], grants: Grants) -> T:
        """The connected agent of a type for what a run was granted. Raises BlockError."""
        ...

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        """The value of an expression."""
        ...

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str, names: Mapping[str, Any]
    ) -> list[Any]:
        """The value of an expression for every item."""
        ...

    async def apart(
        self, spec: BlockSpec, arguments: Mapping[str, Any], within: float | None
    ) -> Any:
        """A block's result, worked out in another process in at most that many seconds there."""
        ...

    def secret(self, name: str) -> str:
        """A secret's value. Raises BlockError when there is none of that name."""
        ...

    def connection(self, name: str) -> Connection:
        """A connection with its secrets. Raises BlockError when there is none of that name."""
        ...

    def connections(self, *kinds: str) -> tuple[str, ...]:
        """The names of the connections of these kinds, of any when none is said."""
        ...

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        ...


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on every run. Reaching one ends the task or run with a failure that names it."""

    parallel: int = 1000
    """Tasks of one runtime under way at a time; more wait their turn."""
    events: int = 50_000_000
    """Events of one run."""
    depth: int = 32
    """Scopes inside scopes."""
    seconds: float = 600.0
    """How long a task of an agent may take, unless the block says otherwise."""
    items: int = 1_000_000
    """Items that one stream may give."""
    stream: int = 128_000_000
    """Bytes, more or less, that the items of one stream may take up."""
    wave: int = 4096
    """Events recorded together at the most."""
    linger: float = 0.02
    """Seconds an event may wait to be recorded together with others."""
