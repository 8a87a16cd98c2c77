"""Our engine as a contender: the same workloads through the runtime's own two verbs."""

import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from agents.contract import Grants
from graph.compile import compile_flow
from runtime.commands import PruneRuns, StartRun
from runtime.engine import executor, queue, runner, scopes
from runtime.engine.hub import Subscription
from runtime.events import AnyEvent, RunSucceeded, TaskFinished
from runtime.journal.contract import Durability, Journal
from runtime.journal.memory import MemoryJournal
from runtime.journal.sqlite import SQLiteJournal
from runtime.runtime import Runtime
from tests.benchmarks.flows import CATALOG, flow_from, flow_of
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.memory import allocated
from tests.benchmarks.workloads import FAIR_LENGTH, FAIR_RUNS, chain, workload_of


class Nowhere:
    """Surroundings for blocks that need none: asking for anything is a mistake."""

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"a benchmark's block asked for {name}")

    async def close(self) -> None:
        """Nothing to let go of."""


def runtime_on(journal: Journal) -> Runtime:
    """A runtime for the benchmarks' blocks, with the limits every runtime has."""
    return Runtime(CATALOG, journal, Nowhere(), grants=Grants(folder="."))


@asynccontextmanager
async def memory(workload: str) -> AsyncIterator[DoLap]:
    """Without a journal: events are kept in lists."""
    async with runtime_on(MemoryJournal()) as runtime:
        yield await laps(runtime, workload, effects=False)


@asynccontextmanager
async def durable(workload: str, durability: Durability) -> AsyncIterator[DoLap]:
    """With a SQLite journal; every tenth block is an effect, which waits behind the fence."""
    with TemporaryDirectory() as folder:
        journal = SQLiteJournal(Path(folder) / "journal.sqlite", durability)
        async with runtime_on(journal) as runtime:
            yield await laps(runtime, workload, effects=True)


async def laps(runtime: Runtime, workload: str, *, effects: bool) -> DoLap:
    """What starts the workload's runs and waits for them; its flow is compiled here."""
    work = workload_of(workload)
    flow = await runtime.store(flow_of(work, effects=effects))

    async def lap() -> Lap:
        if isinstance(runtime.journal, MemoryJournal):
            await runtime.obey(PruneRuns(days=0))  # one lap's events must not slow the next
        begun = perf_counter()
        ends = await asyncio.gather(*(run_through(runtime, flow) for _ in range(work.runs)))
        seconds = perf_counter() - begun
        failed = next((end for end in ends if not isinstance(end, RunSucceeded)), None)
        assert failed is None, failed
        return Lap(seconds, work.tasks)

    return lap


async def run_through(runtime: Runtime, flow: str) -> AnyEvent:
    """One run from start to end."""
    answer = await runtime.obey(StartRun(flow))
    return await runtime.ended(answer.run)


@asynccontextmanager
async def weighed(workload: str, part: str) -> AsyncIterator[DoLap]:
    """What the plan takes, or what a run takes at its peak beside it, with all its events."""
    work = workload_of(workload)
    drawn = flow_of(work)

    async def lap() -> Lap:
        with allocated() as plan:
            compiled = compile_flow(drawn, CATALOG)
        del compiled
        async with runtime_on(MemoryJournal()) as runtime:
            flow = await runtime.store(drawn)
            with allocated() as ran:
                await run_through(runtime, flow)
        return Lap(1, work.tasks, {"bytes": plan.kept if part == "plan" else ran.peak})

    yield lap


@asynccontextmanager
async def fair() -> AsyncIterator[DoLap]:
    """All runs at once; who got how far when the first ended is read from the events."""
    async with runtime_on(MemoryJournal()) as runtime:
        flow = await runtime.store(flow_from(chain(FAIR_LENGTH)))

        async def lap() -> Lap:
            await runtime.obey(PruneRuns(days=0))  # the last lap's
            begun = perf_counter()
            with runtime.watch() as happenings:
                ends = await asyncio.gather(*(run_through(runtime, flow) for _ in range(FAIR_RUNS)))
                seconds = perf_counter() - begun
                progress = await progress_of_the_last(happenings)
            assert all(isinstance(end, RunSucceeded) for end in ends)
            return Lap(seconds, FAIR_RUNS * FAIR_LENGTH, {"progress": progress})

        yield lap


async def progress_of_the_last(happenings: Subscription) -> float:
    """How far the run furthest behind had come when the first run ended."""
    done: Counter[str] = Counter()
    async for batch in happenings:
        for event in batch:
            if isinstance(event, TaskFinished):
                done[event.run] += 1
            elif isinstance(event, RunSucceeded):
                last = min(done.values()) if len(done) == FAIR_RUNS else 0
                return last / FAIR_LENGTH
    raise AssertionError("the runs ended without saying so")


CHECKS = {
    queue: {"        shell.after_turn()\n": ""},
    scopes: {
        "        if run.paused or live.recording or live.debug:": (
            "        if run.paused or live.recording:"
        ),
        "        if scope.run.held and _is_held(scope):\n            return\n": "",
    },
    runner: {
        "        if live.debug is not None:\n"
        "            if not self.debugger.may_start(live, scope, i):\n"
        "                return\n"
        "        elif scope.run.paused:": "        if scope.run.paused:",
        "        if not run.faults and not run.changed:\n            return True\n": (
            "        return True\n"
        ),
        "            if scope.run.faults and (wrong := self._wrong(live, scope, i)):\n"
        "                outputs = await self._suffered(wrong, live, scope, i, attempt)\n"
        "            else:\n"
        "                outputs = named(": (
            "            if True:\n                outputs = named("
        ),
        "        if live.debug is not None:\n"
        "            if self.debugger.holds_after(live, scope, i, outputs, ready):\n"
        "                return\n"
        "            self.queue.kick()": "        if False:\n            self.queue.kick()",
    },
}
"""Every place on the engine's path at which it asks for a debugger, and the same without."""


@asynccontextmanager
async def unchecked(workload: str) -> AsyncIterator[DoLap]:
    """The engine in memory, from its own source with all that serves the debugger taken out."""
    for module, checks in CHECKS.items():
        source = inspect.getsource(module)
        for checked, plain in checks.items():
            assert source.count(checked) == 1, f"the engine has another form by now:\n{checked}"
            source = source.replace(checked, plain)
        exec(compile(source, str(module.__file__), "exec"), module.__dict__)
    executor.Runner = runner.Runner
    async with memory(workload) as lap:
        yield lap
