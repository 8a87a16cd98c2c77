"""What is known of a running service."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

BEAT = 0.5
"""Seconds between two signs of life."""
LATE = 1.5
"""Seconds without one after which a service doesn't count as well."""
GONE = 10.0
"""Seconds without one after which a service counts as gone, wherever it was."""


class Process(msgspec.Struct, frozen=True, omit_defaults=True):
    """A process that serves: `services` are the addresses by name, `started` since the epoch.

    `detail` says what is wrong with it, "" for nothing.
    """

    owner: str
    version: str
    started: float
    services: Mapping[str, str]
    detail: str = ""


class Seen(NamedTuple):
    """A process, and how many seconds ago it gave a sign of life."""

    process: Process
    ago: float


class Entry(msgspec.Struct, frozen=True):
    """A running service.

    `health` is late when it gave no sign of life for a while; `beat` is how many seconds ago the
    last one was. `owner` drives the runs that were started there.
    """

    service: str
    address: str
    health: Literal["ok", "degraded", "late"]
    detail: str
    version: str
    host: str
    pid: int
    owner: str
    started: float
    beat: float


class Board(Protocol):
    """Where processes note that they are there. All may raise AgentError or OSError."""

    async def note(self, process: Process) -> None:
        """Note a process, or give a sign of its life."""
        ...

    async def seen(self) -> Sequence[Seen]:
        """All processes that are noted; those that are gone are forgotten here."""
        ...

    async def leave(self, owner: str) -> None:
        """Forget a process."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


def entries_of(seen: Seen) -> list[Entry]:
    """The services of a process."""
    process, ago = seen
    host, pid, *_ = [*process.owner.split(":"), ""]
    health: Literal["ok", "degraded", "late"] = "degraded" if process.detail else "ok"
    detail = process.detail
    if ago > LATE:
        health, detail = "late", "It gave no sign of life for a while."
    return [
        Entry(name, address, health, detail, process.version, host, int(pid or 0), process.owner,
              process.started, round(max(0.0, ago), 3))
        for name, address in process.services.items()
    ]  # fmt: skip
