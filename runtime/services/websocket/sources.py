"""What each topic is heard from."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from runtime.events import LIVE_ONLY, AnyEvent
from runtime.metrics.series import Question
from runtime.projections.metrics.catalogue import METRICS
from runtime.runtime import Runtime
from runtime.services.registry.reached import reached
from runtime.services.registry.registry import Registry
from runtime.wire import begun

LOOK = 0.5
"""Seconds between two looks at what has to be looked at."""
LATEST = 200
"""Runs that are looked at for events of other processes."""


async def events_of_all(runtime: Runtime) -> AsyncIterator[AnyEvent]:
    """The events of all runs of this home from now on, whoever drives them."""
    known = {row.run: row.events for row in await runtime.journal.runs(limit=LATEST)}
    with runtime.watch() as happenings:
        batches = aiter(happenings)
        own = asyncio.ensure_future(anext(batches, None))
        try:
            while True:
                await asyncio.wait((own,), timeout=LOOK)
                if own.done():
                    batch = own.result()
                    if batch is None:  # the runtime ends
                        return
                    own = asyncio.ensure_future(anext(batches, None))
                else:
                    batch = await _of_others(runtime, known)
                for event in batch:
                    if isinstance(event, LIVE_ONLY):
                        yield begun(event)
                    elif event.seq > known.get(event.run, 0):
                        known[event.run] = event.seq
                        yield begun(event)
        finally:
            own.cancel()


async def _of_others(runtime: Runtime, known: dict[str, int]) -> list[AnyEvent]:
    """What was recorded of runs that aren't driven here, since the last look."""
    rows = await runtime.journal.runs(limit=LATEST)
    for run in known.keys() - {row.run for row in rows}:
        del known[run]  # it is old, or was pruned
    found = list[AnyEvent]()
    for row in rows:
        if row.events > known.get(row.run, 0) and not runtime.drives(row.run):
            found += await runtime.journal.read(row.run, known.get(row.run, 0))
    return found


async def happenings(runtime: Runtime) -> AsyncIterator[Any]:
    """What happens to the agents of this process."""
    with runtime.agents.happenings.watch() as watcher:
        async for happening in watcher:
            yield happening


async def services(registry: Registry, came_by: str) -> AsyncIterator[Any]:
    """All services, whenever one comes, goes, or is in another state.

    Tenants, who came by an address, are told of them what they may know.
    """
    last: Any = None
    while True:
        entries = await registry.services()
        stand = [msgspec.structs.replace(entry, beat=0.0) for entry in entries]
        if stand != last:
            last = stand
            yield {"services": reached(entries, came_by) if came_by else entries}
        await asyncio.sleep(LOOK)


async def metrics(runtime: Runtime) -> AsyncIterator[Any]:
    """The last second of every metric, once a second."""
    question = Question(tuple(METRICS), start=-2.0, points=2)
    while True:
        now = runtime.now()
        asked = msgspec.structs.replace(question, start=now - 2.0)
        lines = await runtime.meter.read(asked)
        yield {"at": now, "values": {line.name: line.values[0] for line in lines if line.values}}
        await asyncio.sleep(1.0)
