"""The reference: one bare asyncio Task per block, released by dependency counters."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter
from typing import Any

from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.memory import allocated
from tests.benchmarks.workloads import (
    FAIR_LENGTH,
    FAIR_RUNS,
    PAYLOAD,
    Parents,
    chain,
    workload_of,
)

Body = Callable[[list[Any]], Coroutine[Any, Any, Any]]


async def no_op(inputs: list[Any]) -> Any:
    return PAYLOAD


async def pausing(seconds: float, inputs: list[Any]) -> Any:
    await asyncio.sleep(seconds)
    return PAYLOAD


class Graph:
    """What is known before a run: each block's parents, children and number of parents."""

    def __init__(self, parents: Parents) -> None:
        self.parents = parents
        self.waits = [len(above) for above in parents]
        self.children: list[list[int]] = [[] for _ in parents]
        for block, above in enumerate(parents):
            for parent in above:
                self.children[parent].append(block)


async def run(graph: Graph, body: Body) -> Sequence[Any]:
    """Every block's result, in order. A block's Task starts when its last parent's has ended."""
    loop = asyncio.get_running_loop()
    finished = loop.create_future()
    parents, children, waits = graph.parents, graph.children, graph.waits.copy()
    results: list[Any] = [None] * len(parents)
    left = len(parents)

    def start(block: int) -> None:
        task = loop.create_task(body([results[parent] for parent in parents[block]]))
        task.add_done_callback(partial(end, block))

    def end(block: int, task: asyncio.Task[Any]) -> None:
        nonlocal left
        results[block] = task.result()
        for child in children[block]:
            waits[child] -= 1
            if not waits[child]:
                start(child)
        left -= 1
        if not left:
            finished.set_result(None)

    for block, waiting in enumerate(graph.waits):
        if not waiting:
            start(block)
    await finished
    return results


@asynccontextmanager
async def bare(workload: str) -> AsyncIterator[DoLap]:
    """A workload without anything around it."""
    work = workload_of(workload)
    graph = Graph(work.parents)
    body = partial(pausing, work.pause) if work.pause else no_op

    async def lap() -> Lap:
        begun = perf_counter()
        outcomes = await asyncio.gather(*(run(graph, body) for _ in range(work.runs)))
        seconds = perf_counter() - begun
        assert all(result is not None for results in outcomes for result in results)
        return Lap(seconds, work.tasks)

    yield lap


@asynccontextmanager
async def weighed(workload: str, part: str) -> AsyncIterator[DoLap]:
    """What the graph takes, or what a run takes at its peak beside it."""
    parents = workload_of(workload).parents

    async def lap() -> Lap:
        with allocated() as plan:
            graph = Graph(parents)
        with allocated() as ran:
            await run(graph, no_op)
        return Lap(1, len(parents), {"bytes": plan.kept if part == "plan" else ran.peak})

    yield lap


@asynccontextmanager
async def fair() -> AsyncIterator[DoLap]:
    """All runs at once, each block counting what its run has done."""
    graph = Graph(chain(FAIR_LENGTH))

    async def lap() -> Lap:
        done = [0] * FAIR_RUNS

        async def count(mine: int, inputs: list[Any]) -> Any:
            done[mine] += 1
            return PAYLOAD

        begun = perf_counter()
        runs = [asyncio.ensure_future(run(graph, partial(count, i))) for i in range(FAIR_RUNS)]
        await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)
        progress = min(done) / FAIR_LENGTH
        await asyncio.wait(runs)
        return Lap(perf_counter() - begun, sum(done), {"progress": progress})

    yield lap
