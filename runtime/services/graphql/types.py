"""What can be asked for: flows with their runs, runs with what became of them, agents; by pages."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.scalars import JSON

from agents.manager.status import AgentStatus
from graph.errors import HeddleError
from runtime.events import AnyEvent
from runtime.journal.contract import FlowRow, RunRow, RunState, TaskRow
from runtime.runtime import Runtime
from runtime.services.graphql.limits import FIRST, MOST
from runtime.services.paging import after as moment
from runtime.services.paging import cursor_of
from runtime.wire import as_json, begun

T = TypeVar("T")

First = Annotated[int, strawberry.argument(description=f"The most there are, at most {MOST}.")]
After = Annotated[str, strawberry.argument(description="The cursor of the last one known.")]

STATES = RunState.__args__  # type: ignore[attr-defined]


class BadArgument(HeddleError):
    """What was asked with can't be."""


class Surroundings(msgspec.Struct, frozen=True):
    """What a question is answered from; flows that several runs name are looked up at once."""

    runtime: Runtime
    flows: "DataLoader[str, FlowRow | None]"


Info = strawberry.Info[Surroundings, None]


@strawberry.type
class PageInfo:
    """Where a page ends; `endCursor` is the `after` of the next one."""

    has_next_page: bool
    end_cursor: str


@strawberry.type
class Edge(Generic[T]):
    """An item, and the cursor after it."""

    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    """A page of items."""

    edges: list[Edge[T]]
    page_info: PageInfo

    @strawberry.field
    def nodes(self) -> list[T]:
        """The items alone."""
        return [edge.node for edge in self.edges]


@strawberry.type
class Flow:
    """A version of a flow: its file's text, and when it was stored (seconds since the epoch)."""

    hash: strawberry.ID
    name: str
    stored: float
    text: str

    @strawberry.field
    async def runs(
        self, info: Info, state: str = "", first: First = FIRST, after: After = ""
    ) -> Connection["Run"]:
        """The runs of this version, all or those in one state."""
        return await runs_of(info, str(self.hash), state, first, after)

    @classmethod
    def of(cls, row: FlowRow) -> "Flow":
        return cls(hash=strawberry.ID(row.flow), name=row.name, stored=row.stored, text=row.text)


@strawberry.type
class Task:
    """What became of a task of a run."""

    task: str
    block: str
    state: str
    attempts: int
    started: float
    took: float
    error: str
    message: str

    @classmethod
    def of(cls, row: TaskRow) -> "Task":
        return cls(
            task=row.task, block=row.block, state=row.state, attempts=row.attempts,
            started=row.started, took=row.took, error=row.error, message=row.message,
        )  # fmt: skip


@strawberry.type
class Run:
    """A run. Times are seconds since the epoch, `ended` null while it isn't."""

    id: strawberry.ID
    name: str
    state: str
    started: float
    ended: float | None
    replays: str
    owner: str
    events: int
    summary: str
    flow_hash: strawberry.ID

    @strawberry.field
    async def flow(self, info: Info) -> Flow | None:
        """The version of the flow that it runs."""
        row = await info.context.flows.load(str(self.flow_hash))
        return Flow.of(row) if row else None

    @strawberry.field
    async def tasks(self, info: Info) -> list[Task]:
        """What became of its tasks."""
        return await tasks_of(info, str(self.id))

    @strawberry.field
    async def happened(self, info: Info, first: First = FIRST, after: int = 0) -> list["Happened"]:
        """What happened in it after the event `after`, in order."""
        return await happened(info, str(self.id), first, after)

    @classmethod
    def of(cls, row: RunRow) -> "Run":
        return cls(
            id=strawberry.ID(row.run), name=row.name, state=row.state, started=row.started,
            ended=row.ended, replays=row.replays, owner=row.owner, events=row.events,
            summary=row.summary, flow_hash=strawberry.ID(row.flow),
        )  # fmt: skip


@strawberry.type
class Agent:
    """An agent of the process that answers, and how it is."""

    name: str
    title: str
    state: str
    detail: str
    calls: int
    failures: int
    in_flight: int
    p50: float | None
    p95: float | None
    capabilities: list[str]

    @classmethod
    def of(cls, status: AgentStatus) -> "Agent":
        return cls(
            name=status.agent, title=status.title, state=status.state, detail=status.detail,
            calls=status.calls, failures=status.failures, in_flight=status.in_flight,
            p50=status.p50, p95=status.p95,
            capabilities=[capability.name for capability in status.capabilities],
        )  # fmt: skip


@strawberry.type
class Happened:
    """Something that happened in a run: all of it stands in `data`."""

    event: str
    seq: int
    at: float
    data: JSON

    @classmethod
    def of(cls, event: AnyEvent) -> "Happened":
        data = msgspec.json.decode(as_json(begun(event)))
        return cls(event=data["event"], seq=event.seq, at=event.at, data=data)


def page(
    rows: Sequence[Any], first: int, make: Callable[[Any], T], cursor: Callable[[Any], str]
) -> Connection[T]:
    """A page of at most `first` of the rows, of which one more may have been read."""
    shown = rows[:first]
    edges = [Edge(cursor=cursor(row), node=make(row)) for row in shown]
    last = edges[-1].cursor if edges else ""
    return Connection(
        edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=last)
    )


async def runs_of(info: Info, flow: str, state: str, first: int, after: str) -> Connection[Run]:
    """A page of runs, all or those of a flow (hash or name), in one state."""
    most = most_of(first)
    if state and state not in STATES:
        raise BadArgument(f"No run is {state!r}.", cure=f"They are {', '.join(STATES)}.")
    rows = await info.context.runtime.journal.runs(
        flow=flow,
        state=state,  # type: ignore[arg-type]
        limit=most + 1,
        before=moment(after),
    )
    return page(rows, most, Run.of, lambda row: cursor_of(row.started))


async def tasks_of(info: Info, run: str) -> list[Task]:
    """What became of the tasks of a run."""
    return [Task.of(row) for row in await info.context.runtime.journal.tasks(run)]


async def happened(info: Info, run: str, first: int, after: int) -> list[Happened]:
    """What happened in a run after an event."""
    most = most_of(first)
    if after < 0:
        raise BadArgument("`after` is the seq of an event, so not below 0.")
    events = await info.context.runtime.journal.read(run, after)
    return [Happened.of(event) for event in events[:most]]


def most_of(first: int) -> int:
    """How many items a page has at most."""
    if not 1 <= first <= MOST:
        raise BadArgument(f"`first` is from 1 to {MOST}, not {first}.")
    return first


def text_of(given: str) -> str:
    """A name or id as it was given."""
    if "\0" in given or len(given) > 200:
        raise BadArgument("A name has at most 200 characters, and no zero among them.")
    return given


def flows_at_once(
    runtime: Runtime,
) -> Callable[[list[str]], Awaitable[list[FlowRow | None]]]:
    """Looks up many flows by their hashes in one go."""

    async def look_up(hashes: list[str]) -> list[FlowRow | None]:
        rows = await runtime.journal.flows(among=hashes, limit=len(hashes))
        found = {row.flow: row for row in rows}
        return [found.get(hash) for hash in hashes]

    return look_up
