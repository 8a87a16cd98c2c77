"""What every agent offers, and what it was granted."""

from typing import ClassVar, Literal, Protocol

import msgspec


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


class Health(msgspec.Struct, frozen=True):
    """How an agent is: `detail` says what is wrong and what cures it."""

    state: Literal["ok", "degraded", "down"]
    detail: str = ""


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
