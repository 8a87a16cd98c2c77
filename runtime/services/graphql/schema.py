"""The questions there are, and events as they happen."""

from collections.abc import AsyncGenerator
from typing import Any

import strawberry

from runtime.events import LIVE_ONLY
from runtime.journal.contract import UnknownRun
from runtime.services.following import followed
from runtime.services.graphql.limits import FIRST, extensions
from runtime.services.graphql.types import (
    After,
    Agent,
    Connection,
    First,
    Flow,
    Happened,
    Info,
    Run,
    Task,
    happened,
    most_of,
    page,
    runs_of,
    tasks_of,
    text_of,
)
from runtime.services.paging import after as moment
from runtime.services.paging import cursor_of


@strawberry.type
class Query:
    """What there is: each list a page at a time, the newest first."""

    @strawberry.field
    async def flows(
        self, info: Info, name: str = "", first: First = FIRST, after: After = ""
    ) -> Connection[Flow]:
        """Versions of flows, all or those of one name."""
        most = most_of(first)
        rows = await info.context.runtime.journal.flows(
            name=text_of(name), limit=most + 1, before=moment(after)
        )
        return page(rows, most, Flow.of, lambda row: cursor_of(row.stored))

    @strawberry.field
    async def flow(self, info: Info, hash: strawberry.ID) -> Flow | None:
        """A version of a flow."""
        row = await info.context.flows.load(text_of(str(hash)))
        return Flow.of(row) if row else None

    @strawberry.field
    async def runs(
        self, info: Info, flow: str = "", state: str = "", first: First = FIRST, after: After = ""
    ) -> Connection[Run]:
        """Runs, all or those of one flow (hash or name), in one state."""
        return await runs_of(info, text_of(flow), state, first, after)

    @strawberry.field
    async def run(self, info: Info, id: strawberry.ID) -> Run | None:
        """A run, by its id or an unambiguous beginning of it."""
        try:
            return Run.of(await info.context.runtime.journal.run(text_of(str(id))))
        except UnknownRun:
            return None

    @strawberry.field
    async def tasks(self, info: Info, run: strawberry.ID) -> list[Task]:
        """What became of the tasks of a run."""
        return await tasks_of(info, text_of(str(run)))

    @strawberry.field
    async def events(
        self, info: Info, run: strawberry.ID, first: First = FIRST, after: int = 0
    ) -> list[Happened]:
        """What happened in a run after the event `after`, in order."""
        return await happened(info, text_of(str(run)), first, after)

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
        async for batch in followed(info.context.runtime, text_of(str(run)), max(0, after)):
            for event in batch:
                if not isinstance(event, LIVE_ONLY):
                    yield Happened.of(event)


class Quiet(strawberry.Schema):
    """What is wrong with a question is told to who asked it; the log has only the unexpected."""

    def process_errors(self, *_: Any) -> None:
        pass


schema = Quiet(Query, subscription=Subscription, extensions=extensions())
