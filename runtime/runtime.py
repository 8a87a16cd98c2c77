"""The façade: `obey` a command, `watch` what happens."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, assert_never

import msgspec

from agents.contract import Grants
from agents.manager.manager import Manager
from graph.catalog import Catalog
from graph.compile import Plan, compile_flow
from graph.edits import apply
from graph.file_format import read, write
from graph.flow import Flow
from graph.self_contained import self_contained
from graph.values import did_you_mean
from runtime.answering import Answering, Unasked
from runtime.budgets import Ledger, Purse, looks_back
from runtime.changes import edits_for
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
from runtime.engine.evolve import rebuilt
from runtime.engine.executor import Executor
from runtime.engine.hub import Hub, Subscription
from runtime.engine.live import Live
from runtime.engine.points import Points
from runtime.engine.replay import Recording
from runtime.engine.state import Run
from runtime.engine.surroundings import Limits, Surroundings
from runtime.events import ENDINGS, LIVE_ONLY, AnyEvent, Failure, RunInterrupted, RunStarted
from runtime.history import effective
from runtime.inbox import Inboxes
from runtime.inputs import differing, fitting
from runtime.journal.contract import Journal, JournalError, UnknownRun
from runtime.lookup import Lookup
from runtime.metrics.memory import MemoryMetricStore
from runtime.metrics.meter import Meter
from runtime.metrics.spending import spent_of_late
from runtime.metrics.store import MetricStore
from runtime.misfits import misfits
from runtime.ownership import is_gone, new_id, new_owner
from runtime.projections.inbox import Question
from runtime.steering import NotPossible, Steering

LEASE = 30.0
"""Seconds for which a runtime owns its runs without saying so again."""

GRACE = 2.0
"""Seconds that tasks which change something get to come to their end when a runtime closes."""

CLOSED = Failure("Closed", "Heddle was shut down.", "`heddle resume` goes on with the run.")
"""What is told of runs that a runtime leaves when it closes."""


class Known(NamedTuple):
    """A stored flow that was used lately."""

    name: str
    plan: Plan


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
    ) -> None:
        """`offered` gives the catalog as it is now, for one that may change meanwhile."""
        self._catalog = offered or (lambda: catalog)
        self.connections = connections or Connections(None)
        self.journal = journal
        self.owner = new_owner()
        self._lease = lease
        self._surroundings = surroundings
        self.agents = agents or Manager(Path(tempfile.gettempdir()) / "heddle")
        self._grants = grants
        self._clock = clock or SystemClock()
        self._hub = Hub()
        self.look = Lookup(journal, self.plan, surroundings)
        self._executor = Executor(journal, surroundings, self._clock, self._hub, limits or Limits())
        self._steering = Steering(self._executor, journal, self._replayed)
        self._inboxes = Inboxes(journal)
        self._answering = Answering(self._executor, journal, self._resume)
        self.meter = Meter(
            metrics or MemoryMetricStore(), self._hub, journal, self.plan, self._clock.now,
            lambda: self._executor.ready, self.agents.levels,
        )  # fmt: skip
        self._flows: dict[str, Known] = {}
        self._ledgers: dict[str, Ledger] = {}
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
                    await self.journal.release(run, self.owner)
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
                return Answer(run=await self._start(command))
            case CancelRun():
                self._executor.cancel(self._live(command.run), command.reason)
            case (
                PauseRun() | ContinueRun() | StepRun() | RewindRun() | ChangeInputs()
                | ChangeOutputs() | SkipTask() | RetryTask()
            ):  # fmt: skip
                await self._steering.obey(self._live(command.run), command)
            case SetBreakpoints() | SetFaults() | TakeWheel():
                self._arrange(command)
            case ResumeRun():
                return Answer(run=await self._resume(command.run))
            case ReplayRun():
                return Answer(run=await self._replay(command))
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
        whole = self_contained(flow, self.catalog)
        plan = compile_flow(whole, self.catalog)
        await self._keep(whole, plan, flow.name or name)
        return plan.hash

    async def start(
        self, flow: Flow, inputs: Mapping[str, Any] | None = None, *, run: str = ""
    ) -> str:
        """Store a flow and run it; gives the run's id."""
        hash = await self.store(flow)
        return await self._start(StartRun(hash, dict(inputs or {}), run))

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
        await self.journal.release(run, self.owner)
        return True

    # What people are asked.

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

    # How it is done.

    async def plan(self, flow: str) -> Plan:
        """The plan of a stored flow. Raises HeddleError when there is none."""
        return (await self._known(flow)).plan

    async def _known(self, flow: str) -> Known:
        if flow not in self._flows:
            row = await self.journal.flow(flow)
            if row is None:
                raise NotPossible(f"No flow {flow!r} is stored here.", cure="Store it first.")
            self._remember(row.name, compile_flow(read(row.text), self.catalog))
        return self._flows[flow]

    def _remember(self, name: str, plan: Plan) -> None:
        if len(self._flows) >= 64:
            self._flows.pop(next(iter(self._flows)))
        self._flows[plan.hash] = Known(name, plan)

    async def _keep(self, flow: Flow, plan: Plan, name: str) -> None:
        await self.journal.keep_flow(plan.hash, name, write(flow))
        self._remember(name, plan)

    async def _start(self, command: StartRun) -> str:
        name, plan = await self._known(command.flow)
        began = RunStarted(
            command.run or new_id(),
            1,
            self._clock.now(),
            command.flow,
            name,
            fitting(plan, command.inputs),
            self.owner,
            grants=command.grants,
            budget=command.budget,
        )
        return self._begin(began, plan, command, await self._purse(began, plan))

    def _begin(
        self,
        began: RunStarted,
        plan: Plan,
        command: StartRun | ReplayRun,
        purse: Purse,
        recording: Recording | None = None,
    ) -> str:
        if self._executor.live(began.run):
            raise NotPossible(f"A run {began.run!r} is under way.", cure="Choose another id.")
        Points(command.breakpoints)  # or the run would begin, and fail to be debugged
        prepare = partial(
            self._steering.prepare,
            breakpoints=command.breakpoints,
            faults=command.faults,
            paused=command.paused,
            client=command.client,
        )
        live = self._executor.begin(Run(began, plan), self._granted(began), recording, prepare)
        live.purse = purse
        return began.run

    async def _purse(self, began: RunStarted, plan: Plan) -> Purse:
        """What a run may use up. Raises MetricsGone when that depends on earlier runs."""
        budget = plan.budget
        if began.budget is not None:
            budget = msgspec.structs.replace(budget, run=began.budget)
        if not looks_back(budget):
            return Purse(budget)
        ledger = self._ledgers.setdefault(began.name, Ledger())
        await spent_of_late(self.meter, began.name, ledger, self._clock.now())
        return Purse(budget, ledger)

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

    async def _resume(self, prefix: str) -> str:
        row = await self.journal.run(prefix)
        if self._executor.live(row.run):
            return row.run
        if row.ended is not None:
            raise NotPossible(f"Run {row.run} has ended ({row.state}); nothing is left to do.")
        gone = [row.owner] if is_gone(row.owner) else []
        if not await self.journal.claim(row.run, self.owner, self._lease, gone=gone):
            raise NotPossible(
                f"Run {row.run} belongs to {row.owner}, which is still at work.",
                cure=f"Try again in {max(1.0, row.lease_until - time.time()):.0f} s if it isn't.",
            )
        try:
            await self._go_on(row.run)
        except BaseException:
            if not self._executor.live(row.run):  # it is of no use to us; others may have it
                with contextlib.suppress(JournalError):
                    await self.journal.release(row.run, self.owner)
            raise
        return row.run

    async def _go_on(self, run: str) -> None:
        events = await self.journal.read(run)
        began = events[0]
        assert isinstance(began, RunStarted), "a run's first event says how it began"
        plan = await self.plan(began.flow)
        recording = self._steering.recording_of(plan, events, await self._recording(began))
        grants, purse = self._granted(began), await self._purse(began, plan)
        if not self._executor.live(run):  # somebody may have been quicker meanwhile
            live = self._executor.go_on(
                rebuilt(plan, effective(events)), grants, recording, owner=self.owner
            )
            live.purse = purse

    async def _replay(self, command: ReplayRun) -> str:
        row = await self.journal.run(command.run)
        if row.origin and not (command.flow or command.grants):
            raise NotPossible(
                f"Run {row.run} was done elsewhere: nobody has said here what it may touch.",
                cure="Look at its flow first, then say what it is granted.",
            )
        events = await self.journal.read(row.run)
        began = events[0]
        assert isinstance(began, RunStarted), "a run's first event says how it began"
        flow = await self._changed(command.flow or began.flow, command.changes)
        again = RunStarted(
            new_id(),
            1,
            self._clock.now(),
            flow,
            began.name,
            began.inputs,
            self.owner,
            row.run,
            command.begin_at,
            command.grants or began.grants,
            command.budget or began.budget,
        )
        recording, plan = await self._recording(again), await self.plan(flow)
        return self._begin(again, plan, command, await self._purse(again, plan), recording)

    async def _replayed(self, run: Run) -> Recording | None:
        return await self._recording(run.began)

    async def _changed(self, flow: str, changes: Mapping[str, Any]) -> str:
        if not changes:
            return flow
        row = await self.journal.flow(flow)
        assert row is not None, "a run's flow is stored before it starts"
        changed = read(row.text)
        for edit in edits_for(changed, self.catalog, changes):
            changed = apply(changed, edit)
        return await self.store(changed)

    async def _recording(self, began: RunStarted) -> Recording | None:
        if not began.replays:
            return None
        events = effective(await self.journal.read(began.replays))
        first = events[0]
        assert isinstance(first, RunStarted), "a run's first event says how it began"
        plan, recorded = await self.plan(began.flow), await self.plan(first.flow)
        if stops := [m for m in misfits(plan, recorded, events, began.begins_at) if m.stops]:
            told = " ".join(misfit.sentence for misfit in stops)
            raise NotPossible(f"Run {began.replays} can't be repeated so: {told}",
                              cure=stops[0].cure)  # fmt: skip
        return Recording(plan, recorded, events, began.begins_at)

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

    def _granted(self, began: RunStarted) -> Grants:
        return differing(self._grants, began.grants)

    async def _keep_up(self) -> None:
        """Once a second: bounds and stalls; now and then: the leases."""
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(min(1.0, self._lease / 3))
            self._executor.watch_over()
            # A journal that is away for a moment shows itself with the next event.
            with contextlib.suppress(JournalError):
                while self._executor.to_release:
                    await self.journal.release(self._executor.to_release[-1], self.owner)
                    self._executor.to_release.pop()
                if time.monotonic() - renewed > self._lease / 3 and self._executor.runs:
                    renewed = time.monotonic()
                    await self.journal.renew(self.owner, self._lease)
