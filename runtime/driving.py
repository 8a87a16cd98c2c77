"""How runs come to be driven here: begun, gone on with, or repeated from a recording."""

import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from agents.contract import Grants
from graph.compile import Plan
from runtime.budgets import Ledger, Purse, looks_back
from runtime.clock import Clock
from runtime.commands import ReplayRun, StartRun
from runtime.engine.evolve import rebuilt
from runtime.engine.executor import Executor
from runtime.engine.points import Points
from runtime.engine.replay import Recording
from runtime.engine.state import Run
from runtime.events import AnyEvent, RunStarted
from runtime.history import effective
from runtime.inputs import differing, fitting
from runtime.journal.contract import Journal, JournalError
from runtime.metrics.meter import Meter
from runtime.metrics.spending import spent_of_late
from runtime.misfits import misfits
from runtime.ownership import is_gone, new_id
from runtime.steering import NotPossible, Steering
from runtime.stored_flows import StoredFlows


class Owned(NamedTuple):
    """Who drives the runs, for how many seconds without saying so again, and what they may.

    `named` gives what other owners are called where it is told that a run is theirs.
    """

    owner: str
    lease: float
    grants: Grants
    named: Callable[[str], str] = str


class Driver:
    """Begins runs, goes on with those that were left, and repeats what is recorded."""

    def __init__(
        self,
        executor: Executor,
        journal: Journal,
        flows: StoredFlows,
        steering: Steering,
        meter: Meter,
        clock: Clock,
        owned: Owned,
    ) -> None:
        self._executor = executor
        self._journal = journal
        self._flows = flows
        self._steering = steering
        self._meter = meter
        self._clock = clock
        self._owned = owned
        self._ledgers: dict[str, Ledger] = {}

    async def start(self, command: StartRun) -> str:
        """Begin a run of a stored flow; gives its id. Raises NotPossible, BadInputs."""
        name, plan = await self._flows.known(command.flow)
        began = RunStarted(
            command.run or new_id(),
            1,
            self._clock.now(),
            command.flow,
            name,
            fitting(plan, command.inputs),
            self._owned.owner,
            grants=command.grants,
            budget=command.budget,
        )
        return self._begin(began, plan, command, await self._purse(began, plan))

    async def replay(self, command: ReplayRun) -> str:
        """Repeat a run, or some of it, with what was changed. Raises NotPossible."""
        row = await self._journal.run(command.run)
        if row.origin and not (command.flow or command.grants):
            raise NotPossible(
                f"Run {row.run} was done elsewhere: nobody has said here what it may touch.",
                cure="Look at its flow first, then say what it is granted.",
            )
        began = _beginning(await self._journal.read(row.run))
        flow = await self._flows.changed(command.flow or began.flow, command.changes)
        again = RunStarted(
            new_id(),
            1,
            self._clock.now(),
            flow,
            began.name,
            began.inputs,
            self._owned.owner,
            row.run,
            command.begin_at,
            command.grants or began.grants,
            command.budget or began.budget,
        )
        recording = await recording_of(again, self._journal, self._flows)
        plan = await self._flows.plan(flow)
        return self._begin(again, plan, command, await self._purse(again, plan), recording)

    async def resume(self, prefix: str) -> str:
        """Go on with a run that nobody drives; gives its whole id. Raises NotPossible."""
        row = await self._journal.run(prefix)
        if self._executor.live(row.run):
            return row.run
        if row.ended is not None:
            raise NotPossible(f"Run {row.run} has ended ({row.state}); nothing is left to do.")
        owner, lease, *_ = self._owned
        gone = [row.owner] if is_gone(row.owner) else []
        if not await self._journal.claim(row.run, owner, lease, gone=gone):
            raise NotPossible(
                f"Run {row.run} belongs to {self._owned.named(row.owner)}, which is still at work.",
                cure=f"Try again in {max(1.0, row.lease_until - time.time()):.0f} s if it isn't.",
            )
        try:
            await self._go_on(row.run)
        except BaseException:
            if not self._executor.live(row.run):  # it is of no use to us; others may have it
                with contextlib.suppress(JournalError):
                    await self._journal.release(row.run, owner)
            raise
        return row.run

    async def _go_on(self, run: str) -> None:
        events = await self._journal.read(run)
        began = _beginning(events)
        plan = await self._flows.plan(began.flow)
        earlier = await recording_of(began, self._journal, self._flows)
        recording = self._steering.recording_of(plan, events, earlier)
        grants, purse = self._granted(began), await self._purse(began, plan)
        if self._executor.closes:  # it would belong to us, and nobody would drive it
            raise NotPossible("Heddle is shutting down.", cure="Go on with the run elsewhere.")
        if not self._executor.live(run):  # somebody may have been quicker meanwhile
            state = rebuilt(plan, effective(events))
            live = self._executor.go_on(state, grants, recording, owner=self._owned.owner)
            live.purse = purse

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
        await spent_of_late(self._meter, began.name, ledger, self._clock.now())
        return Purse(budget, ledger)

    def _granted(self, began: RunStarted) -> Grants:
        return differing(self._owned.grants, began.grants)


async def recording_of(began: RunStarted, journal: Journal, flows: StoredFlows) -> Recording | None:
    """What a run that began so repeats, None when it repeats nothing. Raises NotPossible."""
    if not began.replays:
        return None
    events = effective(await journal.read(began.replays))
    plan, recorded = await flows.plan(began.flow), await flows.plan(_beginning(events).flow)
    if stops := [m for m in misfits(plan, recorded, events, began.begins_at) if m.stops]:
        told = " ".join(misfit.sentence for misfit in stops)
        raise NotPossible(f"Run {began.replays} can't be repeated so: {told}", cure=stops[0].cure)
    return Recording(plan, recorded, events, began.begins_at)


def _beginning(events: Sequence[AnyEvent]) -> RunStarted:
    began = events[0]
    assert isinstance(began, RunStarted), "a run's first event says how it began"
    return began
