"""What can be asked for: flows, runs and agents, and pages of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.scalars import JSON

from agents.manager.status import AgentStatus
from runtime.journal.contract import FlowRow, RunRow, TaskRow
from runtime.runtime import Runtime

T = TypeVar("T")


class Surroundings(msgspec.Struct, frozen=True):
    """What a question is answered from; flows that several runs name are looked up at once."""

    runtime: Runtime
    flows: "DataLoader[str, FlowRow | None]"


Info = strawberry.Info[Surroundings, None]


@strawberry.type
class Flow:
    """A version of a flow: its file's text, and when it was stored (seconds since the epoch)."""

    hash: strawberry.ID
    name: str
    stored: float
    text: str

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


def flows_at_once(
    runtime: Runtime,
) -> Callable[[list[str]], Awaitable[list[FlowRow | None]]]:
    """Looks up many flows by their hashes in one go."""

    async def look_up(hashes: list[str]) -> list[FlowRow | None]:
        rows = await runtime.journal.flows(among=hashes, limit=len(hashes))
        found = {row.flow: row for row in rows}
        return [found.get(hash) for hash in hashes]

    return look_up
