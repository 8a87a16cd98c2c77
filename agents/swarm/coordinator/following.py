"""Workflows begun, and seen to their end whatever goes away meanwhile; how they ended is noted."""

import asyncio
import contextlib

from agents.contract import FlowCourse, Flows
from agents.errors import AgentError, FlowFailed
from agents.swarm.coordinator.shapes import OVER, Kept, state_of
from agents.swarm.coordinator.store import Store
from agents.swarm.own_tables import OwnTables
from graph.errors import BadInput, FlowInvalid, HeddleError

PAUSE = 2.0
"""Seconds after which a workflow that can't go on here is looked at again."""

LOOK = 0.05
"""Seconds between two looks whether a run that began is on record."""


class Following:
    """Begins workflows and follows them, each by a task of its own."""

    def __init__(self, flows: Flows, tables: OwnTables, store: Store) -> None:
        self._flows = flows
        self._tables = tables
        self._store = store
        self._tasks = dict[str, asyncio.Task[None]]()
        self._beginning = set[asyncio.Task[Kept]]()
        self._seeing: asyncio.Task[None] | None = None

    def take_up(self) -> None:
        """Go on with the workflows that weren't over, once it is known which these are."""
        self._seeing = asyncio.create_task(self._take_up())

    async def close(self) -> None:
        """Follow no workflow any longer; they stay where they are."""
        if self._beginning:  # what is on its way into the tables is followed, or was none
            await asyncio.wait(self._beginning)
        tasks = [*self._tasks.values(), *([self._seeing] if self._seeing else ())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def begin(self, kept: Kept) -> Kept:
        """Keep a workflow and begin it, or give the one that was kept under its key before.

        Once begun this goes on, even if whoever asked for it has gone. Raises HeddleError for one
        that is refused, which was none.
        """
        task = asyncio.create_task(self._begun(kept))
        self._beginning.add(task)
        task.add_done_callback(self._has_begun)
        return await asyncio.shield(task)

    def follow(self, kept: Kept) -> None:
        """See to it that a workflow comes to its end, and note which."""
        if kept.workflow_id not in self._tasks:
            task = asyncio.create_task(self._followed(kept))
            self._tasks[kept.workflow_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(kept.workflow_id, None))

    async def over(self, kept: Kept) -> None:
        """Wait until a workflow is over."""
        if kept.state not in OVER:  # as one that another process began
            self.follow(kept)
        if (task := self._tasks.get(kept.workflow_id)) is not None:
            await asyncio.wait([task])

    # How it is done.

    async def _take_up(self) -> None:
        """Follow the workflows that weren't over; the database may be away at first."""
        while True:
            with contextlib.suppress(AgentError):
                for kept in await self._tables.done(self._store.unfinished):
                    self.follow(kept)
                return
            await asyncio.sleep(PAUSE)

    async def _begun(self, wanted: Kept) -> Kept:
        kept = await self._tables.done(self._store.add, wanted)
        if kept.state == "pending":
            await self._try_to_start(kept)
        if kept.state not in OVER:
            self.follow(kept)
        return kept

    def _has_begun(self, task: asyncio.Task[Kept]) -> None:
        self._beginning.discard(task)
        if not task.cancelled():
            task.exception()  # told to whoever asked, who may have gone

    async def _try_to_start(self, kept: Kept) -> None:
        """Start a workflow. One that is refused was none; another begins as soon as it can."""
        try:
            await self._start(kept)
        except HeddleError as error:
            if not getattr(error, "retryable", False):
                await self._tables.done(self._store.drop, kept.workflow_id)
                raise

    async def _start(self, kept: Kept) -> None:
        """Start the run of a workflow, unless that was done."""
        id = kept.workflow_id
        await self._flows.begin(kept.flow, kept.parameters, run=id, within=kept.within)

    async def _followed(self, kept: Kept) -> None:
        while True:
            # What is away for a while, as the journal, comes back.
            with contextlib.suppress(HeddleError, TimeoutError):
                if await self.seen_through(kept):
                    return
            await asyncio.sleep(PAUSE)

    async def seen_through(self, kept: Kept) -> bool:
        """Whether a workflow is over, which is waited for where it is driven here."""
        id = kept.workflow_id
        course = await self._flows.course(id) or await self._on_record(kept)
        if course is None:
            return True
        await self._tables.done(self._store.begun, id)
        if course.state == "left":
            await self._flows.go_on(id)
        if course.ended is None:
            with contextlib.suppress(FlowFailed):
                await self._flows.result(id)
            course = await self._flows.course(id)
        if course is None or course.ended is None:
            return False
        await self._tables.done(self._store.settle, id, state_of(course))
        return True

    async def _on_record(self, kept: Kept) -> FlowCourse | None:
        """Begin a workflow of which there is no run, and wait until that is on record.

        None for one that is over, as it was refused or its run was forgotten.
        """
        id = kept.workflow_id
        known = await self._tables.done(self._store.one, id)
        if known is None or known.state in OVER:  # another process saw it through
            return None
        if known.state != "pending":
            await self._tables.done(self._store.settle, id, "lost")
            return None
        try:
            await self._start(kept)
        except (BadInput, FlowInvalid):  # anything else may be better later
            await self._tables.done(self._store.settle, id, "failed")
            return None
        async with asyncio.timeout(PAUSE):
            while (course := await self._flows.course(id)) is None:  # noqa: ASYNC110 - the journal tells nobody
                await asyncio.sleep(LOOK)
        return course
