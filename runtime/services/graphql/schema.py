"""The questions there are, and events as they happen."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec
import strawberry

from graph.errors import HeddleError
from runtime.events import LIVE_ONLY, AnyEvent
from runtime.journal.contract import RunState, UnknownRun
from runtime.services.following import followed
from runtime.services.graphql.limits import FIRST, MOST, extensions
from runtime.services.graphql.types import (
    Agent,
    Connection,
    Flow,
    Happened,
    Info,
    Run,
    Task,
    page,
)
from runtime.services.paging import after as moment
from runtime.services.paging import cursor_of
from runtime.wire import as_json, begun

First = Annotated[int, strawberry.argument(description=f"The most there are, at most {MOST}.")]
After = Annotated[str, strawberry.argument(description="The cursor of the last one known.")]

STATES = RunState.__args__  # type: ignore[attr-defined]


class BadArgument(HeddleError):
    """What was asked with can't be."""


@strawberry.type
class Query:
    """What there is: each list a page at a time, the newest first."""

    @strawberry.field
    async def flows(
        self, info: Info, name: str = "", first: First = FIRST, after: After = ""
    ) -> Connection[Flow]:
        """Versions of flows, all or those of one name."""
        most = _most(first)
        rows = await info.context.runtime.journal.flows(
            name=_text(name), limit=most + 1, before=moment(after)
        )
        return page(rows, most, Flow.of, lambda row: cursor_of(row.stored))

    @strawberry.field
    async def flow(self, info: Info, hash: strawberry.ID) -> Flow | None:
        """A version of a flow."""
        row = await info.context.flows.load(_text(str(hash)))
        return Flow.of(row) if row else None

    @strawberry.field
    async def runs(
        self, info: Info, flow: str = "", state: str = "", first: First = FIRST, after: After = ""
    ) -> Connection[Run]:
        """Runs, all or those of one flow (hash or name), in one state."""
        most = _most(first)
        if state and state not in STATES:
            raise BadArgument(f"No run is {state!r}.", cure=f"They are {', '.join(STATES)}.")
        rows = await info.context.runtime.journal.runs(
            flow=_text(flow),
            state=state,  # type: ignore[arg-type]
            limit=most + 1,
            before=moment(after),
        )
        return page(rows, most, Run.of, lambda row: cursor_of(row.started))

    @strawberry.field
    async def run(self, info: Info, id: strawberry.ID) -> Run | None:
        """A run, by its id or an unambiguous beginning of it."""
        try:
            return Run.of(await info.context.runtime.journal.run(_text(str(id))))
        except UnknownRun:
            return None

    @strawberry.field
    async def tasks(self, info: Info, run: strawberry.ID) -> list[Task]:
        """What became of the tasks of a run."""
        return [Task.of(row) for row in await info.context.runtime.journal.tasks(_text(str(run)))]

    @strawberry.field
    async def events(
        self, info: Info, run: strawberry.ID, first: First = FIRST, after: int = 0
    ) -> list[Happened]:
        """What happened in a run after the event `after`, in order."""
        if after < 0:
            raise BadArgument("`after` is the seq of an event, so not below 0.")
        happened = await info.context.runtime.journal.read(_text(str(run)), after)
        return [_happened(event) for event in happened[: _most(first)]]

    @strawberry.field
    def agents(self, info: Info) -> list[Agent]:
        """The agents of the process that answers."""
        return [Agent.of(status) for status in info.context.runtime.agents.status().agents]

    @strawberry.field
    def agent(self, info: Info, name: str) -> Agent | None:
        """One agent of it."""
        found = info.context.runtime.agents.status().agents
        return next((Agent.of(status) for status in found if status.agent == name), None)


@strawberry.type
class Subscription:
    """What happens."""

    @strawberry.subscription
    async def run_events(
        self, info: Info, run: strawberry.ID, after: int = 0
    ) -> AsyncGenerator[Happened]:
        """The events of a run from one on, until its end."""
        async for batch in followed(info.context.runtime, _text(str(run)), max(0, after)):
            for event in batch:
                if not isinstance(event, LIVE_ONLY):
                    yield _happened(event)


def _most(first: int) -> int:
    if not 1 <= first <= MOST:
        raise BadArgument(f"`first` is from 1 to {MOST}, not {first}.")
    return first


def _text(given: str) -> str:
    if "\0" in given or len(given) > 200:
        raise BadArgument("A name has at most 200 characters, and no zero among them.")
    return given


def _happened(event: AnyEvent) -> Happened:
    data = msgspec.json.decode(as_json(begun(event)))
    return Happened(event=data["event"], seq=event.seq, at=event.at, data=data)


class Quiet(strawberry.Schema):
    """What is wrong with a question is told to who asked it; the log has only the unexpected."""

    def process_errors(self, *_: Any) -> None:
        pass


schema = Quiet(Query, subscription=Subscription, extensions=extensions())
