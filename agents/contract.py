"""What every agent offers, what it was granted, and what it is given to work with.

An agent is made as `kind(grants, means)`. Who derives from `agents.worker.Worker` has most of
the contract from there.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

import msgspec

from agents.errors import Unavailable
from graph.context import Context
from graph.spec import Effect

T = TypeVar("T")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Notes = Callable[[str, str, Literal["done", "failed"], str], Awaitable[None]]
"""Notes for good what somebody did (a verb), to what, what came of it, and a word on why.

Who did it, and from where, is known of the connection. Never a value, and never a secret.
"""
NOTES = "heddle.notes"
"""Under which a server that keeps an audit trail gives its `Notes` among the extensions of a scope.

What a request changes is noted by the server; what is changed over an open WebSocket a face notes
before it tells that it is done.
"""
Evaluate = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
"""Works out an expression in the sandbox. Raises BlockError."""


class Grants(msgspec.Struct, frozen=True, kw_only=True):
    """What a flow may touch. Paths are absolute; "*" among the hosts or databases means any.

    `folder` is where relative paths start; `reads` and `writes` are the folders whose content
    may be read or changed (what may be written may be read); `resources` is the folder that
    `heddle:` paths mean, readable by every flow. A connection to models leads to the host that
    the person who made it named, unless `confines_connections` says that it, too, must be among
    the `hosts`. Link-local and metadata addresses are never reachable, whatever `hosts` says.
    """

    folder: str
    resources: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ("*",)
    databases: tuple[str, ...] = ("*",)
    confines_connections: bool = False


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


class Capability(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something an agent can do: what it takes and gives, as JSON Schema, and what it changes.

    `takes` describes an object with the arguments of a Task by name.
    """

    name: str
    summary: str
    effect: Effect = "none"
    takes: Mapping[str, Any] = {}
    gives: Mapping[str, Any] = {}


