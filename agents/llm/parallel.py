"""Many questions at a time, but not too many."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from graph.context import Context

T = TypeVar("T")
R = TypeVar("R")

MOST = 64


async def each(
    context: Context,
    items: Sequence[T],
    work: Callable[[T], Awaitable[R]],
    *,
    parallel: int,
    note: str,
) -> list[R]:
    """What comes of every item, in their order. The first failure ends the others."""
    turns = asyncio.Semaphore(max(1, min(parallel, MOST)))
    done = 0

    async def one(item: T) -> R:
        nonlocal done
        async with turns:
            result = await work(item)
        done += 1
        context.progress(done, len(items), note)
        return result

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]
