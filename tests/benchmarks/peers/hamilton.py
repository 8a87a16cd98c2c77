"""Hamilton: one async function a block, its parents named by its parameters.

The driver is built outside the timing; a run asks for every block that nobody waits for.
"""

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS

os.environ["HAMILTON_TELEMETRY_ENABLED"] = "false"

from hamilton import ad_hoc_utils, async_driver  # type: ignore[import-not-found]


def function(block: int, parents: list[int], pause: float) -> Callable[..., Any]:
    """What a user would write as `async def b7(b5: dict, b6: dict) -> dict`."""

    async def no_op(**inputs: Any) -> Any:
        return PAYLOAD

    async def pausing(**inputs: Any) -> Any:
        await asyncio.sleep(pause)
        return PAYLOAD

    made: Any = pausing if pause else no_op
    names = [f"b{parent}" for parent in parents]
    keyword = inspect.Parameter.KEYWORD_ONLY
    made.__name__ = made.__qualname__ = f"b{block}"
    made.__annotations__ = {**dict.fromkeys(names, dict), "return": dict}
    made.__signature__ = inspect.Signature(
        [inspect.Parameter(name, keyword, annotation=dict) for name in names],
        return_annotation=dict,
    )
    return made  # type: ignore[no-any-return]


@asynccontextmanager
async def memory(workload: str) -> AsyncIterator[DoLap]:
    """All runs at once on one loop."""
    work = WORKLOADS[workload]
    blocks = (function(block, above, work.pause) for block, above in enumerate(work.parents))
    module = ad_hoc_utils.create_temporary_module(*blocks)
    driver = await async_driver.Builder().with_modules(module).build()
    wanted = [f"b{block}" for block in work.leaves]

    async def lap() -> Lap:
        begun = perf_counter()
        outcomes = await asyncio.gather(*(driver.execute(wanted) for _ in range(work.runs)))
        seconds = perf_counter() - begun
        assert all(outcome[name] == PAYLOAD for outcome in outcomes for name in wanted)
        return Lap(seconds, work.tasks)

    yield lap
