"""Burr: actions in a row, and MapStates wherever blocks stand side by side.

A chain is a chain of actions. A fan, each layer of the grid and the wide I/O are one MapStates
each, which runs one action over as many states: Burr has no general graph. Applications are
built outside the timing. One run at a time is synchronous, which is quicker here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from time import perf_counter
from typing import Any

from burr.core import ApplicationBuilder, GraphBuilder, action  # type: ignore[import-not-found]
from burr.core.parallelism import MapStates  # type: ignore[import-not-found]

from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS, Workload

touching_value: Callable[..., Any] = action(reads=["value"], writes=["value"])


@touching_value
def no_op(state: Any) -> Any:
    return state.update(value=PAYLOAD)


@touching_value
async def no_op_async(state: Any) -> Any:
    return state.update(value=PAYLOAD)


@touching_value
async def pausing(state: Any) -> Any:
    await asyncio.sleep(WORKLOADS["io"].pause)
    return state.update(value=PAYLOAD)


class SideBySide(MapStates):  # type: ignore[misc]  # its base is unknown outside its environment
    """`width` blocks that need not wait for each other."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width

    def states(self, state: Any, context: Any, inputs: Any) -> Any:
        for place in range(self._width):
            yield state.update(place=place)

    def action(self, state: Any, inputs: Any) -> Any:
        return no_op

    def reduce(self, state: Any, states: Any) -> Any:
        *_, last = states
        return state.update(value=last["value"])

    @property
    def reads(self) -> list[str]:
        return ["value"]

    @property
    def writes(self) -> list[str]:
        return ["value"]


class PausingSideBySide(SideBySide):
    """The same, waiting for I/O."""

    def is_async(self) -> bool:
        return True

    async def states(self, state: Any, context: Any, inputs: Any) -> Any:
        for place in range(self._width):
            yield state.update(place=place)

    def action(self, state: Any, inputs: Any) -> Any:
        return pausing

    async def reduce(self, state: Any, states: Any) -> Any:
        async for last in states:
            state = state.update(value=last["value"])
        return state


def actions(work: Workload) -> list[Any]:
    """The workload as a row of actions."""
    blocks = len(work.parents)
    if work.name == "fan":
        return [no_op, SideBySide(blocks - 2), no_op]
    if work.name == "grid":
        side = round(blocks**0.5)
        return [SideBySide(side) for _ in range(side)]
    if work.name == "io":
        return [PausingSideBySide(blocks)]
    return [no_op_async if work.runs > 1 else no_op] * blocks


def drawn(work: Workload) -> tuple[Any, str]:
    """The graph, and the name of its last action."""
    named = {f"b{place}": each for place, each in enumerate(actions(work))}
    names = list(named)
    row = pairwise(names)
    return GraphBuilder().with_actions(**named).with_transitions(*row).build(), names[-1]


def application(graph: Any) -> Any:
    begin = ApplicationBuilder().with_graph(graph).with_entrypoint("b0")
    return begin.with_state(value=None).build()


@asynccontextmanager
async def memory(workload: str) -> AsyncIterator[DoLap]:
    """Without a persister: nothing is kept."""
    work = WORKLOADS[workload]
    graph, last = drawn(work)

    async def lap() -> Lap:
        made = [application(graph) for _ in range(work.runs)]
        begun = perf_counter()
        if work.runs > 1 or work.pause:
            outcomes = await asyncio.gather(*(each.arun(halt_after=[last]) for each in made))
        else:
            outcomes = [each.run(halt_after=[last]) for each in made]
        seconds = perf_counter() - begun
        assert all(state["value"] == PAYLOAD for _, _, state in outcomes)
        return Lap(seconds, work.tasks)

    yield lap
