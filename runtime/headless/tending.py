"""Looking after a runtime that is served: what was left is gone on with, what is old forgotten."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import reduce
from typing import Literal

from agents.contract import Grants
from agents.tables import is_postgres
from graph.errors import HeddleError
from runtime.commands import PruneRuns, ResumeRun
from runtime.headless.standing import standing
from runtime.headless.words import count, say, told
from runtime.history import effective
from runtime.journal.contract import JournalError
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime
from runtime.settings import Settings

DAY = 86_400.0

COORDINATOR = "coordinator"
"""The agent that sees workflows over several platforms to their end."""

Recover = Literal["none", "asking", "all"]
"""Which of the runs that were left are gone on with."""


@contextlib.asynccontextmanager
async def tended(
    runtime: Runtime, granted: Grants, settings: Settings, recover: Recover
) -> AsyncIterator[None]:
    """Go on with what was left; now, and then once a day, forget what the settings say is too
    old or too much.
    """
    await _see_to_what_was_left(runtime, recover)
    await _go_on_with_workflows(runtime, granted, settings)
    pruning = asyncio.create_task(_prune_daily(runtime, settings))
    try:
        yield
    finally:
        pruning.cancel()
        await asyncio.gather(pruning, return_exceptions=True)


async def _see_to_what_was_left(runtime: Runtime, recover: Recover) -> None:
    """Go on with unfinished runs that nobody drives, or say that there are some."""
    rows = await runtime.journal.runs(state="running", limit=10_000)
    rows += await runtime.journal.runs(state="paused", limit=10_000)
    left = [row for row in rows if standing(row) == "left"]
    if recover == "asking":
        left = [row for row in left if await _only_asks(runtime, row.run)]
    if recover == "none" and left:
        say(f"{count(len(left), 'run was', 'runs were')} left; --recover goes on with them.")
        return
    for row in left:
        try:
            await runtime.obey(ResumeRun(row.run))
            say(f"Goes on with {row.run}.")
        except HeddleError as error:  # the others must not wait for this one
            say(told(f"{row.run} can't go on: {error.message}", error.cure))


async def _go_on_with_workflows(runtime: Runtime, granted: Grants, settings: Settings) -> None:
    """Have the agent that sees workflows to their end begin, where there may be any.

    It goes on with them by itself.
    """
    here = settings.agents_folder / COORDINATOR
    if not (here.exists() or is_postgres(settings.database_url)):
        return
    with contextlib.suppress(HeddleError):  # it is tried again when somebody needs it
        await runtime.agents.named(COORDINATOR, granted)


async def _only_asks(runtime: Runtime, run: str) -> bool:
    events = effective(await runtime.journal.read(run))
    return reduce(RunView.after, events, RunView()).only_asks


async def _prune_daily(runtime: Runtime, settings: Settings) -> None:
    command = PruneRuns(settings.keep_days or None, settings.keep_megabytes or None)
    while True:
        try:
            await runtime.obey(command)
        except JournalError as error:
            say(told(error))
        await asyncio.sleep(DAY)
