"""Two runs of 10,000 tasks: compared by us, and their outputs merely held against each other."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from time import perf_counter

import graph.blocks.flow
import graph.blocks.text
from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.flow import Block, Flow
from runtime.events import AnyEvent, RunStarted, RunSucceeded, TaskFinished
from runtime.projections.comparison import compare
from runtime.wire import packed, unpacked
from tests.benchmarks.lane import DoLap, Lap

TASKS = 10_000
CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.text)


def long_flow() -> Flow:
    """A thousand chains of ten templates."""
    ids = [f"step_{n}" for n in range(TASKS)]
    blocks = [Block(id, "text.template", {"text": "{before} and on"}) for id in ids]
    links = [
        (f"{before}.value", f"{after}.before")
        for n, (before, after) in enumerate(pairwise(ids), start=1)
        if n % 10
    ]
    return Flow.of(blocks, links, name="Long")


def recorded(run: str, said: Callable[[int], str]) -> list[AnyEvent]:
    """A run of it as its events tell, each value a record of 200 bytes."""
    events: list[AnyEvent] = [RunStarted(run, 1, 0.0, "flow", "Long")]
    for n in range(TASKS):
        value = {"number": n, "said": said(n).ljust(160, ".")}
        task, at = f"step_{n}", n / 1000
        events.append(TaskFinished(run, n + 2, at, task, at - 0.0005, {"value": value}))
    events.append(RunSucceeded(run, TASKS + 2, TASKS / 1000, {}, TASKS / 1000))
    return events


CASES: dict[str, Callable[[int], str]] = {
    "alike": lambda n: f"value {n}",
    "apart": lambda n: f"another value {n}",
}
"""What the second run gave: the same as the first, or everywhere something else."""


@asynccontextmanager
async def comparing(case: str, *, bare: bool = False) -> AsyncIterator[DoLap]:
    """All that somebody waits for who has read two runs: decode, compile, compare."""
    flow = long_flow()
    messages = [packed(recorded("a", CASES["alike"])), packed(recorded("b", CASES[case]))]

    async def lap() -> Lap:
        begun = perf_counter()
        runs = [events_in(message) for message in messages]
        if bare:
            parted = hold_against(*runs)
        else:
            plan = compile_flow(flow, CATALOG)
            parted = len(compare(runs[0], runs[1], (plan, plan)).outcomes)
        seconds = perf_counter() - begun
        assert parted == (0 if case == "alike" else TASKS), parted
        return Lap(seconds, TASKS)

    yield lap


def events_in(message: bytes) -> list[AnyEvent]:
    events = unpacked(message)
    assert isinstance(events, list)
    return events


def hold_against(before: Sequence[AnyEvent], after: Sequence[AnyEvent]) -> int:
    """How many tasks gave something else, and nothing more."""
    old, new = (
        {event.task: event.outputs for event in run if isinstance(event, TaskFinished)}
        for run in (before, after)
    )
    return sum(old[task] != new[task] for task in new)
