"""What every agent offers, what it was granted, and what it is given to work with."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

import msgspec

T = TypeVar("T")


class Grants(msgspec.Struct, frozen=True, kw_only=True):
    """What a flow may touch. Paths are absolute; "*" among the hosts or databases means any.

    `folder` is where relative paths start; `reads` and `writes` are the folders whose content
    may be read or changed (what may be written may be read); `resources` is the folder that
    `heddle:` paths mean, readable by every flow. Link-local and metadata addresses are never
    reachable, whatever `hosts` says.
    """

    folder: str
    resources: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ("*",)
    databases: tuple[str, ...] = ("*",)


class Task(msgspec.Struct, frozen=True):
    """A piece of work for an agent: one of its capabilities, with arguments by name.

    `wants` names what whoever does it must be able to do besides, such as `vision`.
    """

    capability: str
    arguments: Mapping[str, Any] = {}
    wants: frozenset[str] = frozenset()


class Health(msgspec.Struct, frozen=True):
    """How an agent is: `detail` says what is wrong and what cures it."""

    state: Literal["ok", "degraded", "down"]
    detail: str = ""


class Guard(Protocol):
    """What stands around every call to one outside system."""

    async def call(
        self, work: Callable[[], Awaitable[T]], *, within: float | None = None, again: bool = True
    ) -> T:
        """The result of the work, tried again where that may help, unless `again` is False.

        `within` is seconds for each attempt, None for what the guard is set to, 0 for work that
        ends itself in time. Raises what the
        work raised last; Unreachable when it took too long; BreakerOpen, without trying, while
        the system is known to be down.
        """
        ...

    def entered(self) -> AbstractAsyncContextManager[None]:
        """One attempt, without time limit or another try: for streams, which do that themselves.

        What is raised inside counts as the attempt's failure. Raises BreakerOpen.
        """
        ...


class Guards(Protocol):
    """The guards of one runtime, by the system they stand around: `llm:anthropic`."""

    def of(self, name: str) -> Guard:
        """The guard of that name; there is one from the first time it is asked for."""
        ...


class Means(msgspec.Struct, frozen=True):
    """What the house gives an agent to work with, beside what its flow was granted.

    `folder` is where it may keep things of its own, such as answers that cost something.
    """

    guards: Guards
    folder: Path


class Agent(Protocol):
    """A worker. Connected on first use, closed when the runtime stops."""

    kind: ClassVar[str]

    async def connect(self) -> None:
        """Get ready to work. Raises AgentError when that can't be."""
        ...

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        ...

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: from what is known. Deep: by asking the outside."""
        ...
