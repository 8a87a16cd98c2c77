"""Haystack: one component a block, run by its asynchronous pipeline.

The pipeline is built outside the timing; its limit on parallel components is out of the way.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS, Workload

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Pipeline, component  # type: ignore[import-not-found]


class Block:
    """A component with one input for each parent; one without parents is fed from outside."""

    def __init__(self, parents: list[int], pause: float) -> None:
        self._pause = pause
        inputs = [f"from_{parent}" for parent in parents] or ["start"]
        component.set_input_types(self, **dict.fromkeys(inputs, dict))
        component.set_output_types(self, value=dict)

    def run(self, **inputs: Any) -> dict[str, Any]:
        return {"value": PAYLOAD}

    async def run_async(self, **inputs: Any) -> dict[str, Any]:
        if self._pause:
            await asyncio.sleep(self._pause)
        return {"value": PAYLOAD}


BlockComponent = component(Block)


def pipeline(work: Workload) -> Any:
    made = Pipeline()
    for block, parents in enumerate(work.parents):
        made.add_component(f"b{block}", BlockComponent(parents, work.pause))
        for parent in parents:
            made.connect(f"b{parent}.value", f"b{block}.from_{parent}")
    return made


@asynccontextmanager
async def memory(workload: str) -> AsyncIterator[DoLap]:
    """All runs at once on one loop."""
    work = WORKLOADS[workload]
    flow = pipeline(work)
    start: dict[str, Any] = {f"b{block}": {"start": {}} for block in work.roots}
    wanted = [f"b{block}" for block in work.leaves]

    async def lap() -> Lap:
        begun = perf_counter()
        runs = (flow.run_async(start, concurrency_limit=work.tasks) for _ in range(work.runs))
        outcomes = await asyncio.gather(*runs)
        seconds = perf_counter() - begun
        assert all(outcome[name]["value"] == PAYLOAD for outcome in outcomes for name in wanted)
        return Lap(seconds, work.tasks)

    yield lap
