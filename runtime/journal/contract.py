"""What a journal does, whatever it is kept in.

JournalError                the journal can't do what was asked; says why and the cure
├── JournalFull             no room left
├── JournalGone             the database doesn't answer
├── Unrecordable            a value in an event can't be kept; `task` says whose
└── UnknownRun              no run of that id
"""

from collections.abc import Awaitable, Sequence
from typing import Literal, Protocol

import msgspec

from graph.errors import HeddleError
from runtime.events import AnyEvent

RunState = Literal["running", "paused", "succeeded", "failed", "cancelled"]


class JournalError(HeddleError):
    """The journal can't do what was asked."""


class JournalFull(JournalError):
    """No room left to write."""


class JournalGone(JournalError):
    """The database doesn't answer."""


class Unrecordable(JournalError):
    """A value in an event can't be kept; `task` is the address of the task that gave it."""

    def __init__(self, message: str, *, run: str, task: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.run = run
        self.task = task


class UnknownRun(JournalError):
    """No run of that id."""


class RunRow(msgspec.Struct, frozen=True):
    """A run in a list. Times are seconds since the epoch; `ended` None while it isn't."""

    run: str
    flow: str
    name: str
    state: RunState
    started: float
    ended: float | None = None
    replays: str = ""
    owner: str = ""
    lease_until: float = 0.0
    events: int = 0
    summary: str = ""
    """The failure's message of a failed run, the reason of a cancelled one."""


class FlowRow(msgspec.Struct, frozen=True):
    """A stored flow."""

    flow: str
    name: str
    text: str
    stored: float


class Pruned(msgspec.Struct, frozen=True):
    """What a pruning took away."""

    runs: int
    bytes: int


class Journal(Protocol):
    """Events appended in order, read back in order; runs, flows and large values beside them.

    `append` is on the engine's hot path and alone may finish on the spot: it returns None when
    the events are durable already, or something to await. Appends are not overlapped: the
    engine waits for one before it makes the next. The events of one call become durable
    together, or none does. Events of several runs may be mixed; each run's come in order of
    `seq`. The list of runs follows from the events appended.
    """

    async def open(self) -> None:
        """Get ready, bringing the tables up to date. Raises JournalError."""
        ...

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        ...

    def append(self, events: Sequence[AnyEvent]) -> Awaitable[None] | None:
        """Record events. Raises JournalFull, JournalGone or Unrecordable, or the awaited does."""
        ...

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        """The events of a run with a `seq` above `after`. Raises UnknownRun."""
        ...

    async def runs(
        self,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        limit: int = 100,
        before: float | None = None,
    ) -> list[RunRow]:
        """Runs, newest first, optionally of one flow (its hash or name) or in one state."""
        ...

    async def run(self, run: str) -> RunRow:
        """One run, by its id or an unambiguous beginning of it. Raises UnknownRun."""
        ...

    async def keep_flow(self, flow: str, name: str, text: str) -> None:
        """Store a flow under its content hash; storing it again changes nothing."""
        ...

    async def flow(self, flow: str) -> FlowRow | None:
        """A stored flow by its content hash."""
        ...

    async def claim(
        self, run: str, owner: str, seconds: float, *, gone: Sequence[str] = ()
    ) -> bool:  # noqa: E501
        """Become the owner of a run for that long; False while another's lease lasts.

        Owners in `gone` are known to be dead: their leases count as run out.
        """
        ...

    async def renew(self, owner: str, seconds: float) -> None:
        """Prolong all leases of an owner."""
        ...

    async def release(self, run: str, owner: str) -> None:
        """Give a run up, so that another may claim it at once."""
        ...

    async def prune(self, *, before: float | None = None, keep_bytes: int | None = None) -> Pruned:
        """Forget ended runs started before a time, then the oldest ended beyond a size."""
        ...
