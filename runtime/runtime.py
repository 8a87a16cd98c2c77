"""The façade: `obey` a command, `watch` what happens."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, assert_never

from agents.contract import Grants
from agents.manager.manager import Manager
from graph.catalog import Catalog
from graph.compile import Plan
from graph.file_format import read
from graph.flow import Flow
from graph.values import did_you_mean
from runtime.answering import Answering, Unasked
from runtime.clock import Clock, SystemClock
from runtime.commands import (
    Answer,
    AnswerTask,
    AnyCommand,
    CancelRun,
    ChangeInputs,
    ChangeOutputs,
    ContinueRun,
    ImportRun,
    PauseRun,
    PruneRuns,
    ReplayRun,
    ResumeRun,
    RetryTask,
    RewindRun,
    SetBreakpoints,
    SetFaults,
    SettleTask,
    SkipTask,
    StartRun,
    StepRun,
    StoreFlow,
    TakeWheel,
)
from runtime.connections.connections import Connections
from runtime.discreet import DiscreetJournal, discreet
from runtime.driving import Driver, Owned, recording_of
from runtime.engine.executor import Executor
from runtime.engine.hub import Hub, Subscription
from runtime.engine.live import Live
from runtime.engine.surroundings import Limits, Surroundings
from runtime.events import ENDINGS, LIVE_ONLY, AnyEvent, Failure, RunInterrupted
from runtime.inbox import Inboxes
from runtime.journal.contract import Journal, JournalError, UnknownRun
from runtime.lookup import Lookup
from runtime.metrics.memory import MemoryMetricStore
from runtime.metrics.meter import Meter
from runtime.metrics.store import MetricStore
from runtime.ownership import is_gone, new_id, new_owner, word_of
from runtime.projections.inbox import Question
from runtime.steering import NotPossible, Steering
from runtime.stored_flows import StoredFlows

LEASE = 30.0
"""Seconds for which a runtime owns its runs without saying so again."""

GRACE = 2.0
"""Seconds that tasks which change something get to come to their end when a runtime closes."""

CLOSED = Failure("Closed", "Heddle was shut down.", "`heddle resume` goes on with the run.")
"""What is told of runs that a runtime leaves when it closes."""


class Runtime:
    """Runs flows. To be used as `async with`; the same two verbs are spoken over the wire."""

    def __init__(
        self,
        catalog: Catalog,
        journal: Journal,
        surroundings: Surroundings,
        *,
        grants: Grants,
        clock: Clock | None = None,
        limits: Limits | None = None,
        lease: float = LEASE,
        metrics: MetricStore | None = None,
        agents: Manager | None = None,
        connections: Connections | None = None,
        offered: Callable[[], Catalog] | None = None,
        is_discreet: bool = False,
    ) -> None:
        """`offered` gives the catalog as it is now, for one that may change meanwhile.

        A discreet one tells nobody which process of which machine drives a run.
        """
        self._catalog = offered or (lambda: catalog)
        self.connections = connections or Connections(None)
        self._record = journal
        self.journal: Journal = DiscreetJournal(journal) if is_discreet else journal
        self.process = new_owner()
        self.grants = grants
        """What its runs may touch that aren't granted something else."""
        self.owner = word_of(self.process) if is_discreet else self.process
        self._lease = lease
        self._surroundings = surroundings
        self.agents = agents or Manager(Path(tempfile.gettempdir()) / "heddle")
        self._clock = clock or SystemClock()
        self._hub = Hub(discreet if is_discreet else None)
        self._flows = StoredFlows(journal, self._catalog)
        self.look = Lookup(journal, self.plan, surroundings)
        self._executor = Executor(journal, surroundings, self._clock, self._hub, limits or Limits())
        self._steering = Steering(
            self._executor, journal, lambda run: recording_of(run.began, journal, self._flows)
        )
        self.meter = Meter(
            metrics or MemoryMetricStore(), self._hub, journal, self.plan, self._clock.now,
            lambda: self._executor.ready, self.agents.levels,
        )  # fmt: skip
        self._driver = Driver(
            self._executor, journal, self._flows, self._steering, self.meter, self._clock,
            Owned(self.process, lease, grants, word_of if is_discreet else str),
        )  # fmt: skip
        self._inboxes = Inboxes(journal)
        self._answering = Answering(self._executor, journal, self._driver.resume)
        self._upkeep: asyncio.Task[None] | None = None

    @property
    def catalog(self) -> Catalog:
        """The kinds of block there are now."""
        return self._catalog()

    async def __aenter__(self) -> "Runtime":
        await self.journal.open()
        await self.meter.open()
        self._upkeep = asyncio.create_task(self._keep_up())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave unfinished runs where they are, to be resumed, and let go of everything."""
        try:
            if self._upkeep:
                self._upkeep.cancel()
                await asyncio.gather(self._upkeep, return_exceptions=True)
            with contextlib.suppress(JournalError):
                for run in await self._executor.close(CLOSED, grace=GRACE):
                    await self.journal.release(run, self.process)
        finally:
            await self.meter.close()
            self._hub.end()
            await self.agents.close()
            await self._surroundings.close()
            await self.journal.close()

    # Commands.

    async def obey(self, command: AnyCommand) -> Answer:
        """Do what a command says, or start doing it. Raises HeddleError when that can't be."""
        match command:
            case StoreFlow():
                return Answer(flow=await self.store(read(command.text), command.name))
            case StartRun():
                return Answer(run=await self._driver.start(command))
            case CancelRun():
                await self._cancel(command)
            case (
                PauseRun() | ContinueRun() | StepRun() | RewindRun() | ChangeInputs()
                | ChangeOutputs() | SkipTask() | RetryTask()
            ):  # fmt: skip
                await self._steering.obey(self._live(command.run), command)
            case SetBreakpoints() | SetFaults() | TakeWheel():
                self._arrange(command)
            case ResumeRun():
                return Answer(run=await self._driver.resume(command.run))
            case ReplayRun():
                return Answer(run=await self._driver.replay(command))
            case ImportRun():
                return Answer(run=await self._bring_in(command.bundle))
            case SettleTask():
                self._settle(command)
            case AnswerTask():
                return Answer(run=await self._answering.obey(command))
            case PruneRuns():
                return Answer(count=await self._prune(command))
            case _:
                assert_never(command)
        return Answer(run=command.run)

    async def store(self, flow: Flow, name: str = "") -> str:
        """Keep a flow and give its content hash. Raises FlowInvalid.

        `name` is what its runs are called when it has no name itself.
        """
        return await self._flows.store(flow, name)

    async def start(
        self, flow: Flow, inputs: Mapping[str, Any] | None = None, *, run: str = ""
    ) -> str:
        """Store a flow and run it; gives the run's id."""
        stored = await self.store(flow)
        return await self._driver.start(StartRun(stored, dict(inputs or {}), run))

    # Events.

    @contextmanager
    def watch(self, run: str = "") -> Iterator[Subscription]:
        """Batches of events from now on, of one run or of all, as they become durable."""
        with self._hub.subscribe(run) as subscription:
            yield subscription

    async def follow(self, run: str, after: int = 0) -> AsyncIterator[Sequence[AnyEvent]]:
        """The events of a run from the journal and then live, until its end.

        A run that nobody drives ends with what is recorded. Raises UnknownRun.
        """
        with self.watch(run) as subscription:
            # Asked before reading: what happens from here on comes through the subscription.
            driven = self._executor.live(run) is not None
            past = await self._past(run, after, driven)
            if past:
                after = past[-1].seq
                yield past
            if not driven or (past and isinstance(past[-1], ENDINGS)):
                return
            async for batch in subscription:
                if subscription.missed:
                    subscription.missed = 0
                    batch = await self.journal.read(run, after)
                fresh = [e for e in batch if e.seq > after or isinstance(e, LIVE_ONLY)]
                if fresh:
                    after = fresh[-1].seq
                    yield fresh
                if batch and isinstance(batch[-1], (*ENDINGS, RunInterrupted)):
                    return

    async def _past(self, run: str, after: int, driven: bool) -> Sequence[AnyEvent]:
        try:
            return await self.journal.read(run, after)
        except UnknownRun:
            if driven:  # it has only just begun, and nothing of it is recorded yet
                return ()
            raise

    async def ended(self, run: str) -> AnyEvent:
        """Wait for the last event of a run, or give it if the run is over.

        Raises NotPossible for a run that others drive or nobody does, UnknownRun for none.
        """
        if live := self._executor.live(run):
            return await asyncio.shield(live.over)
        if told := self._executor.interrupted(run):
            return told
        row = await self.journal.run(run)
        if row.ended is None:
            raise NotPossible(
                f"Run {row.run} is not driven here.", cure=f"`heddle resume {row.run}` goes on."
            )
        return (await self.journal.read(row.run, row.events - 1))[-1]

    @property
    def is_idle(self) -> bool:
        """Whether no run is under way here, not even one that waits for somebody."""
        return not self._executor.runs

    def drives(self, run: str) -> bool:
        """Whether a run, named by its whole id, is under way here."""
        return self._executor.live(run) is not None

    async def driver(self, run: str) -> str:
        """The process that drives a run, "" for none any more. Raises UnknownRun."""
        row = await self._record.run(run)
        return "" if row.ended is not None or is_gone(row.owner) else row.owner

    async def leave(self, run: str) -> bool:
        """Drive a run no longer if all it does is wait for a person, with no deadline.

        Whoever gives the answer goes on with it then. Says whether it was left.
        """
        live = self._executor.live(run)
        if live is None:
            return True
        if live.is_under_way() or live.timers or live.held:
            return False
        await self._executor.drained()
        self._executor.leave(live, Failure("Left", "It waits for a person's answer."))
        await self.journal.release(run, self.process)
        return True

    # What people are asked.

    def served_at(self, address: str) -> None:
        """From now on people reach what is served here by that address."""
        self._surroundings.address = address

    def now(self) -> float:
        """Seconds since the epoch, by the clock of the runs."""
        return self._clock.now()

    async def questions(self, run: str = "") -> list[Question]:
        """What runs ask people, newest first, whoever drives them; or what one run asks."""
        await self._executor.drained()
        return await self._inboxes.questions(run)

    async def why_unasked(self, run: str, task: str, label: str = "") -> Unasked:
        """Why a question isn't open: who answered it, when that was."""
        return await self._answering.unasked(run, task, label)

    async def plan(self, flow: str) -> Plan:
        """The plan of a stored flow. Raises HeddleError when there is none."""
        return await self._flows.plan(flow)

    # How it is done.

    async def _cancel(self, command: CancelRun) -> None:
        """Cancel a run; that it is cancelled is durable then, or it was left meanwhile."""
        live = self._live(command.run)
        durable = self._executor.cancel(live, command.reason, force=command.force)
        await asyncio.wait((durable, live.over), return_when=asyncio.FIRST_COMPLETED)

    def _arrange(self, command: SetBreakpoints | SetFaults | TakeWheel) -> None:
        live = self._live(command.run)
        match command:
            case SetBreakpoints():
                self._executor.debugger.set_breakpoints(live, command.breakpoints)
            case SetFaults():
                self._executor.debugger.set_faults(live, command.faults)
            case TakeWheel():
                self._steering.take_wheel(live, command.client, anyhow=True)
            case _:
                assert_never(command)

    def _settle(self, command: SettleTask) -> None:
        live = self._live(command.run)
        try:
            self._executor.settle(live, command.task, command.verdict, command.outputs)
        except KeyError:
            raise NotPossible(
                f"Nobody doubts what became of {command.task!r}.",
                cure=did_you_mean(command.task, live.run.doubted),
            ) from None

    async def _bring_in(self, content: bytes) -> str:
        # What unpacks zip files, which no run need wait for.
        from runtime.bundle.bringing import bring_in  # noqa: PLC0415 - see above
        from runtime.bundle.reading import unpacked  # noqa: PLC0415 - see above

        bundle = await asyncio.to_thread(unpacked, content)
        return await bring_in(self.journal, bundle, new_id)

    async def _prune(self, command: PruneRuns) -> int:
        before = None if command.days is None else self._clock.now() - command.days * 86_400
        keep = None if command.megabytes is None else int(command.megabytes * 1_000_000)
        return (await self.journal.prune(before=before, keep_bytes=keep)).runs

    def _live(self, run: str) -> Live:
        live = self._executor.live(run)
        if live is None:
            raise NotPossible(
                f"No run {run!r} is under way here.", cure="`heddle runs` lists them."
            )
        return live

    async def _keep_up(self) -> None:
        """Once a second: bounds and stalls; now and then: the leases."""
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(min(1.0, self._lease / 3))
            self._executor.watch_over()
            # A journal that is away for a moment shows itself with the next event.
            with contextlib.suppress(JournalError):
                while self._executor.to_release:
                    await self.journal.release(self._executor.to_release[-1], self.process)
                    self._executor.to_release.pop()
                if time.monotonic() - renewed > self._lease / 3 and self._executor.runs:
                    renewed = time.monotonic()
                    await self.journal.renew(self.process, self._lease)