class Figures(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an agent's calls came to since it was made.

    `recent` is how many seconds each of its last calls took, the newest last. `last_failure`
    says what the last one failed with, and may quote what was asked.
    """

    calls: int = 0
    failures: int = 0
    in_flight: int = 0
    recent: tuple[float, ...] = ()
    last_failure: str = ""


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

    async def hedged(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of work that changes nothing and asks the system through this very guard.

        Where the guard is set to hedge, a second attempt begins beside one that takes long; the
        first result counts.
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


class PoolSize(msgspec.Struct, frozen=True, kw_only=True):
    """How many instances there are of an agent that does one thing at a time.

    There are more as soon as tasks wait for longer than `wait` seconds, and fewer once one has
    had nothing to do for `idle` seconds.
    """

    least: int = 0
    most: int = 4
    wait: float = 0.5
    idle: float = 60.0


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """The systems that this house was told of: "" for one that it has to do without."""

    database_url: str = ""
    """Where runs are kept: `postgresql://…`, or a file's address."""
    redis_url: str = ""
    pusher_app_id: str = ""
    pusher_key: str = ""
    pusher_secret: str = ""
    pusher_cluster: str = ""
    pusher_encryption_master_key_base64: str = ""

    def __repr__(self) -> str:  # these addresses hold passwords
        return "Outside(…)"


class FlowShape(msgspec.Struct, frozen=True, kw_only=True):
    """A stored flow as something to be called.

    `takes` and `gives` are the JSON Schemas of records; `writes` says that something in it
    changes the world; `steps` are the blocks of its main level that ask an agent, in order.
    """

    flow: str
    name: str
    description: str
    takes: Mapping[str, Any]
    gives: Mapping[str, Any]
    writes: bool
    steps: tuple[str, ...] = ()


StepState = Literal[
    "waiting", "running", "asking", "done", "skipped", "failed", "undoing", "undone"
]  # fmt: skip
CourseState = Literal[
    "running", "asking", "paused", "left", "cancelling", "succeeded", "failed", "cancelled"
]  # fmt: skip


class FlowStep(msgspec.Struct, frozen=True, kw_only=True):
    """A block of a run's main level that asks an agent, checks a value, or is a sub-flow.

    "undone" is one that was done, and then undone as another failed or the run was cancelled.
    Times are seconds since the epoch; `note` is what it says of itself, or why it failed.
    """

    step: str
    title: str
    state: StepState
    began: float | None = None
    ended: float | None = None
    note: str = ""


class FlowCourse(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is; "left" is one that nobody drives, "cancelling" one that is cancelled
    and undone first. Times are seconds since the epoch.

    `undone` says that all was undone that was to be.
    """

    run: str
    state: CourseState
    began: float
    ended: float | None
    steps: tuple[FlowStep, ...]
    outputs: Mapping[str, Any]
    failure: str = ""
    cure: str = ""
    undone: bool = False


class Flows(Protocol):
    """The flows of the house, run for an agent; each is named by its hash or its name.

    A name means what was stored under it last.
    """

    async def store(self, text: str, name: str = "") -> str:
        """Keep a flow, given as the text of its file; gives its hash. Raises FlowInvalid."""
        ...

    async def shape(self, flow: str) -> FlowShape:
        """What a flow takes and gives. Raises HeddleError when none is stored."""
        ...

    async def text(self, flow: str) -> str:
        """The text of a flow's file. Raises HeddleError when none is stored."""
        ...

    async def begin(
        self,
        flow: str,
        inputs: Mapping[str, Any],
        *,
        run: str = "",
        within: Mapping[str, Any] | None = None,
        also: Mapping[str, Any] | None = None,
    ) -> str:
        """Start a run and give its id; one that was started under that id is left as it is.

        It may touch what this house grants; `within`, what another run may touch on whose behalf
        it is started, narrows that, and `also` the same of a second. Raises HeddleError for
        inputs that the flow doesn't take.
        """
        ...

    async def result(self, run: str) -> Mapping[str, Any]:
        """Wait for what a run gives, however long that takes. Raises FlowFailed."""
        ...

    async def course(self, run: str) -> FlowCourse | None:
        """How far a run is, step by step; None for one that isn't recorded."""
        ...

    async def go_on(self, run: str) -> bool:
        """Go on with a run that nobody drives; says whether it is driven here now."""
        ...

    async def cancel(self, run: str, reason: str, *, force: bool = False) -> None:
        """End a run if it is still under way, once it is undone; with `force` at once."""
        ...


class NoFlows:
    """Where agents are made by hand, there is no house with flows."""

    async def store(self, *_: Any, **__: Any) -> str:
        raise _houseless()

    async def shape(self, *_: Any) -> FlowShape:
        raise _houseless()

    async def text(self, *_: Any) -> str:
        raise _houseless()

    async def begin(self, *_: Any, **__: Any) -> str:
        raise _houseless()

    async def result(self, *_: Any) -> Mapping[str, Any]:
        raise _houseless()

    async def course(self, *_: Any) -> FlowCourse | None:
        raise _houseless()

    async def go_on(self, *_: Any) -> bool:
        raise _houseless()

    async def cancel(self, *_: Any, **__: Any) -> None:
        raise _houseless()


def _houseless() -> Unavailable:
    return Unavailable("No flows are at hand: this agent belongs to no runtime.")


async def nothing_evaluated(expression: str, _: Mapping[str, Any]) -> Any:
    """Where agents are made by hand, there is no sandbox either."""
    raise Unavailable(f"{expression!r} can't be worked out: this agent belongs to no runtime.")


def unheard(health: Health) -> None:
    """Where agents are made by hand, nobody hears how they are."""


class Means(msgspec.Struct, frozen=True):
    """What the house gives an agent to work with, beside what its flow was granted.

    `folder` is where it may keep things of its own, such as answers that cost something; it
    makes that itself. `report` is called, on the loop, when it notices that its health has
    changed; nobody needs to ask it then. `model` is the one to ask where none is named.
    `evaluate` works out expressions. `resources` is the folder of what comes with the house.
    `durability` says what is to be survived by what is acknowledged: the death of the process, or
    with "full" that of the machine.
    """

    guards: Guards
    folder: Path
    report: Callable[[Health], None] = unheard
    model: str = ""
    outside: Outside = Outside()
    flows: Flows = NoFlows()
    evaluate: Evaluate = nothing_evaluated
    resources: str = ""
    durability: Literal["normal", "full"] = "normal"


class Agent(Protocol):
    """A worker. Connected on first use, closed when the runtime stops.

    A kind whose agents do one thing at a time says so by a `pool: ClassVar[PoolSize]`.
    """

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

    @classmethod
    def capabilities(cls) -> tuple[Capability, ...]:
        """What it can do, whoever it is."""
        ...

    async def perform(self, task: Task, context: Context | None = None) -> Any:
        """Do a task of one of its capabilities. Raises Rejected for others, BadInput, AgentError.

        Who knows the kind calls its methods instead, which are typed.
        """
        ...

    def figures(self) -> Figures:
        """What its calls came to."""
        ...


class Face(Protocol):
    """An agent that others reach over HTTP and WebSocket, as well as through flows.

    Where it isn't said to be open, whoever comes this far has shown the server's token.
    """

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application for `http` and `websocket`; paths are whole."""
        ...
