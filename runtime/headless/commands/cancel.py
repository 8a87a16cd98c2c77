"""`heddle cancel`: a run is ended, wherever it is done."""

import time

import click
from msgspec.structs import replace

from runtime.commands import CancelRun
from runtime.events import ENDINGS, RunCancelled, RunStarted
from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.runtimes import at, journal_here
from runtime.headless.words import say
from runtime.journal.contract import Conflict, Journal, RunRow
from runtime.ownership import is_gone
from runtime.services.whereabouts import whereabouts
from runtime.settings import Settings
from runtime.steering import NotPossible

ATTEMPTS = 20
"""As often we try to be the first to write, while a busy run goes on writing."""


@click.command("cancel")
@options.run_argument("run")
@click.option("--reason", default="", help="Why; kept with the run.")
@click.option("--force", is_flag=True, help="End it at once, whatever there is to undo.")
@options.where
@options.elsewhere
def command(
    run: str,
    reason: str,
    force: bool,
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """RUN is a run's id, or as much of its beginning as no other has.

    A run of `heddle serve` is cancelled there, once the blocks Compensate in it have undone what
    it did; the second time, or with --force, at once. One that another process of yours is busy
    with is ended on record, which that process notices within a second or two. A run that was
    left is ended for good. Of these two nothing is undone.
    """
    wish = CancelRun(run, reason, force)
    say(waited(_cancelled(options.settings(database), wish, server, token)))
    return DONE


async def _cancelled(
    settings: Settings, wish: CancelRun, server: str | None, token: str | None
) -> str:
    """End the run; gives the sentence that says how."""
    run, reason = wish.run, wish.reason
    if server:
        return await _at(server, token, wish)
    async with journal_here(settings) as journal:
        row = await journal.run(run)
        if row.ended is not None:
            raise NotPossible(f"Run {row.run} has ended ({row.state}); there is nothing to cancel.")
        here = whereabouts(settings.folder, row.owner)
        if here is not None and not is_gone(row.owner):
            return await _at(here.address, here.token, replace(wish, run=row.run))
        await _on_record(journal, row, reason)
    busy = row.owner and row.lease_until > time.time() and not is_gone(row.owner)
    return f"Cancelled {row.run}." + (f" {row.owner} is about to notice." if busy else "")


async def _at(server: str, token: str | None, wish: CancelRun) -> str:
    async with at(server, token) as remote:
        row = await remote.journal.run(wish.run)
        await remote.obey(replace(wish, run=row.run))
        row = await remote.journal.run(row.run)
    if row.ended is None:
        return f"Cancelling {row.run} at {server}: what it did is being undone."
    return f"Cancelled {row.run} at {server}."


async def _on_record(journal: Journal, row: RunRow, reason: str) -> None:
    """Write the end of the run. Whoever is busy with it can then write no more."""
    for _ in range(ATTEMPTS):
        events = await journal.read(row.run)
        first, last = events[0], events[-1]
        if isinstance(last, ENDINGS):
            raise NotPossible(f"Run {row.run} has just ended; there is nothing to cancel.")
        assert isinstance(first, RunStarted), "a run's first event says how it began"
        now = time.time()
        end = RunCancelled(row.run, last.seq + 1, now, reason, round(now - first.at, 6))
        try:
            if (pending := journal.append([end])) is not None:
                await pending
        except Conflict:
            continue  # the run went on meanwhile
        return
    raise NotPossible(
        f"Run {row.run} writes too quickly to be stopped from outside.",
        cure=f"End its process: {row.owner}",
    )
