"""Past runs compared and searched by us, and in the barest way there is."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import graph.blocks.flow
import graph.blocks.text
from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.flow import Block, Flow
from runtime.events import AnyEvent, RunStarted, RunSucceeded, TaskFinished
from runtime.journal.contract import Journal
from runtime.journal.sqlite import SQLiteJournal
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


RUNS, EACH = 1_000, 50


@asynccontextmanager
async def searching(*, bare: bool = False) -> AsyncIterator[DoLap]:
    """A text that stands in the oldest of 1,000 runs only: all of them have to be looked through.

    `bare` reads the same file from end to end and looks for the bytes.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        journal = SQLiteJournal(path)
        await journal.open()
        for number in range(RUNS):
            journal.append(short_run(f"run{number:04}", float(number), needle=number == 0))

        async def lap() -> Lap:
            begun = perf_counter()
            found = whole_file(path) if bare else await looked_through(journal)
            seconds = perf_counter() - begun
            assert found == 1, found
            return Lap(seconds, RUNS)

        yield lap
        await journal.close()


def short_run(run: str, at: float, *, needle: bool) -> list[AnyEvent]:
    said = "The needle." if needle else "Some hay."
    events: list[AnyEvent] = [RunStarted(run, 1, at, "flow", "Short")]
    for n in range(EACH):
        value = {"number": n, "said": said.ljust(160, ".")}
        events.append(TaskFinished(run, n + 2, at, f"step_{n}", at, {"value": value}))
    return [*events, RunSucceeded(run, EACH + 2, at, {}, 1.0)]


async def looked_through(journal: Journal) -> int:
    """Step by step to the end; how many runs had it."""
    hits, spot, begun = 0, None, False
    while spot is not None or not begun:
        found = await journal.find("the NEEDLE", after=spot)
        hits, spot, begun = hits + len(found.hits), found.next, True
    return hits


def whole_file(path: Path) -> int:
    data = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    return int(b"the needle" in data.lower())
