"""The run that a client debugs: begun, joined or replayed; and what it is told to do."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any

import msgspec

from graph.errors import HeddleError
from graph.file_format import write
from graph.self_contained import self_contained
from runtime.breakpoints import Breakpoint
from runtime.commands import (
    AnyCommand,
    ContinueRun,
    ReplayRun,
    ResumeRun,
    SetBreakpoints,
    StartRun,
    StoreFlow,
    TakeWheel,
)
from runtime.engine.hub import Subscription
from runtime.events import LIVE_ONLY, AnyEvent, InputsChanged, OutputsChanged, RunRewound
from runtime.history import effective
from runtime.journal.contract import RunRow
from runtime.ownership import new_id
from runtime.runtime import Runtime
from runtime.services.dap.eyes import AnyRuntime, eyes_of
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.shapes import Attach, Launch, Source
from runtime.services.dap.sources import FlowSource, real
from runtime.services.dap.story import Story

TRIES = 100
"""Looks into the journal, fifty a second, for what was done to show there."""

DIFFERS = "This file isn't what the run runs: it has changed since."


class Debuggee:
    """One run under a client's eyes. `client` is the name by which it steers, `mark` begins the
    ids of its breakpoints.

    `stored` is the flow as it runs, `file` the file it comes from, as far as one is known.
    """

    def __init__(self, lodging: Lodging, asked: Launch | Attach, client: str, mark: str) -> None:
        self.asked = asked
        self.client = client
        self.mark = mark
        self.story = Story()
        self.run = ""
        self.file: FlowSource | None = None
        self.stored: FlowSource | None = None
        self._lodging = lodging
        self._stack = AsyncExitStack()
        self._row: RunRow | None = None
        self._watching: Subscription | None = None
        self.runtime: AnyRuntime = lodging.runtime
        self.eyes = eyes_of(lodging.runtime)

    async def close(self) -> None:
        """Let go of the run, which goes on or stands still as it does."""
        await self._stack.aclose()

    # Getting ready: before breakpoints are set.

    async def find(self) -> None:
        """Find the flow to run, or the run. Raises HeddleError."""
        asked = self.asked
        self.runtime = await self._lodging.at(asked.address, asked.token, self._stack)
        self.eyes = eyes_of(self.runtime)
        path = asked.path if isinstance(asked, Launch) else asked.flow
        if path:
            self.file = FlowSource.of_file(path, self._lodging.catalog)
        if isinstance(asked, Launch):
            if self.file is None:
                raise HeddleError("Nothing is named that could run.", cure="Set `flow` to a file.")
            self.stored = self.file
        else:
            await self._find_run(asked)

    async def _find_run(self, asked: Attach) -> None:
        row = await self.eyes.run(asked.run) if asked.run else await self._newest()
        self._row, self.run = row, row.run
        if row.ended is None:
            await self._go_where_it_is(row)
        stored = await self.eyes.flow(row.flow)
        if stored is not None:
            self.stored = FlowSource.of_text(stored.text, self._lodging.catalog)

    async def _newest(self) -> RunRow:
        rows = await self.eyes.newest()
        if not rows:
            raise HeddleError("There is no run yet.", cure="Launch a flow instead.")
        waiting = [row for row in rows if row.ended is None]
        return next((row for row in waiting if row.state == "paused"), (waiting or rows)[0])

    async def _go_where_it_is(self, row: RunRow) -> None:
        """Speak to the runtime that drives a run; take it over when none does."""
        if not isinstance(self.runtime, Runtime):
            await self.obey(ResumeRun(row.run))  # of no effect on one that is driven there
            return
        runtime = await self._lodging.driving(row.owner, self._stack)
        if runtime is None:
            await self.runtime.obey(ResumeRun(row.run))
            await self.runtime.obey(TakeWheel(row.run, self.client))
        else:
            self.runtime, self.eyes = runtime, eyes_of(runtime)

    def adopt(self, source: Source) -> FlowSource | None:
        """The flow that a file of a client's belongs to, if it is the one that is debugged."""
        if source.path is None:
            return self.shown if source.source_reference else None
        path = real(source.path)
        if self.file is None and self.stored is not None:
            with suppress(HeddleError):
                found = FlowSource.of_file(str(path), self._lodging.catalog)
                if found.hash == self.stored.hash or found.flow.name == self.stored.flow.name:
                    self.file = found
        return self.file if self.file and self.file.has(path) else None

    @property
    def joined(self) -> bool:
        """Whether the run was begun by somebody else."""
        return isinstance(self.asked, Attach) and self._row is not None and self._row.ended is None

    @property
    def is_debugged(self) -> bool:
        """Whether breakpoints make a difference to it."""
        only_run = isinstance(self.asked, Launch) and self.asked.no_debug
        return self.story.end is None and not only_run

    @property
    def shown(self) -> FlowSource | None:
        """The flow as a client sees it: in its file, or else as it is stored."""
        return self.file or self.stored

    def remark(self, place: str) -> str:
        """What is to be said of a breakpoint at a place. Raises HeddleError if it can't be met."""
        if self.stored is None or self.file is None or self.file.hash == self.stored.hash:
            return ""
        if place not in set(self.stored.names()):
            raise HeddleError(f"{DIFFERS} The run has no block {place!r}.")
        return DIFFERS

    # Going.

    async def begin(self, points: Sequence[Breakpoint]) -> None:
        """Start, join or replay the run. Raises HeddleError."""
        match self.asked:
            case Launch():
                await self._launch(self.asked, points)
            case _ if self._row is not None and self._row.ended is not None:
                await self._replay(self.asked, self._row, points)
            case _:
                await self._join(self.asked, points)

    async def _launch(self, asked: Launch, points: Sequence[Breakpoint]) -> None:
        self.file = FlowSource.of_file(asked.path, self._lodging.catalog)
        self.stored = self.file
        flow = await self._store(self.file)
        grants = self._grants(asked)
        self.run = new_id()
        self._watch()
        debugged = [] if asked.no_debug else list(points)
        await self.runtime.obey(
            StartRun(flow, asked.inputs, self.run, grants, debugged, asked.faults,
                     asked.stop_on_entry and not asked.no_debug, self.client)
        )  # fmt: skip

    def _grants(self, asked: Launch) -> dict[str, Any]:
        if isinstance(self.runtime, Runtime):
            return self._lodging.grant(asked.grants, real(asked.path).parent)
        given: dict[str, Any] = msgspec.to_builtins(asked.grants)
        return {name: value for name, value in given.items() if value}

    async def _store(self, source: FlowSource) -> str:
        whole = self_contained(source.flow, self._lodging.catalog)
        return (await self.runtime.obey(StoreFlow(write(whole)))).flow

    async def _replay(self, asked: Attach, row: RunRow, points: Sequence[Breakpoint]) -> None:
        flow = ""
        if asked.use_file and self.file is not None:
            flow = await self._store(self.file)
            self.stored = self.file
        self._watch(every=True)
        answer = await self.runtime.obey(
            ReplayRun(row.run, asked.from_, asked.changes, flow, {}, list(points), asked.faults,
                      asked.stop_on_entry, self.client)
        )  # fmt: skip
        self.run = answer.run
        if asked.from_ and asked.stop_on_entry:  # what comes before it is only repeated
            await self.obey(ContinueRun(self.run, until=asked.from_, client=self.client))

    async def _join(self, asked: Attach, points: Sequence[Breakpoint]) -> None:
        self._watch()
        await self.catch_up()
        if asked.take_wheel:
            await self.runtime.obey(TakeWheel(self.run, self.client))
        await self.set_breakpoints(points)

    def _watch(self, *, every: bool = False) -> None:
        watching = self.runtime.watch("" if every else self.run)
        self._watching = self._stack.enter_context(watching)

    async def again(self) -> None:
        """The same once more, from its beginning. Raises HeddleError."""
        with suppress(HeddleError):
            await self._stack.aclose()
        self._stack, self.story = AsyncExitStack(), Story()
        if isinstance(self.asked, Attach) and self._row is not None:
            self.asked = msgspec.structs.replace(self.asked, run=self._row.run)
        await self.find()

    # What happens.

    async def catch_up(self) -> Sequence[AnyEvent]:
        """Know all that has happened; gives what counts of it."""
        past = effective(await self.eyes.events(self.run))
        self.story = Story().take(past)
        return past

    async def happenings(self) -> AsyncIterator[Sequence[AnyEvent]]:
        """Batches of events as they come, folded into the story; until there are no more.

        One that went back comes as its RunRewound alone.
        """
        assert self._watching is not None, "it is watched from its beginning"
        async for batch in self._watching:
            fresh: Sequence[AnyEvent] = [event for event in batch if self._is_new(event)]
            if self._watching.missed:
                self._watching.missed = 0
                fresh = await self.eyes.events(self.run, self.story.seq)
            back = [event for event in fresh if isinstance(event, RunRewound)]
            if back:
                await self.catch_up()
                yield back[-1:]
                continue
            self.story.take(fresh)
            if fresh:
                yield fresh
            if self.story.end is not None:
                return

    def _is_new(self, event: AnyEvent) -> bool:
        return event.run == self.run and (
            event.seq > self.story.seq or isinstance(event, LIVE_ONLY)
        )

    # Commands.

    async def obey(self, command: AnyCommand) -> None:
        """Have the run do something. Raises HeddleError, NotYourWheel among them."""
        await self.runtime.obey(command)

    async def set_breakpoints(self, points: Sequence[Breakpoint]) -> None:
        """Tell the run of our breakpoints, and leave those of others as they are."""
        others = [one for one in self.story.breakpoints if not one.id.startswith(self.mark)]
        if [*others, *points] != self.story.breakpoints:
            self.story.breakpoints = [*others, *points]
            await self.obey(SetBreakpoints(self.run, self.story.breakpoints))

    async def shows(self, task: str, *, outputs: bool) -> None:
        """Wait until a change shows to whoever looks."""
        kind = OutputsChanged if outputs else InputsChanged
        after = self.story.seq
        for _ in range(TRIES):
            events = await self.eyes.events(self.run, after)
            if any(isinstance(event, kind) and event.task == task for event in events):
                return
            await asyncio.sleep(0.02)

    async def leave(self) -> None:
        """Take our breakpoints along, and give the wheel back."""
        if not self.run or self.story.end is not None:
            return
        with suppress(HeddleError):
            await self.set_breakpoints([])
            if self.story.wheel == self.client:
                await self.obey(TakeWheel(self.run, ""))

    async def go_on(self, task: str = "") -> None:
        await self.obey(ContinueRun(self.run, task, client=self.client))
