"""The events of a run as they happen, whichever process drives it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from runtime.events import ENDINGS, LIVE_ONLY, AnyEvent
from runtime.runtime import Runtime

TAIL = 0.25
"""Seconds between two looks at the record of a run that another process drives."""


async def followed(
    runtime: Runtime, run: str, after: int = 0
) -> AsyncGenerator[Sequence[AnyEvent]]:
    """The events of a run with a seq above `after`, until its end. Raises UnknownRun.

    Driven here, they come at once, those that are only shown too; else from the journal. A run
    that nobody drives is waited for: somebody may go on with it.
    """
    while True:
        async for batch in runtime.follow(run, after):
            recorded = [event.seq for event in batch if not isinstance(event, LIVE_ONLY)]
            after = max(recorded, default=after)
            yield batch
            if isinstance(batch[-1], ENDINGS):
                return
        row = await runtime.journal.run(run)
        if row.ended is not None and row.events <= after:
            return
        await asyncio.sleep(TAIL)
