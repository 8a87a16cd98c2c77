"""LangGraph: a StateGraph of no-op nodes, in memory and with SQLite checkpoints.

The graph is built and compiled outside the timing. One run at a time uses `invoke` on plain
functions, which is quicker than `ainvoke`; many at once, and I/O, need `ainvoke`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver  # type: ignore[import-not-found]
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # type: ignore[import-not-found]
from langgraph.graph import START, StateGraph  # type: ignore[import-not-found]

from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS, Workload

START_STATE = {"value": None}


def latest(_: Any, new: Any) -> Any:
    """How several nodes of one step may write the same key."""
    return new


class State(TypedDict):
    value: Annotated[Any, latest]


def no_op(state: State) -> State:
    return {"value": PAYLOAD}


async def no_op_async(state: State) -> State:
    return {"value": PAYLOAD}


def pausing(seconds: float) -> Callable[[State], Any]:
    async def pause(state: State) -> State:
        await asyncio.sleep(seconds)
        return {"value": PAYLOAD}

    return pause


def at_once(work: Workload) -> bool:
    return work.runs > 1 or work.pause > 0


def sources(parents: list[int]) -> list[str | list[str]]:
    """A block of several parents waits for all of them: LangGraph writes that as a list."""
    names = [str(parent) for parent in parents]
    return [names] if len(names) > 1 else list(names) or [START]


def drawn(workload: str) -> Any:
    """The workload as a graph that is still to be compiled."""
    work = WORKLOADS[workload]
    node = pausing(work.pause) if work.pause else no_op_async if at_once(work) else no_op
    graph = StateGraph(State)
    for block, parents in enumerate(work.parents):
        graph.add_node(str(block), node)
        for source in sources(parents):
            graph.add_edge(source, str(block))
    return graph


def config(run: int) -> dict[str, Any]:
    return {"recursion_limit": 1_000_000, "configurable": {"thread_id": str(run)}}


async def lap(work: Workload, app: Any, **options: Any) -> Lap:
    begun = perf_counter()
    if at_once(work):
        runs = (app.ainvoke(START_STATE, config(run), **options) for run in range(work.runs))
        outcomes = await asyncio.gather(*runs)
    else:
        outcomes = [app.invoke(START_STATE, config(0), **options)]
    seconds = perf_counter() - begun
    assert all(outcome["value"] == PAYLOAD for outcome in outcomes)
    return Lap(seconds, work.tasks)


@asynccontextmanager
async def memory(workload: str) -> AsyncIterator[DoLap]:
    """Without a checkpointer: nothing is kept."""
    yield partial(lap, WORKLOADS[workload], drawn(workload).compile())


@asynccontextmanager
async def sqlite(workload: str) -> AsyncIterator[DoLap]:
    """A checkpoint at every step (durability="sync"), in SQLite as LangGraph opens it: FULL."""
    work, graph = WORKLOADS[workload], drawn(workload)

    async def keep_and_lap() -> Lap:
        with TemporaryDirectory() as folder:
            async with saver_in(Path(folder), work) as saver:
                return await lap(work, graph.compile(checkpointer=saver), durability="sync")

    yield keep_and_lap


@asynccontextmanager
async def saver_in(folder: Path, work: Workload) -> AsyncIterator[Any]:
    """A fresh file of checkpoints, its tables made."""
    place = str(folder / "checkpoints.sqlite")
    if at_once(work):
        async with AsyncSqliteSaver.from_conn_string(place) as saver:
            await saver.setup()
            yield saver
    else:
        with SqliteSaver.from_conn_string(place) as saver:
            saver.setup()
            yield saver
