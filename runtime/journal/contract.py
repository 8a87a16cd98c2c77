"""What a journal does, whatever it is kept in.

JournalError                the journal can't do what was asked; says why and the cure
├── JournalFull             no room left
├── JournalGone             the database doesn't answer
├── Unrecordable            a value in an event can't be kept; `task` and `seq` say which
├── Conflict                other events stand where these should go; `run` says in which run
└── UnknownRun              no run of that id
"""

from collections.abc import Awaitable, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from graph.errors import HeddleError
from runtime.events import AnyEvent

Durability = Literal["normal", "full"]
"""What durable events survive: the death of the process, or also that of the machine."""

RunState = Literal["running", "paused", "succeeded", "failed", "cancelled"]
TaskState = Literal["running", "finished", "reused", "skipped", "failed", "doubted", "cancelled"]


SEARCHED_RUNS, SEARCHED_BYTES = 200, 16 * 2**20
"""The most runs and the bytes of their events that one step of a search looks through."""

FIRST_LEASE = 30.0
"""Seconds for which a run belongs to the owner that started it, before it renews its leases."""


class JournalError(HeddleError):
    """The journal can't do what was asked."""


class JournalFull(JournalError):
    """No room left to write."""


class JournalGone(JournalError):
    """The database doesn't answer."""


class Unrecordable(JournalError):
    """A value in an event can't be kept: that event's `run` and `seq`.

    `task` is the address of the task that gave it.
    """

    def __init__(self, message: str, *, run: str, seq: int, task: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.run = run
        self.seq = seq
        self.task = task


class Conflict(JournalError):
    """The run has other events at that place: somebody else has taken it over."""

    def __init__(self, message: str, *, run: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.run = run


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
    origin: str = ""
    """What a run was brought here in that was done elsewhere; "" for one of this place."""


class TaskRow(msgspec.Struct, frozen=True):
    """What became of one task.

    `block` is the task without its rounds: `each/post` of `each[3]/post`.
    Times are seconds since the epoch, `took` is in seconds; of a task that failed, `error` is
    the type of the failure and `message` what it said.
    """

    run: str
    task: str
    block: str
    state: TaskState
    attempts: int = 1
    started: float = 0.0
    ended: float | None = None
    took: float = 0.0
    error: str = ""
    message: str = ""


class BlockRow(msgspec.Struct, frozen=True):
    """How a block did over many runs: how many of its tasks failed or needed a second attempt.

    `mean` and `longest` are in seconds, over the tasks that finished or failed.
    """

    flow: str
    block: str
    runs: int
    tasks: int
    failed: int
    retried: int
    mean: float
    longest: float


class Chosen(NamedTuple):
    """Which runs are meant: of a flow (hash or name), in a state, started since a time."""

    flow: str = ""
    state: str = ""
    since: float | None = None


class Spot(NamedTuple):
    """Where a search stands: the run that was looked through last, by when it started."""

    started: float
    run: str


class Hit(msgspec.Struct, frozen=True):
    """A run in which something was found: where first (`parse.value`), and the text around it."""

    row: RunRow
    place: str
    excerpt: str


class Found(msgspec.Struct, frozen=True):
    """What one step of a search found in `looked` runs; `next` is None once all were seen."""

    hits: list[Hit]
    looked: int
    next: Spot | None = None


class FlowRow(msgspec.Struct, frozen=True):
    """A stored flow."""

    flow: str
    name: str
    text: str
    stored: float


class Pruned(msgspec.Struct, frozen=True):
    """What a pruning took away, in bytes of events and blobs."""

    runs: int
    bytes: int


class Size(msgspec.Struct, frozen=True):
    """How much is kept: `bytes` of events and blobs, `disk` what the tables take up with them."""

    runs: int
    bytes: int
    disk: int


class Journal(Protocol):
    """Events appended in order, read back in order; runs, flows and large values beside them.

    `append` is on the engine's hot path and alone may finish on the spot: it returns None when
    the events are durable already, or something to await. Appends are not overlapped: the
    engine waits for one before it makes the next. The events of one call become durable
    together, or none does. Events of several runs may be mixed; each run's come in order of
    `seq`. The list of runs follows from the events appended.

    Values come back as they were: None, booleans, 64-bit integers, numbers, text, bytes, dates,
    datetimes, lists and records of these; a tuple comes back as a list. Of two that append to
    one run at once, the second gets a Conflict; appending the same events again changes nothing.
    """

    async def open(self) -> None:
        """Get ready, bringing the tables up to date. Raises JournalError."""
        ...

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        ...

    def append(self, events: Sequence[AnyEvent]) -> Awaitable[None] | None:
        """Record events. It or the awaited raises JournalFull, JournalGone, Unrecordable, Conflict.

        When the journal went away midway, whether the events were recorded is not known.
        """
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
        since: float | None = None,
    ) -> list[RunRow]:
        """Runs, newest first, optionally of one flow (its hash or name) or in one state.

        `before` and `since` bound when they started, the first without that moment.
        """
        ...

    async def find(
        self,
        text: str,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        since: float | None = None,
        after: Spot | None = None,
    ) -> Found:
        """Look for a text in the values of the next runs, newest first, and in their failures.

        One step of a search: it looks through so many runs that others hardly wait, and says
        where the next step begins.
        """
        ...

    async def run(self, run: str) -> RunRow:
        """One run, by its id or an unambiguous beginning of it. Raises UnknownRun."""
        ...

    async def tasks(self, run: str) -> list[TaskRow]:
        """What became of the tasks of a run, in the order they came up. Raises UnknownRun."""
        ...

    async def blocks(self, *, flow: str = "", limit: int = 100) -> list[BlockRow]:
        """How blocks did over all ended runs (of a flow, by hash or name), slowest in sum first."""
        ...

    async def keep_flow(self, flow: str, name: str, text: str) -> None:
        """Store a flow under its content hash; storing it again changes nothing."""
        ...

    async def flow(self, flow: str) -> FlowRow | None:
        """A stored flow by its content hash."""
        ...

    async def flows(
        self,
        *,
        name: str = "",
        limit: int = 100,
        before: float | None = None,
        among: Sequence[str] = (),
    ) -> list[FlowRow]:
        """Stored flows, the newest first, optionally of one name; stored before some moment.

        `among` are hashes of which they are, any when there are none.
        """
        ...

    async def claim(
        self, run: str, owner: str, seconds: float, *, gone: Sequence[str] = ()
    ) -> bool:
        """Become the owner of a run for that long. Raises UnknownRun.

        False while another's lease lasts, and for a run that has ended. Owners in `gone` are
        known to be dead: their leases count as run out. The owner that a RunStarted names has
        the run for FIRST_LEASE seconds without asking.
        """
        ...

    async def renew(self, owner: str, seconds: float) -> None:
        """Prolong all leases of an owner."""
        ...

    async def release(self, run: str, owner: str) -> None:
        """Give a run up, so that another may claim it at once."""
        ...

    async def prune(self, *, before: float | None = None, keep_bytes: int | None = None) -> Pruned:
        """Forget ended runs started before a time, then the oldest ended beyond a size.

        Blobs that no run needs any more go too.
        """
        ...

    async def size(self) -> Size:
        """How much is kept."""
        ...
